"""The matter of a decision: one row for everybody who takes part in it."""

import decimal
import re
from dataclasses import dataclass, field

from django.db import transaction

from declarations.models import DecisionKind, Matter
from declarations.services.areas import NO_AREA, Picked
from people.models import Opd

__all__ = ["NO_AREA", "MatterData", "find", "find_or_create", "hold", "key_of"]

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class MatterData:
    """What a form says of the matter, checked and typed."""

    kind: DecisionKind
    title: str
    number: str = ""
    value: decimal.Decimal | None = None
    area: Picked = field(default_factory=Picked)


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
            "risk_area": data.area.template,
            "risk_row": data.area.row_key,
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
