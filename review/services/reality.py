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
        return self.area.is_high and not self.statements


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
    statements = _signed(rows.statements(user, opd=opd, year=year))
    overdue = (areas[0].all_overdue or 0) if areas else overdue_controls.count()
    shown = [_area(area, conflicts, statements) for area in areas]
    mapped = {area.key for area in shown}
    return OpdReality(
        areas=shown,
        lacking=[
            Lacking(key=key, words=words, conflicts=number)
            for key, (number, words) in conflicts.items()
            if key not in mapped
        ],
        conflicts=sum(number for number, _words in conflicts.values()),
        hidden=hidden,
        statements=statements.total(),
        overdue=overdue,
    )


Counts = dict[str, tuple[int, str]]
NOTHING = (0, "")


def _area(area: RiskArea, conflicts: Counts, statements: Counter) -> AreaReality:
    key = rows.key_of(area)
    return AreaReality(
        area=area,
        key=key,
        conflicts=conflicts.get(key, NOTHING)[0],
        statements=statements[key],
        overdue=area.overdue_count,
    )


def _conflicts_and_hidden(user: User, *, opd: Opd, year: int) -> tuple[Counts, int]:
    """Those that the user may read by area; how many more there are (nothing below three)."""
    seen = Q(pk__in=rows.conflicts(user, opd=opd, year=year).order_by().values("pk"))
    found = list(
        rows.with_area_words(rows.all_conflicts(opd=opd, year=year))
        .order_by()
        .values("area_key", "area_words")
        .annotate(
            number=Count("pk", filter=seen),
            more=Count("pk", filter=~seen & Q(is_confidential=False)),
        )
        .order_by("-number", "area_key")
    )
    more = sum(row["more"] for row in found)
    return _as_areas(found), more if more >= LEAST_HIDDEN else 0


def _signed(found: QuerySet) -> Counter:
    """Statements by area."""
    grouped = rows.with_area(found).order_by().values("area_key").annotate(number=Count("pk"))
    return Counter({row["area_key"]: row["number"] for row in grouped})


def _as_areas(grouped: Any) -> Counts:
    """Key → (number, words); words of an area may have changed, so one key may come twice."""
    counts: Counts = {}
    for row in grouped:
        if row["number"]:
            number, words = counts.get(row["area_key"], NOTHING)
            counts[row["area_key"]] = (number + row["number"], words or row["area_words"])
    return counts


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


def _by_opd_and_area(found: QuerySet, *words: str) -> Any:
    return (
        found.order_by()
        .values("opd", "area_key", "area_mcsp", *words)
        .annotate(number=Count("pk"))
        .order_by("-number", "opd__code", "area_key")
    )


def _put_statements(lines: dict[int, OpdLine], found: Any) -> set[tuple[int, str]]:
    """Counts them; gives the pairs of OPD and area in which there is one."""
    signed = set()
    for row in _by_opd_and_area(rows.with_area(found)):
        if row["opd"] in lines:
            lines[row["opd"]].cell(row["area_mcsp"]).statements += row["number"]
            signed.add((row["opd"], row["area_key"]))
    return signed


def _put_map(
    lines: dict[int, OpdLine], signed: set[tuple[int, str]], *, on: datetime.date
) -> set[tuple[int, str]]:
    """The rows of all maps in force; gives the pairs of OPD and area that they have."""
    mapped = set()
    found = RiskArea.objects.in_force().with_overdue_controls(on=on).order_by()
    for opd, mcsp_area, template, row_key, level, residual, late in found.values_list(
        "map__opd", "mcsp_area", "template__code", "row_key", "level", "residual_level",
        "overdue_count",
    ):  # fmt: skip
        if opd not in lines:
            continue
        lines[opd].has_map = True
        cell, area = lines[opd].cell(mcsp_area), (opd, template or str(row_key))
        rank = LEVEL_WEIGHTS.get(residual or level, 0)
        cell.areas += 1
        cell.rank = max(cell.rank, rank)
        cell.overdue += late
        cell.quiet += rank >= HIGH and area not in signed
        mapped.add(area)
    return mapped


def _put_controls_without_area(lines: dict[int, OpdLine], found: Any) -> None:
    left = rows.controls_without_area(found).order_by().values("opd")
    for row in left.annotate(number=Count("pk")):
        if row["opd"] in lines:
            lines[row["opd"]].cells[NO_AREA].overdue += row["number"]


def _put_conflicts(
    lines: dict[int, OpdLine], mapped: set[tuple[int, str]], found: Any
) -> list[dict[str, Any]]:
    """Counts them; gives those in areas that the map lacks, the most first."""
    lacking = []
    for row in _by_opd_and_area(rows.with_area_words(found), "area_words"):
        line, key = lines.get(row["opd"]), row["area_key"]
        if line is None:
            continue
        cell = line.cell(row["area_mcsp"])
        cell.conflicts += row["number"]
        if key == NO_AREA or (row["opd"], key) in mapped:
            continue
        cell.lacking += row["number"]
        lacking.append(
            {
                "opd": line.opd,
                "key": key,
                "words": row["area_words"],
                "conflicts": row["number"],
                "has_map": line.has_map,
            }
        )
    return lacking
