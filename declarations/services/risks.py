"""Likelihood and impact on the scale in force, in numbers and in words."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from mapping.models import RiskScale

STEPS = range(1, 6)
CACHE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Risk:
    """Where a risk stands, for a person to read."""

    likelihood: int
    impact: int
    magnitude: int
    level: str
    label: str
    treatment: str


def scale_in_force() -> RiskScale:
    return RiskScale.objects.get(is_default=True)


def scale_to_show() -> RiskScale:
    """As `scale_in_force`, asked once a minute: for pages; a signature asks the table."""
    return _scale(int(time.monotonic() // CACHE_SECONDS))


@lru_cache(maxsize=1)
def _scale(_minute: int) -> RiskScale:
    return scale_in_force()


def assess(scale: RiskScale, likelihood: Any, impact: Any) -> Risk | None:
    """None while one of the two is missing, or is no step of the scale."""
    first, second = _step(likelihood), _step(impact)
    if first is None or second is None:
        return None
    magnitude = scale.magnitude(first, second)
    band = scale.band(magnitude)
    words = _words(band)
    return Risk(first, second, magnitude, band["level"], words["label"], words["treatment"])


def table(scale: RiskScale, chosen: Risk | None = None) -> list[dict[str, Any]]:
    """The rows of the matrix, the likeliest first, each with its five cells."""
    rows = []
    for likelihood in reversed(STEPS):
        cells = []
        for impact in STEPS:
            magnitude = scale.magnitude(likelihood, impact)
            band = scale.band(magnitude)
            cells.append(
                {
                    "magnitude": magnitude,
                    "band": scale.bands.index(band) + 1,
                    "label": _words(band)["label"],
                    "is_chosen": chosen is not None
                    and (chosen.likelihood, chosen.impact) == (likelihood, impact),
                }
            )
        rows.append({"likelihood": likelihood, "cells": cells})
    return rows


def _words(band: Mapping[str, Any]) -> dict[str, str]:
    language = "en" if get_language() == "en" else "id"
    return {
        "label": band.get(f"label_{language}", band["level"]),
        "treatment": band.get(f"treat_{language}", ""),
    }


def _step(value: Any) -> int | None:
    text = str(value or "")
    if len(text) != 1 or not text.isascii() or not text.isdigit():
        return None
    return int(text) if int(text) in STEPS else None
