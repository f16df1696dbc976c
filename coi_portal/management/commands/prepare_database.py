"""Create, migrate and fill the database with its reference data."""

import os

from django.core.management.base import BaseCommand
from django.db import connection

from coi_portal import preparation


class Command(BaseCommand):
    help = "Creates the roles and the database (embedded server), migrates, loads reference data."

    def handle(self, *args, **options):
        if not os.environ.get("DATABASE_URL"):
            preparation.create_database(connection.settings_dict)
        preparation.prepare(verbosity=options["verbosity"])
