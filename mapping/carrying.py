"""What else goes over when OPDs are merged: asked of the apps above, in the same transaction.

An app registers a step when the apps are ready. `preview` writes nothing and says in words what
`carry` would do; `carry` may be run twice and gives the number of what it moved.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from people.models import Opd, User


@dataclass(frozen=True, slots=True)
class Merger:
    """Who merges what into what, from which day on, and because of what."""

    sources: tuple[Opd, ...]
    successor: Opd
    on: datetime.date
    by: User
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing that goes over: its name for people, and how many."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    preview: Callable[[Merger], Sequence[Line]]
    carry: Callable[[Merger], int]


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    _steps[step.name] = step


def preview(merger: Merger) -> list[Line]:
    return [line for step in _steps.values() for line in step.preview(merger) if line.number]


def carry(merger: Merger) -> dict[str, int]:
    return {step.name: step.carry(merger) for step in _steps.values()}
