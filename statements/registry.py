"""What the apps above say about the documents of their kinds.

An upper app registers in `AppConfig.ready()`; this app imports none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who may view documents of one kind, as a question and as a filter of the same meaning."""

    may_view: Callable[[Any, Any], bool]
    filter: Callable[[Any], Q]


_viewers: dict[str, Viewer] = {}


def register_viewer(
    kind: str, predicate: Callable[[Any, Any], bool], queryset_filter: Callable[[Any], Q]
) -> None:
    """`predicate(user, document)` and `queryset_filter(user) -> Q` must say the same."""
    _viewers[kind] = Viewer(predicate, queryset_filter)


def forget_viewer(kind: str) -> None:
    _viewers.pop(kind, None)


def viewers() -> Iterable[tuple[str, Viewer]]:
    return tuple(_viewers.items())


def viewer_of(kind: str) -> Viewer | None:
    return _viewers.get(kind)
