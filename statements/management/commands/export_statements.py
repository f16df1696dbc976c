"""Write a year's documents of one OPD with an index.

    manage.py export_statements --opd KODE --year Y --out DIR [--workers N]

What still waits for its file is rendered and signed on the way.
"""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from audit.services import record
from people.models import Opd
from statements import exporting
from statements.models import Document


class Command(BaseCommand):
    help = "Write the signed documents of one OPD and year as PDF files with an index.csv."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--opd", required=True, metavar="KODE")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)

    def handle(self, *args: Any, **options: Any) -> None:
        opd = Opd.objects.filter(code=options["opd"]).order_by("-valid_from").first()
        if opd is None:
            raise CommandError(f"There is no OPD with the code {options['opd']}.")
        if options["workers"] < 1:
            raise CommandError("--workers is at least 1.")
        year, folder = options["year"], options["out"]
        total = Document.objects.for_year(opd=opd, year=year).count()
        rows = exporting.export(opd=opd, year=year, folder=folder, workers=options["workers"])
        shown = tqdm(rows, total=total, unit="doc", disable=options["verbosity"] == 0)
        failed = [f"{row.number}: {row.error}" for row in shown if row.error]
        with transaction.atomic():
            record("document.export", by=None, target=opd, year=year, count=total)
        for line in failed[:20]:
            self.stderr.write(line)
        if failed:
            raise CommandError(f"{len(failed)} of {total} documents could not be written.")
        self.stdout.write(f"{total} documents.")
