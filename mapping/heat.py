"""The five by five table of a map: how many rows stand where, before and after the controls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from mapping.models import RiskArea, RiskScale
from mapping.models.rows import level_words
from mapping.scales import STEPS, level_number, words

INHERENT, RESIDUAL = "awal", "sisa"


@dataclass(frozen=True, slots=True)
class Cell:
    likelihood: int
    impact: int
    magnitude: int
    band: int
    label: str
    rows: tuple[RiskArea, ...]
    key: str

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def fell(self) -> int:
        """How many came down into a residual cell by their controls."""
        return sum(row.movement < 0 for row in self.rows) if self.is_residual else 0

    @property
    def rose(self) -> int:
        return sum(row.movement > 0 for row in self.rows) if self.is_residual else 0

    @property
    def is_residual(self) -> bool:
        return self.key.startswith(RESIDUAL)


@dataclass(frozen=True, slots=True)
class Line:
    likelihood: int
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Legend:
    band: int
    level: str
    label: str
    treatment: str
    colour: str
    first: int
    last: int


def table(scale: RiskScale, rows: Sequence[RiskArea], *, kind: str) -> list[Line]:
    """The likeliest first; `kind` says whether the inherent or the residual risk is counted."""
    found: dict[tuple[int, int], list[RiskArea]] = {}
    for row in rows:
        found.setdefault(_place(row, kind), []).append(row)
    language = _language_key()
    return [
        Line(
            likelihood,
            scale.likelihood_labels[likelihood - 1][language],
            tuple(
                _cell(scale, likelihood, impact, found.get((likelihood, impact), ()), kind)
                for impact in STEPS
            ),
        )
        for likelihood in reversed(STEPS)
    ]


def _place(row: RiskArea, kind: str) -> tuple[int, int]:
    if (
        kind == RESIDUAL
        and row.residual_likelihood is not None
        and row.residual_impact is not None
    ):
        return row.residual_likelihood, row.residual_impact
    return row.likelihood, row.impact


def _cell(
    scale: RiskScale, likelihood: int, impact: int, rows: Iterable[RiskArea], kind: str
) -> Cell:
    magnitude = scale.magnitude(likelihood, impact)
    band = scale.band(magnitude)
    return Cell(
        likelihood, impact, magnitude, scale.bands.index(band) + 1, words(band), tuple(rows),
        f"{kind}-{likelihood}-{impact}",
    )  # fmt: skip


def _language_key() -> str:
    return "en" if get_language() == "en" else "id"


def impacts(scale: RiskScale) -> list[tuple[int, str]]:
    language = _language_key()
    return [(step, scale.impact_labels[step - 1][language]) for step in STEPS]


def legend(scale: RiskScale) -> list[Legend]:
    """The bands, the highest first."""
    found, first = [], 1
    for number, band in enumerate(scale.bands, 1):
        found.append(
            Legend(
                number,
                band["level"],
                words(band),
                words(band, "treat"),
                band["colour"],
                first,
                band["upto"],
            )
        )
        first = band["upto"] + 1
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Movement:
    """What the control does to one row, to be told in words."""

    row: RiskArea
    before: str
    after: str
    difference: int

    @property
    def direction(self) -> str:
        if self.difference == 0:
            return "same"
        return "down" if self.difference < 0 else "up"

    @property
    def size(self) -> int:
        return abs(self.difference)


def movements(scale: RiskScale, rows: Iterable[RiskArea]) -> list[Movement]:
    """Rows whose residual risk was judged, the largest fall first."""
    found = [
        Movement(
            row,
            level_words(scale, row.level),
            level_words(scale, row.residual_level),
            row.movement,
        )
        for row in rows
        if row.residual_magnitude is not None
    ]
    return sorted(found, key=lambda item: (item.difference, item.row.position))


def filtered(rows: Iterable[RiskArea], place: str) -> list[RiskArea]:
    """The rows of one cell, named as the links of the table name it."""
    kind, likelihood, impact = place.split("-")
    wanted = (int(likelihood), int(impact))
    return [row for row in rows if _place(row, kind) == wanted]


def bands(scale: RiskScale, row: RiskArea) -> dict[str, Any]:
    """Numbers of the bands of a row, for its badges."""
    return {
        "inherent": level_number(scale, row.level),
        "residual": level_number(scale, row.residual_level),
    }
