"""What stands on the home page; each kind of declaration registers its own source.

    panels.register(source)       # in DeclarationsConfig.ready() or at import of the views

`source(user, on)` yields panels and spends at most three queries, however many rows there are:
at most `MOST_ENTRIES` are shown, the rest stands behind `more_url`.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from people.models import User

MOST_ENTRIES = 5
OWN, DECIDE, CHECK, TASKS = "own", "decide", "check", "tasks"
GROUPS = (OWN, DECIDE, CHECK, TASKS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing: what it is, how it stands, by when, and the one next step."""

    title: Any
    url: str
    text: Any = ""
    state: str = ""
    state_label: Any = ""
    tone: str = ""
    due_on: datetime.date | None = None
    is_late: bool = False
    action: Any = ""
    action_url: str = ""
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A framed list of one kind; `group` is one of own, decide, check, tasks."""

    group: str
    heading: Any
    entries: tuple[Entry, ...] = ()
    icon: str = "document"
    more_url: str = ""
    more_label: Any = ""
    empty: Any = ""
    # Begins something new: (label, address, is a POST).
    start: tuple[Any, str, bool] | None = None
    order: int = 50


Source = Callable[["User", datetime.date], Iterable[Panel]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    if source not in _sources:
        _sources.append(source)
    return source


def panels_for(user: "User", *, on: datetime.date) -> dict[str, list[Panel]]:
    """Group → panels, in their order; groups without panels are left out."""
    found = [panel for source in _sources for panel in source(user, on)]
    found.sort(key=lambda panel: panel.order)
    groups = {group: [panel for panel in found if panel.group == group] for group in GROUPS}
    return {group: panels for group, panels in groups.items() if panels}
