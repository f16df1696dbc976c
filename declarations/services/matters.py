"""The matter of a decision: one row for everybody who takes part in it."""

import decimal
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Value

from declarations.content import Choice, Text
from declarations.models import DecisionKind, Matter
from mapping.models import RiskAreaTemplate
from people.models import Opd

# The answer that no area of the list fits.
NO_AREA = "TIDAK_ADA"
_NO_AREA_LABEL = Text("Tidak ada dalam daftar", "Not in the list")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class MatterData:
    """What a form says of the matter, checked and typed."""

    kind: DecisionKind
    title: str
    number: str = ""
    value: decimal.Decimal | None = None
    risk_area: RiskAreaTemplate | None = None


def key_of(text: str) -> str:
    """Letters and digits in lower case: `027/PBJ/2026` and `027 - pbj - 2026` are one."""
    return _NOT_ALPHANUMERIC.sub("", text.casefold())


@transaction.atomic
def find_or_create(opd: Opd, data: MatterData) -> Matter:
    """The matter with that number (without one: with that title) in the OPD.

    Two officials who sign at the same moment get the same row: the unique constraint decides.
    """
    number_key = key_of(data.number)
    identity = (
        {"number_key": number_key}
        if number_key
        else {"number_key": "", "title_key": key_of(data.title)}
    )
    matter, _created = Matter.objects.get_or_create(
        opd=opd,
        kind=data.kind,
        **identity,
        defaults={
            "number": data.number,
            "number_key": number_key,
            "title": data.title,
            "title_key": key_of(data.title),
            "value": data.value,
            "risk_area": data.risk_area,
        },
    )
    return matter


def find(opd: Opd, *, kind: DecisionKind, number: str, title: str) -> Matter | None:
    """As `find_or_create`, without creating: for a draft that is still being typed."""
    same = Matter.objects.filter(opd=opd, kind=kind)
    if number_key := key_of(number):
        return same.filter(number_key=number_key).first()
    return same.filter(number_key="", title_key=key_of(title)).first()


def hold(matter: Matter) -> Matter:
    """Lock the row, so that a statement and a declaration on one matter go one after the other."""
    return Matter.objects.select_for_update(no_key=True).get(pk=matter.pk)


def risk_area(answer: str | None) -> RiskAreaTemplate | None:
    """The area of the map that an answer names by its code; free words name none."""
    if not answer or answer == NO_AREA:
        return None
    code = answer.split(" ", 1)[0].strip()
    return RiskAreaTemplate.objects.filter(code=code, valid_until__isnull=True).first()


def risk_areas() -> QuerySet[RiskAreaTemplate]:
    return RiskAreaTemplate.objects.filter(valid_until__isnull=True).order_by()


# As the columns of the other lists, in one query with them: position, code, two labels, target.
AREA_COLUMNS = (Value(0), "code", "activity", "area", "target")


def risk_area_choices(rows: Iterable[Sequence[Any]], opd: Opd | None = None) -> list[Choice]:
    """The areas that fit the OPD: its own first, then those of everybody; "not in the list" last.

    Without an OPD all of them, for checking an answer.
    """
    areas = [
        RiskAreaTemplate(code=code, activity=activity, area=area, target=target)
        for _position, code, activity, area, target in rows
    ]
    areas = [area for area in areas if opd is None or area.fits(opd.code)]
    order = {area.area: number for number, area in reversed(list(enumerate(areas)))}
    areas.sort(key=lambda area: (area.is_for_all, order[area.area], area.code))
    choices = [
        Choice(area.code, Text(area.activity, area.activity), Text(area.area, area.area))
        for area in areas
    ]
    return [*choices, Choice(NO_AREA, _NO_AREA_LABEL)]
