"""Check a signed PDF as the public page does; exit status 0 only for one that is in force.

    manage.py verify_statement FILE.pdf [--json]

1: genuine but superseded, or revoked, altered, unknown. 2: the file cannot be read.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from statements import verification
from statements.inspection import MAX_BYTES
from statements.verification import Result


class Command(BaseCommand):
    help = "Check a signed PDF; exit status 0 only for a valid, current document."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="Answer with one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(
                f"The file cannot be read: {error.strerror}", returncode=2
            ) from error
        result = verification.verify_file(data)
        if options["json"]:
            self.stdout.write(json.dumps(_as_data(result), ensure_ascii=False, indent=1))
        else:
            self._tell(result)
        if not result.is_valid:
            raise CommandError(f"{result.verdict}: {result.heading}", returncode=1)

    def _tell(self, result: Result) -> None:
        self.stdout.write(f"{result.verdict}: {result.heading}")
        for reason in result.reasons:
            self.stdout.write(f"- {reason}")
        if result.number:
            self.stdout.write(result.number)
        for item in result.signatures:
            self.stdout.write(f"{item.slot}: {item.masked_name}, {item.signed_at.isoformat()}")
        self.stdout.write(f"SHA-256 {result.sha256}")


def _as_data(result: Result) -> dict[str, Any]:
    return {
        "verdict": str(result.verdict),
        "valid": result.is_valid,
        "codes": list(result.codes),
        "reasons": result.reasons,
        "details": list(result.details),
        "number": result.number,
        "sha256": result.sha256,
        "signatures": [
            {
                "slot": item.slot,
                "name": item.masked_name,
                "signed_at": item.signed_at.isoformat(),
            }
            for item in result.signatures
        ],
    }
