"""The province at one look: OPD by MCSP area, the gravest of what is left, controls overdue."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce

from mapping.models import RiskArea, RiskMap
from mapping.models.rows import McspArea
from mapping.services.scales import words
from people.models import Opd


@dataclass(frozen=True, slots=True)
class MatrixCell:
    area: str
    count: int
    magnitude: int
    band: int
    label: str
    overdue: int


@dataclass(frozen=True, slots=True)
class MatrixLine:
    opd: Opd
    map_id: int | None
    cells: list[MatrixCell | None]
    overdue: int


def years() -> list[int]:
    """Years that have a map of record, the newest first."""
    found = RiskMap.objects.of_record().order_by("-year").values_list("year", flat=True)
    return list(found.distinct())


def matrix(*, year: int, on: datetime.date) -> list[MatrixLine]:
    """One line an OPD that existed in that year; three queries."""
    maps = {each.pk: each for each in RiskMap.objects.of_record(year).select_related("scale")}
    cells = _cells(year, maps, on=on)
    map_of = {each.opd_id: each.pk for each in maps.values()}
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    opds = Opd.objects.filter(valid_from__lte=last).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=first)
    )
    lines = []
    for opd in opds.order_by("code", "pk"):
        line = [cells.get((opd.pk, area)) for area in McspArea.values]
        lines.append(
            MatrixLine(opd, map_of.get(opd.pk), line, sum(cell.overdue for cell in line if cell))
        )
    return lines


def _cells(
    year: int, maps: dict[int, RiskMap], *, on: datetime.date
) -> dict[tuple[int, str], MatrixCell]:
    grouped = (
        RiskArea.objects.filter(map__in=RiskMap.objects.of_record(year))
        .with_overdue_flag(on=on)
        .order_by()
        .values("map_id", "mcsp_area")
        .annotate(
            number=Count("pk"),
            worst=Max(Coalesce("residual_magnitude", "magnitude")),
            late=Count("pk", filter=Q(is_overdue=True)),
        )
    )
    found = {}
    for item in grouped:
        risk_map = maps[item["map_id"]]
        scale = risk_map.scale
        band = scale.band(item["worst"])
        found[risk_map.opd_id, item["mcsp_area"]] = MatrixCell(
            item["mcsp_area"], item["number"], item["worst"], scale.bands.index(band) + 1,
            words(band), item["late"],
        )  # fmt: skip
    return found
