"""Likelihood by impact on the map's scale, in numbers and in words."""

from typing import Any

from django.utils.translation import get_language

from mapping.models import RiskArea, RiskScale

STEPS = range(1, 6)


def default_scale() -> RiskScale:
    return RiskScale.objects.get(is_default=True)


def rate(area: RiskArea, scale: RiskScale) -> None:
    """Write magnitude and level on the row, inherent and residual."""
    area.magnitude = scale.magnitude(area.likelihood, area.impact)
    area.level = scale.band(area.magnitude)["level"]
    if area.residual_likelihood is None or area.residual_impact is None:
        area.residual_magnitude, area.residual_level = None, ""
        return
    area.residual_magnitude = scale.magnitude(area.residual_likelihood, area.residual_impact)
    area.residual_level = scale.band(area.residual_magnitude)["level"]


def level_number(scale: RiskScale, level: str) -> int:
    """1 for the lowest band; 0 for a level that the scale lacks."""
    levels = [band["level"] for band in scale.bands]
    return levels.index(level) + 1 if level in levels else 0


def words(entry: dict[str, Any], kind: str = "label") -> str:
    language = "en" if get_language() == "en" else "id"
    return entry.get(f"{kind}_{language}", "")


def step_choices(labels: list[dict[str, str]]) -> list[tuple[int, str]]:
    language = "en" if get_language() == "en" else "id"
    return [(number, f"{number} – {label[language]}") for number, label in enumerate(labels, 1)]
