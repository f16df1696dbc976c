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


def run(*, on: datetime.date, seed: int) -> None:
    for step in _steps:
        step(on=on, seed=seed)
