import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from common.encryption import UndecipherableError
from review.services import report_keys


class Command(BaseCommand):
    help = (
        "Wraps the keys of all reports from others with the newest key of COI_REPORT_KEYS. "
        "Afterwards the older keys may be dropped. May be stopped and begun again."
    )

    def handle(self, *args, **options):
        with tqdm(disable=not sys.stderr.isatty()) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                wrapped = report_keys.rotate(report=show)
            except UndecipherableError:
                raise CommandError(
                    _("A key is missing: put all older keys into COI_REPORT_KEYS again.")
                ) from None
        self.stdout.write(
            self.style.SUCCESS(_("%(count)s keys were wrapped anew.") % {"count": wrapped})
        )
