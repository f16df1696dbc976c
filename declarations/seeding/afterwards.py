"""What the apps above add to an invented province, once everything below stands.

afterwards.register(seed_reports)          # in AppConfig.ready(); called with on= and seed=
"""

import datetime
from collections.abc import Callable
from typing import Any

from people.models import User

_steps: list[Callable[..., Any]] = []


def register(step: Callable[..., Any]) -> None:
    if step not in _steps:
        _steps.append(step)


def hidden(kind: str, what: str, *people: User, **where: Any) -> dict[str, Any]:
    """A line of the list of hidden conflicts, as the planting writes its own."""
    return {
        "kind": kind,
        "rule": kind.partition("_")[0],
        "people": [{"id": str(p.pk), "nip": p.nip, "name": p.full_name} for p in people],
        "what": what,
        "where": {name: str(value) for name, value in where.items()},
    }


def run(*, on: datetime.date, seed: int) -> list[dict[str, Any]]:
    """What steps hid in the province, for the list of hidden conflicts: those that give a list."""
    planted: list[dict[str, Any]] = []
    for step in _steps:
        found = step(on=on, seed=seed)
        planted += found if isinstance(found, list) else []
    return planted
