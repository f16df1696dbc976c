"""Hold the flags against what the demonstration province hides."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from review import planted
from review.services.evaluation import evaluate_all


class Command(BaseCommand):
    help = "Evaluates the rules and prints recall by kind and precision by rule."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--planted",
            type=Path,
            default=settings.VAR_DIR / "planted_conflicts.json",
            help="the list that seed_province wrote",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            records = planted.read_planted(options["planted"])
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"The list of planted conflicts can't be read: {error}") from None
        at = timezone.now()
        evaluate_all(at=at)
        result = planted.report(records, at=at)
        self._print(result)
        if result.recall < 1:
            raise CommandError("Something that was planted is not flagged.")

    def _print(self, result: planted.Report) -> None:
        self.stdout.write("Planted kind                              planted  found")
        for line in result.kinds:
            note = result.not_shown.get(line.name, "")
            note = f"  not to be seen here: {note}" if note else ""
            self.stdout.write(f"{line.name:42}{line.number:7}{line.found:7}{note}")
        self.stdout.write(f"Recall {result.recall:.3f}\n")
        self.stdout.write(
            "Rule                                        flags planted follow others"
        )
        for line in result.rules:
            note = f"  {line.note}" if line.others else ""
            self.stdout.write(
                f"{line.name:42}{line.number:7}{line.found:8}{line.follows:7}{line.others:7}{note}"
            )
        flags, found, follows, others = (
            sum(getattr(line, name) for line in result.rules)
            for name in ("number", "found", "follows", "others")
        )
        self.stdout.write(
            f"Precision {result.precision:.3f}: of {flags} flags {found} are planted, {follows} "
            "are about people or OPDs in whom another case was planted (they follow from it, or "
            f"meet it by chance), and {others} the invented story makes true, as each line says."
        )
