"""Create, migrate and fill the database with its reference data."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from coi_portal import database, preparation


class Command(BaseCommand):
    help = "Creates the roles and the database (embedded server), migrates, loads reference data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-changed",
            action="store_true",
            help="does nothing when migrations and reference data are those of the last time",
        )

    def handle(self, *args: Any, if_changed: bool, verbosity: int, **options: Any) -> None:
        name = connection.settings_dict["NAME"]
        stamp_file = settings.VAR_DIR / f"prepared-{name}"
        stamp = preparation.reference_stamp()
        if if_changed and stamp_file.exists() and stamp_file.read_text() == stamp:
            return
        if database.is_embedded():
            preparation.create_database(connection.settings_dict)
        preparation.prepare(verbosity=verbosity)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        stamp_file.write_text(stamp)
