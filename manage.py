#!/usr/bin/env python3
"""Django's command line for the portal."""

import os
import sys

from coi_portal import local_environment


def main() -> None:
    local_environment.load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        sys.exit("Django is not here: use .venv/bin/python, which ./run makes.")

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
