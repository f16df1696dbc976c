"""Start periodic tasks on time and give back the jobs of dead workers."""

import logging
import signal
import threading
from typing import Any

import django.db
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from jobs import scheduler, workflow

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_TICKS = 1.0


class Command(BaseCommand):
    help = "Enqueues periodic tasks when they are due, until SIGTERM; several may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="enqueue what is due now, then end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            scheduler.prepare(now=timezone.now())
            names = scheduler.tick(now=timezone.now())
            self.stdout.write("\n".join(names) or "Nothing is due.")
            return
        stopping = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        signal.signal(signal.SIGINT, lambda *_: stopping.set())
        if options["verbosity"] > 0:
            self.stdout.write("The scheduler runs.")
            self.stdout.flush()
        prepared = False
        while not stopping.wait(SECONDS_BETWEEN_TICKS if prepared else 0):
            try:
                if not prepared:
                    scheduler.prepare(now=timezone.now())
                    prepared = True
                scheduler.tick(now=timezone.now())
                workflow.reap(connection)
            except (OperationalError, InterfaceError):
                logger.warning("The scheduler lost its database connection and tries again.")
                connection.close()
                stopping.wait(2)
            django.db.reset_queries()
