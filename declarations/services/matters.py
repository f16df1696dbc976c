"""The matter of a decision: one row for everybody who takes part in it."""

import decimal
import re
import uuid
from dataclasses import dataclass, field

from django.db import transaction

from audit.services import record
from declarations.models import DecisionKind, Matter
from declarations.services.areas import NO_AREA, Picked, is_in_force
from people.models import Opd, User

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
def find_or_create(opd: Opd, data: MatterData, *, by: User) -> Matter:
    """The matter with that number (without one: with that title) in the OPD.

    It keeps the area that was named first as long as the map in force has it, then goes on to
    the row that is named now.

    Two officials who sign at the same moment get the same row: the unique constraint decides.
    """
    number_key = key_of(data.number)
    identity = (
        {"number_key": number_key}
        if number_key
        else {"number_key": "", "title_key": key_of(data.title)}
    )
    matter, created = Matter.objects.get_or_create(
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
    if not created and data.area.row_key not in (None, matter.risk_row):
        _go_on_to(matter.pk, data.area, by=by)
        matter.refresh_from_db()
    return matter


def _go_on_to(pk: uuid.UUID, area: Picked, *, by: User) -> None:
    """From an area that the map in force lacks, or from a template to its row.

    What is signed keeps its own words of the area.
    """
    matter = Matter.objects.select_for_update(no_key=True).get(pk=pk)
    code = matter.risk_area.code if matter.risk_area else ""
    is_same = matter.risk_row is None and bool(code) and area.template_code == code
    if not is_same and is_in_force(matter.opd, str(matter.risk_row or code)):
        return
    before = str(matter.risk_row or code)
    matter.risk_area, matter.risk_row = area.template, area.row_key
    matter.save(update_fields=["risk_area", "risk_row"])
    record("matter.go_on", by=by, target=matter, before=before, area=area.said.get("activity", ""))


def find(opd: Opd, *, kind: DecisionKind, number: str, title: str) -> Matter | None:
    """As `find_or_create`, without creating: for a draft that is still being typed."""
    same = Matter.objects.filter(opd=opd, kind=kind)
    if number_key := key_of(number):
        return same.filter(number_key=number_key).first()
    return same.filter(number_key="", title_key=key_of(title)).first()


def hold(matter: Matter) -> Matter:
    """Lock the row, so that a statement and a declaration on one matter go one after the other."""
    return Matter.objects.select_for_update(no_key=True).get(pk=matter.pk)
