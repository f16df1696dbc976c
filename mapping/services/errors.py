"""What a service refuses, in words for the user."""

from typing import Any


class MapError(Exception):
    """This isn't possible now; the text is for the user."""


class StaleRowError(MapError):
    """Somebody else changed the row meanwhile; `row` is as they left it."""

    def __init__(self, message: str, *, row: Any) -> None:
        super().__init__(message)
        self.row = row
