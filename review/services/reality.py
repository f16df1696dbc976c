"""The map held against what people declare: by area for one OPD, by MCSP area for the province.

A number counts the rows that `review.services.rows` lists under the same parameters, so that
each number opens exactly what it counted. Heads and officers count what they may read; further
declarations of their OPD, which others decide on, are told as a number only, from three on and
never confidential ones.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery

from mapping.models import RiskArea
from mapping.models.rows import McspArea
from people.models import Opd, User
from review.services import rows
from review.services.peers import LEVEL_WEIGHTS

LEAST_HIDDEN = 3
NO_AREA = rows.NO_AREA


@dataclass(slots=True)
class AreaReality:
    """One row of the map, and what was declared in its area."""

    area: RiskArea
    key: str
    conflicts: int
    statements: int
    overdue: int

    @property
    def words_of_level(self) -> str:
        return self.area.words_of_level(self.area.current_level)

    @property
    def is_quiet(self) -> bool:
        """High risk, and nobody signed a statement in this area."""
        return self.area.is_high and bool(self.area.template_id) and not self.statements


@dataclass(slots=True)
class Lacking:
    """Conflicts in an area that the map does not have (or that named no area)."""

    key: str
    words: str
    conflicts: int


@dataclass(slots=True)
class OpdReality:
    areas: list[AreaReality]
    lacking: list[Lacking]
    conflicts: int
    hidden: int
    statements: int
    overdue: int

    @property
    def quiet(self) -> list[AreaReality]:
        return [area for area in self.areas if area.is_quiet]


def _number_of(rows_of_one_opd: QuerySet) -> QuerySet:
    """Their number as a subquery, so that it comes with another query."""
    grouped = rows_of_one_opd.order_by().values("opd")
    return grouped.annotate(number=Count("pk")).values("number")[:1]


def opd_reality(opd: Opd, *, year: int, user: User, on: datetime.date) -> OpdReality:
    """Three queries (four without a map), whatever the number of areas."""
    overdue_controls = rows.overdue_controls(user, opd=opd, on=on)
    areas = list(
        RiskArea.objects.in_force()
        .filter(map__opd=opd)
        .with_overdue_controls(on=on)
        .annotate(all_overdue=Subquery(_number_of(overdue_controls)))
        .select_related("map__scale", "template")
        .order_by("-magnitude", "position", "pk")
    )
    conflicts, hidden = _conflicts_and_hidden(user, opd=opd, year=year)
    statements = _by_template(rows.statements(user, opd=opd, year=year))
    overdue = (areas[0].all_overdue or 0) if areas else overdue_controls.count()
    mapped = {area.template_id for area in areas if area.template_id}
    return OpdReality(
        areas=[
            AreaReality(
                area=area,
                key=area.template.code if area.template else str(area.row_key),
                conflicts=conflicts.get(area.template_id, (0, "", ""))[0] if area.template else 0,
                statements=statements.get(area.template_id, (0, "", ""))[0]
                if area.template
                else 0,
                overdue=area.overdue_count,
            )
            for area in areas
        ],
        lacking=[
            Lacking(key=code or NO_AREA, words=words, conflicts=number)
            for template, (number, code, words) in conflicts.items()
            if template not in mapped
        ],
        conflicts=sum(number for number, _code, _words in conflicts.values()),
        hidden=hidden,
        statements=sum(number for number, _code, _words in statements.values()),
        overdue=overdue,
    )


def _conflicts_and_hidden(
    user: User, *, opd: Opd, year: int
) -> tuple[dict[int | None, tuple[int, str, str]], int]:
    """Those that the user may read by area; how many more there are (nothing below three)."""
    seen = Q(pk__in=rows.conflicts(user, opd=opd, year=year).order_by().values("pk"))
    grouped = _grouped(
        rows.all_conflicts(opd=opd, year=year),
        number=Count("pk", filter=seen),
        more=Count("pk", filter=~seen & Q(is_confidential=False)),
    )
    found = list(grouped)
    more = sum(row["more"] for row in found)
    return _as_areas(found), more if more >= LEAST_HIDDEN else 0


def _by_template(found: Any) -> dict[int | None, tuple[int, str, str]]:
    return _as_areas(_grouped(found, number=Count("pk")))


def _grouped(found: Any, **counts: Any) -> Any:
    return (
        found.order_by()
        .values(
            "matter__risk_area",
            "matter__risk_area__code",
            "matter__risk_area__area",
            "matter__risk_area__activity",
        )
        .annotate(**counts)
        .order_by("-number", "matter__risk_area__code")
    )


def _as_areas(grouped: Any) -> dict[int | None, tuple[int, str, str]]:
    """Template → (number, its code, its words); None where no area was named."""
    return {
        row["matter__risk_area"]: (
            row["number"],
            row["matter__risk_area__code"] or "",
            f"{row['matter__risk_area__area']}: {row['matter__risk_area__activity']}"
            if row["matter__risk_area"]
            else "",
        )
        for row in grouped
        if row["number"]
    }


# --- The province ----------------------------------------------------------------------------


@dataclass(slots=True)
class Cell:
    """One OPD and MCSP area: the worst level of the map, and what was counted."""

    rank: int = 0
    areas: int = 0
    conflicts: int = 0
    statements: int = 0
    overdue: int = 0
    # High-risk areas without a signed statement; conflicts in areas that the map lacks.
    quiet: int = 0
    lacking: int = 0


@dataclass(slots=True)
class OpdLine:
    opd: Opd
    cells: dict[str, Cell]
    has_map: bool = False

    def total(self, measure: str) -> int:
        return sum(getattr(cell, measure) for cell in self.cells.values())

    def cell(self, mcsp_area: str | None) -> Cell:
        return self.cells.get(mcsp_area or NO_AREA, self.cells[NO_AREA])


@dataclass(slots=True)
class ProvinceReality:
    lines: list[OpdLine]
    totals: Counter
    lacking: list[dict[str, Any]]
    quiet: list[dict[str, Any]]


COLUMNS = (*McspArea.values, NO_AREA)
HIGH = LEVEL_WEIGHTS["TINGGI"]
SHOWN = 20


def province_reality(*, year: int, user: User, on: datetime.date) -> ProvinceReality:
    """Five queries, whatever the number of OPDs, areas and years."""
    lines = {
        opd.pk: OpdLine(opd, {column: Cell() for column in COLUMNS})
        for opd in Opd.objects.in_force(on=on).order_by("code", "pk")
    }
    signed = _put_statements(lines, rows.statements(user, year=year))
    mapped = _put_map(lines, signed, on=on)
    _put_controls_without_area(lines, rows.overdue_controls(user, on=on))
    lacking = _put_conflicts(lines, mapped, rows.conflicts(user, year=year))
    found = list(lines.values())
    noisy_last = sorted(found, key=lambda line: (-line.total("quiet"), line.opd.code))
    return ProvinceReality(
        lines=found,
        totals=Counter(
            {
                measure: sum(line.total(measure) for line in found)
                for measure in ("conflicts", "statements", "overdue")
            }
        ),
        lacking=lacking[:SHOWN],
        quiet=[
            {"opd": line.opd, "areas": line.total("quiet")}
            for line in noisy_last[:SHOWN]
            if line.total("quiet")
        ],
    )


def _by_opd_and_area(found: Any) -> Any:
    return (
        found.order_by()
        .values("opd", *(f"matter__risk_area{part}" for part in AREA))
        .annotate(number=Count("pk"))
        .order_by("-number", "opd__code", "matter__risk_area__code")
    )


AREA = ("", "__code", "__area", "__activity", "__mcsp_area")


def _put_statements(lines: dict[int, OpdLine], found: Any) -> set[tuple[int, int]]:
    """Counts them; gives the pairs of OPD and template in which there is one."""
    signed = set()
    for row in _by_opd_and_area(found):
        if row["opd"] in lines:
            cell = lines[row["opd"]].cell(row["matter__risk_area__mcsp_area"])
            cell.statements += row["number"]
            signed.add((row["opd"], row["matter__risk_area"]))
    return signed


def _put_map(
    lines: dict[int, OpdLine], signed: set[tuple[int, int]], *, on: datetime.date
) -> set[tuple[int, int]]:
    """The rows of all maps in force; gives the pairs of OPD and template that they have."""
    mapped = set()
    found = RiskArea.objects.in_force().with_overdue_controls(on=on).order_by()
    for opd, mcsp_area, template, level, residual, late in found.values_list(
        "map__opd", "mcsp_area", "template", "level", "residual_level", "overdue_count"
    ):
        if opd not in lines:
            continue
        lines[opd].has_map = True
        cell = lines[opd].cell(mcsp_area)
        rank = LEVEL_WEIGHTS.get(residual or level, 0)
        cell.areas += 1
        cell.rank = max(cell.rank, rank)
        cell.overdue += late
        cell.quiet += rank >= HIGH and template is not None and (opd, template) not in signed
        mapped.add((opd, template))
    return mapped


def _put_controls_without_area(lines: dict[int, OpdLine], found: Any) -> None:
    left = rows.controls_without_area(found).order_by().values("opd")
    for row in left.annotate(number=Count("pk")):
        if row["opd"] in lines:
            lines[row["opd"]].cells[NO_AREA].overdue += row["number"]


def _put_conflicts(
    lines: dict[int, OpdLine], mapped: set[tuple[int, int]], found: Any
) -> list[dict[str, Any]]:
    """Counts them; gives those in areas that the map lacks, the most first."""
    lacking = []
    for row in _by_opd_and_area(found):
        line, template = lines.get(row["opd"]), row["matter__risk_area"]
        if line is None:
            continue
        cell = line.cell(row["matter__risk_area__mcsp_area"])
        cell.conflicts += row["number"]
        if template is None or (row["opd"], template) in mapped:
            continue
        cell.lacking += row["number"]
        lacking.append(
            {
                "opd": line.opd,
                "key": row["matter__risk_area__code"],
                "words": f"{row['matter__risk_area__area']}: {row['matter__risk_area__activity']}",
                "conflicts": row["number"],
                "has_map": line.has_map,
            }
        )
    return lacking
