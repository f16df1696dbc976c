"""The risk area that a decision belongs to: picked from the map of the OPD, kept as it was said.

Offered are the rows of the map in force with their level, or the library's areas while the OPD
has no map. The answer is the template's code or, for an area of the OPD's own, the row's key.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from declarations.content import Choice, Text
from declarations.models import ConflictDeclaration
from mapping import services as maps
from mapping.models import RiskAreaTemplate, RiskScale
from people.models import Opd

# The answer that no area of the list fits.
NO_AREA = "TIDAK_ADA"
_NO_AREA_LABEL = Text("Tidak ada dalam daftar", "Not in the list")
# What the frozen document keeps of an area.
SAID = ("code", "area", "activity", "level", "level_id", "level_en", "magnitude")


@dataclass(frozen=True, slots=True)
class Picked:
    """The area as the matter points at it, and as the signed document keeps it."""

    template: RiskAreaTemplate | None = None
    row_key: uuid.UUID | None = None
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def frozen(self) -> dict[str, Any]:
        return frozen(self.said)

    @property
    def template_code(self) -> str:
        return self.template.code if self.template else ""


def frozen(said: dict[str, Any]) -> dict[str, Any]:
    """The entry of the document's content; nothing where no area of a map was named."""
    return {"risk_area": said} if said else {}


def answer_in(draft: Mapping[str, Any] | None) -> str:
    """The area that a draft of F2 or F3 names."""
    return str(((draft or {}).get("decision") or {}).get("risk_area") or "")


def code_of(answer: str | None) -> str:
    """Older drafts hold the code with words behind it; free words name no area."""
    code = (answer or "").split(" ", 1)[0].strip()
    return "" if code == NO_AREA else code


# --- Choosing --------------------------------------------------------------------------------


def choices_for(opd: Opd, named: Collection[str] = ()) -> list[Choice]:
    """What may be picked, area by area; "not in the list" last.

    `named`: answers that a draft holds. One that has left the map stays readable, but counts as
    no answer any more.
    """
    offered = maps.areas_for(opd)
    codes = {area.code for area in offered}
    gone = [maps.area_once(opd, code) for code in sorted(_codes(named) - codes)]
    return [
        *_grouped(offered),
        Choice(NO_AREA, _NO_AREA_LABEL),
        *(_choice(area, is_gone=True) for area in gone if area is not None),
    ]


def choices_to_read(
    opd: Opd, named: Collection[str], said: Mapping[str, Any] | None
) -> list[Choice]:
    """The words of what was signed: as the document has them, else without a level."""
    found = [Choice(NO_AREA, _NO_AREA_LABEL)]
    for code in sorted(_codes(named)):
        if said and said.get("code") == code:
            area = maps.OfferedArea(**{name: said[name] for name in SAID})
            found.append(Choice(code, _label(area)))
        elif (once := maps.area_once(opd, code)) is not None:
            found.append(Choice(code, Text(once.activity, once.activity)))
    return found


def choices_of_library() -> list[Choice]:
    """All areas, for a form that belongs to no OPD (the administrator's preview)."""
    areas = [
        maps.OfferedArea(item.code, item.area, item.activity, template=item) for item in library()
    ]
    areas.sort(key=lambda area: area.code)
    return [*_grouped(areas), Choice(NO_AREA, _NO_AREA_LABEL)]


def library() -> QuerySet[RiskAreaTemplate]:
    return RiskAreaTemplate.objects.filter(valid_until__isnull=True).order_by()


def _codes(named: Collection[str]) -> set[str]:
    return {code for each in named if (code := code_of(each))}


def _grouped(areas: list[maps.OfferedArea]) -> list[Choice]:
    """Activities of one area beside each other, in the order in which the areas come first."""
    order = {area.area: number for number, area in reversed(list(enumerate(areas)))}
    return [_choice(area) for area in sorted(areas, key=lambda area: order[area.area])]


def _choice(area: maps.OfferedArea, *, is_gone: bool = False) -> Choice:
    label = Text(area.activity, area.activity) if is_gone else _label(area)
    return Choice(area.code, label, Text(area.area, area.area), is_gone=is_gone)


def _label(area: maps.OfferedArea) -> Text:
    return Text(with_level(area, "id"), with_level(area, "en"))


def with_level(area: maps.OfferedArea, language: str) -> str:
    """`Evaluasi penawaran — Tinggi (16)`; a template alone has no level."""
    level = area.level_en if language == "en" else area.level_id
    return f"{area.activity} — {level} ({area.magnitude})" if level else area.activity


# --- Signing ---------------------------------------------------------------------------------


def picked(opd: Opd, answer: str | None) -> Picked:
    """The area that a checked answer names, with the words and the level of this day."""
    code = code_of(answer)
    if not code:
        return Picked()
    area = maps.area_in_force(opd, code)
    if area is None:
        return Picked(template=library().filter(code=code).first())
    row = area.row
    return Picked(area.template, row.row_key if row else None, said_of(area))


def is_in_force(opd: Opd, code: str) -> bool:
    """The map in force has the area with that code, or that key of a row."""
    return bool(code) and maps.area_in_force(opd, code) is not None


def said_of(area: maps.OfferedArea) -> dict[str, Any]:
    """For the frozen content: the document stays as it is when the map changes."""
    return {name: getattr(area, name) for name in SAID}


# --- Deciding --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What the map says of the area of a declared conflict: when it was signed, and now."""

    words: str
    said: str
    now: str
    level: str
    url: str
    is_high: bool

    @property
    def has_changed(self) -> bool:
        return bool(self.said and self.now) and self.said != self.now


def standing_of(conflict: ConflictDeclaration, language: str) -> Standing | None:
    """None where no area was named; `now` is empty when the map in force lacks the area.

    One query, none without an area; a second one for an area that the map lacks.
    """
    matter, said = conflict.matter, conflict.area_said
    if matter is None or (matter.risk_area_id is None and matter.risk_row is None):
        return None
    code = str(matter.risk_row or matter.risk_area.code)
    now = maps.area_in_force(conflict.opd, code)
    known = now or maps.area_once(conflict.opd, code)
    words = f"{said['area']}: {said['activity']}" if said else known.label if known else ""
    return Standing(
        words=words,
        said=_level(maps.OfferedArea(**said), language) if said else "",
        now=_level(now, language) if now else "",
        level=now.level if now else said.get("level", ""),
        url=now.row.get_absolute_url() if now and now.row else "",
        is_high=now.is_high if now else False,
    )


def _level(area: maps.OfferedArea, language: str) -> str:
    words = area.level_en if language == "en" else area.level_id
    return f"{words} ({area.magnitude})" if words else ""


def is_rated_lower(scale: RiskScale, level: str, standing: Standing | None) -> bool:
    """The decision rates the case below the area it belongs to: reasons are worth giving."""
    order = [band["level"] for band in scale.bands]
    if standing is None or not standing.is_high or not {level, standing.level} <= set(order):
        return False
    return order.index(level) < order.index(standing.level)
