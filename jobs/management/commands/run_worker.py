"""Run the jobs of the queue."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.supervisor import Supervisor
from jobs.worker import Worker


class Command(BaseCommand):
    help = "Runs the jobs of the queue until SIGTERM; the task in hand is finished first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--queue", default="", metavar="NAME[,NAME…]", help="queues to serve (default: all)"
        )
        parser.add_argument(
            "--processes", type=int, default=1, help="worker processes (default: 1)"
        )
        parser.add_argument("--batch", action="store_true", help="run what is due, then end")
        parser.add_argument(
            "--max-tasks", type=int, default=500, help="a process is renewed after so many tasks"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = settings.TASKS["default"]["QUEUES"]
        queues = [name.strip() for name in options["queue"].split(",") if name.strip()] or known
        if unknown := set(queues) - set(known):
            raise CommandError(
                f"Unknown queue: {', '.join(sorted(unknown))}. There are: {', '.join(known)}."
            )
        if options["processes"] < 1 or options["max_tasks"] < 0:
            raise CommandError("--processes must be at least 1, --max-tasks at least 0.")
        if options["batch"]:
            worker = Worker(queues, batch=True)
            signal.signal(signal.SIGTERM, worker.stop)
            number = worker.run()
            if options["verbosity"] > 0:
                self.stdout.write(f"{number} jobs run.")
            return
        Supervisor(queues, number=options["processes"], max_tasks=options["max_tasks"]).run()
