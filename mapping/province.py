"""The province at one look: OPD by MCSP area, the gravest of what is left, controls overdue.

Three queries, whatever the number of OPDs, years and rows.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, OuterRef, Q
from django.db.models.functions import Coalesce, JSONObject

from mapping.models import RiskArea, RiskMap, RiskScale
from mapping.models.rows import McspArea
from mapping.scales import words
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


class Province:
    """All OPDs with the maps of record of every year, read once."""

    @cached_property
    def _opds(self) -> list[Opd]:
        maps = RiskMap.objects.of_record().filter(opd=OuterRef("pk")).order_by()
        known = maps.values(known=JSONObject(year="year", pk="pk"))
        return list(Opd.objects.order_by("code", "pk").annotate(maps=ArraySubquery(known)))

    def years(self) -> list[int]:
        """Years that have a map of record, the newest first."""
        return sorted({each["year"] for opd in self._opds for each in opd.maps}, reverse=True)

    def matrix(self, *, year: int, on: datetime.date) -> list[MatrixLine]:
        """One line an OPD that existed in that year."""
        cells = _cells(year, on=on)
        first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        lines = []
        for opd in self._opds:
            if opd.valid_from > last or (opd.valid_until and opd.valid_until < first):
                continue
            line = [cells.get((opd.pk, area)) for area in McspArea.values]
            map_id = next((each["pk"] for each in opd.maps if each["year"] == year), None)
            lines.append(MatrixLine(opd, map_id, line, sum(cell.overdue for cell in line if cell)))
        return lines


def _cells(year: int, *, on: datetime.date) -> dict[tuple[int, str], MatrixCell]:
    grouped = list(
        RiskArea.objects.filter(map__in=RiskMap.objects.of_record(year))
        .with_overdue_flag(on=on)
        .order_by()
        .values("mcsp_area", opd=F("map__opd"), scale=F("map__scale"))
        .annotate(
            number=Count("pk"),
            worst=Max(Coalesce("residual_magnitude", "magnitude")),
            late=Count("pk", filter=Q(is_overdue=True)),
        )
    )
    scales = RiskScale.objects.in_bulk({item["scale"] for item in grouped})
    found = {}
    for item in grouped:
        scale = scales[item["scale"]]
        band = scale.band(item["worst"])
        found[item["opd"], item["mcsp_area"]] = MatrixCell(
            item["mcsp_area"], item["number"], item["worst"], scale.bands.index(band) + 1,
            words(band), item["late"],
        )  # fmt: skip
    return found
