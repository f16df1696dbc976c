"""What other apps ask of the risk map: areas to pick from."""

from dataclasses import dataclass

from mapping.models import RiskArea, RiskAreaTemplate
from mapping.services.maps import templates_for
from people.models import Opd


@dataclass(frozen=True, slots=True)
class OfferedArea:
    """An area for a choice list: a row of the map in force, or else a template."""

    code: str
    label: str
    level: str
    magnitude: int
    area: RiskArea | None = None
    template: RiskAreaTemplate | None = None


def areas_for(opd: Opd) -> list[OfferedArea]:
    """The rows of the OPD's map in force; without such a map, the templates that fit it.

    `code` stays the same from year to year: the template's code, or the row's key.
    """
    rows = (
        RiskArea.objects.in_force()
        .filter(map__opd=opd)
        .select_related("template")
        .order_by("position", "pk")
    )
    offered = [
        OfferedArea(
            code=row.template.code if row.template else str(row.row_key),
            label=str(row),
            level=row.current_level,
            magnitude=row.current_magnitude,
            area=row,
        )
        for row in rows
    ]
    if offered:
        return offered
    return [
        OfferedArea(code=item.code, label=str(item), level="", magnitude=0, template=item)
        for item in templates_for(opd)
    ]
