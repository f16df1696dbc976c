import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from common.spreadsheets import SpreadsheetError, write_csv, write_xlsx
from people.importing import applying, checking, reading
from people.importing.columns import COLUMNS
from people.importing.faults import Faults

FAULTS_PRINTED = 50
STEPS_PRINTED = 20


class Command(BaseCommand):
    help = (
        "Takes over people, posts and assignments from a CSV or XLSX file: first the whole file "
        "is checked, then everything is written or nothing. Running it again changes only what "
        "differs. --template writes an empty file with the headings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a .csv or .xlsx file")
        parser.add_argument(
            "--dry-run", action="store_true", help="checks and tells, but writes nothing"
        )
        parser.add_argument(
            "--template", action="store_true", help="writes a template to FILE and ends"
        )

    def handle(self, *args, file: Path, dry_run: bool, template: bool, **options) -> None:
        if template:
            self._write_template(file)
            return
        if not file.is_file():
            raise CommandError(_("There is no file %s.") % file)
        faults = Faults()
        try:
            cells = reading.read(file, faults=faults)
        except SpreadsheetError as error:
            raise CommandError(str(error)) from None
        with transaction.atomic():
            applying.lock_imports()
            plan = checking.check(
                tqdm(cells, desc=_("Checking"), disable=not sys.stderr.isatty()),
                on=timezone.localdate(),
                faults=faults,
            )
            if plan.faults:
                self._print_faults(plan.faults)
            self._print_plan(plan)
            if dry_run:
                self.stdout.write(_("Nothing was written (--dry-run)."))
                return
            self._write(plan)
        self.stdout.write(self.style.SUCCESS(_("Done.")))

    def _write(self, plan) -> None:
        with tqdm(desc=_("Writing"), total=4, disable=not sys.stderr.isatty()) as bar:

            def report(done: int, total: int, label: str) -> None:
                bar.update(done - bar.n)

            applying.carry_out(plan, by=None, report=report)

    def _print_faults(self, faults: Faults) -> None:
        for fault in list(faults)[:FAULTS_PRINTED]:
            where = _("row %s") % fault.row
            if fault.column:
                where += f", {fault.column}"
            self.stderr.write(f"{where}: {fault.reason}")
        if faults.count > FAULTS_PRINTED:
            self.stderr.write(_("… and %s more.") % (faults.count - FAULTS_PRINTED))
        raise CommandError(
            _("%s faults. Nothing was written; mend the file and run it again.") % faults.count
        )

    def _print_plan(self, plan) -> None:
        counts = plan.counts
        self.stdout.write(
            _(
                "%(people)s people: %(new)s new, %(changed)s changed, %(moved)s moved, "
                "%(left)s left, %(unchanged)s unchanged. Posts: %(posts_new)s new, "
                "%(posts_changed)s changed. Numbers changed: %(nip_changed)s."
            )
            % counts
        )
        for step in plan.steps(STEPS_PRINTED):
            self.stdout.write(f"  {step['nip']} {step['name']}: {step['text']}")

    def _write_template(self, file: Path) -> None:
        headings = [column.heading for column in COLUMNS]
        example = [[column.example for column in COLUMNS]]
        with file.open("wb") as target:
            if file.suffix.lower() == ".xlsx":
                write_xlsx(target, headings, example, title="Pegawai")
            else:
                target.writelines(write_csv(headings, example))
        self.stdout.write(_("The template is in %s.") % file)
