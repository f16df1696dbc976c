"""manage.py draw_states: docs/states.md, or (--check) whether it still says what the code says."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from declarations import state_diagrams


class Command(BaseCommand):
    help = "Draw the state machines into docs/states.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only")

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.BASE_DIR / "docs" / "states.md"
        with translation.override(None):
            text = state_diagrams.document()
        if not options["check"]:
            target.write_text(text, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != text:
            raise CommandError("docs/states.md is out of date: run manage.py draw_states.")
