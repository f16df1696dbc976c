"""What the apps above add to an invented province, once everything below stands.

afterwards.register(seed_reports)          # in AppConfig.ready(); called with on= and seed=
"""

import datetime
from collections.abc import Callable
from typing import Any

_steps: list[Callable[..., Any]] = []


def register(step: Callable[..., Any]) -> None:
    if step not in _steps:
        _steps.append(step)


def run(*, on: datetime.date, seed: int) -> list[dict[str, Any]]:
    """What steps hid in the province, for the list of hidden conflicts: those that give a list."""
    planted: list[dict[str, Any]] = []
    for step in _steps:
        found = step(on=on, seed=seed)
        planted += found if isinstance(found, list) else []
    return planted
