"""Make the portal's own certificate authority, unless it is there."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from statements import authority


class Command(BaseCommand):
    help = "Make the root, the issuing authority and the time-stamp authority, unless they exist."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.SIGNING["KEY_DIR"])
        try:
            made = authority.make_development_authority(folder, settings.SIGNING["PASSPHRASE"])
        except authority.NoSigningKey as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Signing keys made." if made else "Signing keys are there.")
