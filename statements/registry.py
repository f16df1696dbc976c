"""What the apps above say about the documents of their kinds.

An upper app registers in `AppConfig.ready()`; this app imports none of them.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who may view documents of one kind, as a question and as a filter of the same meaning.

    `ties(user)` is what the filter depends on beside the person's key and roles; it is given it.
    """

    may_view: Callable[[Any, Any], bool]
    filter: Callable[..., Q]
    ties: Callable[[Any], Hashable] | None = None


_viewers: dict[str, Viewer] = {}


def register_viewer(
    kind: str,
    predicate: Callable[[Any, Any], bool],
    queryset_filter: Callable[..., Q],
    ties: Callable[[Any], Hashable] | None = None,
) -> None:
    """`predicate(user, document)` and `queryset_filter(user) -> Q` must say the same.

    With `ties` the filter is called with `queryset_filter(user, ties(user))`.
    """
    _viewers[kind] = Viewer(predicate, queryset_filter, ties)


def viewers() -> Iterable[tuple[str, Viewer]]:
    return tuple(_viewers.items())


def ties_of(user: Any) -> tuple[tuple[str, Hashable], ...]:
    """What the filters depend on beside the person's key and roles, by kind."""
    return tuple(
        (kind, viewer.ties(user)) for kind, viewer in _viewers.items() if viewer.ties is not None
    )


def viewer_of(kind: str) -> Viewer | None:
    return _viewers.get(kind)
