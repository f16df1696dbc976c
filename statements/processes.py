"""Starting Django in a fresh process; imports nothing that needs Django to be set up."""

from typing import Any


def start(database: dict[str, Any], signing: dict[str, Any], storages: dict[str, Any]) -> None:
    """With the database, keys and folders of the process that started this one."""
    import django  # noqa: PLC0415 -- a fresh process: nothing may be loaded before

    django.setup()
    from django.conf import settings  # noqa: PLC0415 -- same
    from django.db import connections  # noqa: PLC0415 -- same

    connections.settings["default"].update(database)
    settings.SIGNING.update(signing)
    settings.STORAGES.update(storages)
