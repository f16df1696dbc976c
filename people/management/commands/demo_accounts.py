from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from people.seeding import demo


class Command(BaseCommand):
    help = "Prints one account of each role of the demonstration, with the common password."

    def handle(self, *args, **options) -> None:
        accounts = demo.accounts(on=timezone.localdate())
        if not accounts:
            self.stdout.write(
                _("There are no demonstration accounts (see manage.py seed_province).")
            )
            return
        lines = [(_("Role"), _("NIP"), _("Name"), _("Post"))]
        lines += [
            (str(account.role.label), account.user.nip, account.user.full_name, account.post)
            for account in accounts
        ]
        widths = [max(len(line[column]) for line in lines) for column in range(3)]
        for line in lines:
            cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
            self.stdout.write("  ".join([*cells, line[3]]))
        self.stdout.write("")
        self.stdout.write(_("Password of all these accounts: %s") % settings.DEMO_PASSWORD)
