"""What other apps ask of the risk map: areas to pick from, and what the map says of one."""

import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mapping.models import RiskArea, RiskAreaTemplate
from mapping.models.rows import level_words
from mapping.services.maps import templates_for
from people.models import Opd


@dataclass(frozen=True, slots=True)
class OfferedArea:
    """An area for a choice list: a row of the map in force, or else a template (without a level).

    `code` stays the same from year to year: the template's code, or the row's key.
    """

    code: str
    area: str
    activity: str
    level: str = ""
    level_id: str = ""
    level_en: str = ""
    magnitude: int = 0
    row: RiskArea | None = None
    template: RiskAreaTemplate | None = None

    @property
    def label(self) -> str:
        return f"{self.area}: {self.activity}"

    @property
    def is_high(self) -> bool:
        return self.row is not None and self.row.is_high


def areas_for(opd: Opd) -> list[OfferedArea]:
    """The rows of the OPD's map in force; without such a map, the templates that fit it.

    One query; two without a map. Of two rows from one template the second goes by its own key.
    """
    rows = _rows().filter(map__opd=opd).order_by("position", "pk")
    offered: dict[str, OfferedArea] = {}
    for row in rows:
        code = row.template.code if row.template else str(row.row_key)
        code = str(row.row_key) if code in offered else code
        offered[code] = _of_row(row, code)
    if offered:
        return list(offered.values())
    return [_of_template(item) for item in templates_for(opd)]


def area_in_force(opd: Opd, code: str) -> OfferedArea | None:
    """What the OPD's map in force says of the area with that code; None when it lacks it."""
    row = _rows().filter(_is(code), map__opd=opd).order_by("position", "pk").first()
    return _of_row(row, code) if row is not None else None


def area_once(opd: Opd, code: str) -> OfferedArea | None:
    """An area that may have left the map: from the OPD's newest map that has it, or the library.

    The maps of OPDs that became this one count as well.
    """
    if (key := _uuid(code)) is not None:
        rows = RiskArea.objects.filter(Q(map__opd=opd) | Q(map__opd__successor=opd), row_key=key)
        newest = rows.order_by("-map__year", "-map__version", "-pk")
        row = newest.select_related("template", "map__scale").first()
        return _of_row(row, code) if row is not None else None
    template = RiskAreaTemplate.objects.filter(code=code).order_by("-valid_from").first()
    return _of_template(template) if template is not None else None


def _rows() -> QuerySet[RiskArea]:
    return RiskArea.objects.in_force().select_related("template", "map__scale")


def _is(code: str) -> Q:
    key = _uuid(code)
    return Q(template__code=code) if key is None else Q(row_key=key)


def _uuid(code: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(code)
    except ValueError:
        return None


def _of_row(row: RiskArea, code: str) -> OfferedArea:
    scale, level = row.map.scale, row.current_level
    return OfferedArea(
        code, row.area, row.activity, level, level_words(scale, level, "id"),
        level_words(scale, level, "en"), row.current_magnitude, row, row.template,
    )  # fmt: skip


def _of_template(item: RiskAreaTemplate) -> OfferedArea:
    return OfferedArea(item.code, item.area, item.activity, template=item)
