import json
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from declarations.seeding import afterwards, demonstration, everything
from declarations.seeding.planting import SILENT_OPD
from mapping.seeding import seed_maps
from people.seeding import province
from people.seeding.structure import SMALLEST

MOST = 1_000_000


class Command(BaseCommand):
    help = (
        "Fills an empty portal with a synthetic province: posts, people, families, roles and "
        "three years of declarations. The same --people and --seed on the same day give the "
        "same province. Conflicts hidden in it are listed in a file for later checking."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=2_000, help="how many (default 2000)")
        parser.add_argument("--seed", type=int, default=1, help="another province (default 1)")
        parser.add_argument(
            "--planted",
            type=Path,
            default=settings.VAR_DIR / "planted_conflicts.json",
            help="file for the list of hidden conflicts",
        )
        parser.add_argument(
            "--i-know",
            action="store_true",
            help="allows it in production, where invented people have no place",
        )

    def handle(self, *args, people: int, seed: int, planted: Path, i_know: bool, **options):
        if not settings.IS_DEVELOPMENT and not i_know:
            raise CommandError(
                _("This is a production portal. Invented people are refused without --i-know.")
            )
        if not SMALLEST <= people <= MOST:
            raise CommandError(
                _("--people must lie between %(least)s and %(most)s.")
                % {"least": SMALLEST, "most": MOST}
            )
        started = time.perf_counter()
        try:
            with transaction.atomic():
                self._seed(people=people, seed=seed, planted=planted)
        except province.NotEmptyError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            self.style.SUCCESS(
                _("The province is ready: %(people)s people in %(seconds).1f seconds.")
                % {"people": people, "seconds": time.perf_counter() - started}
            )
        )

    def _seed(self, *, people: int, seed: int, planted: Path) -> None:
        on = timezone.localdate()
        with self._bar(_("People"), people) as report:
            made = province.make(people=people, seed=seed, on=on, report=report)
        years = [on.year - 2, on.year - 1, on.year]
        # Before the declarations, which name their areas.
        seed_maps(list(made.opds.values()), years, seed, neglected={SILENT_OPD})
        with self._bar(_("Declarations"), len(made.obliged)) as report:
            records, numbers = everything.declare(made, report=report)
        demonstration.prepare(made)
        records += afterwards.run(on=on, seed=seed)
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text(
            json.dumps(
                {"seed": seed, "people": people, "on": str(on), "planted": records},
                ensure_ascii=False,
                indent=1,
            )
        )
        self.stdout.write(
            _(
                "%(registers)s registers, %(statements)s statements, %(conflicts)s declared "
                "conflicts; %(planted)s hidden conflicts are listed in %(file)s."
            )
            % {
                "registers": numbers["interestregister"],
                "statements": numbers["decisionstatement"],
                "conflicts": numbers["conflictdeclaration"],
                "planted": len(records),
                "file": planted,
            }
        )

    def _bar(self, label: str, total: int):
        return _Bar(label, total)


class _Bar:
    """A progress bar on a terminal, silence elsewhere."""

    def __init__(self, label: str, total: int) -> None:
        self.bar = tqdm(desc=label, total=total, disable=not sys.stderr.isatty())

    def __enter__(self):
        return self.report

    def __exit__(self, *exception) -> None:
        self.bar.close()

    def report(self, done: int, total: int) -> None:
        self.bar.total = total
        self.bar.update(done - self.bar.n)
