"""What happened in the areas of a map since it was drawn: asked of the apps that know.

An app registers a source when the apps are ready; it counts only what the viewer may read, and
its address shows exactly what was counted.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from people.models import Opd, User


@dataclass(frozen=True, slots=True)
class Happening:
    """`key`: the code of the area's template, or the key of a row without one."""

    key: str
    area: str
    what: str | Promise
    number: int
    url: str


Source = Callable[[Opd, User, datetime.date], list[Happening]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """`source(opd, viewer, since)`; twice is once."""
    if source not in _sources:
        _sources.append(source)


def since(opd: Opd, *, viewer: User, day: datetime.date) -> list[Happening]:
    return [found for source in _sources for found in source(opd, viewer, day)]
