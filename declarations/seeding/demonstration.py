"""What the demonstration's accounts find when they log in."""

from typing import Any


def prepare(province: Any) -> None:
    pass
