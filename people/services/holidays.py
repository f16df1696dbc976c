"""The table of holidays; time limits that run are counted anew by it."""

from functools import partial

from django.db import transaction

from audit.services import record
from people import calendar
from people.models import Holiday, User
from people.services.checks import require


@transaction.atomic
def save_holiday(holiday: Holiday, *, by: User | None) -> Holiday:
    added = holiday.pk is None
    require(by, "people.add_holiday" if added else "people.change_holiday")
    holiday.full_clean()
    holiday.save()
    record(
        "holiday.add" if added else "holiday.change", by=by, target=holiday, on=str(holiday.on),
        name=holiday.name, kind=holiday.kind, is_confirmed=holiday.is_confirmed,
    )  # fmt: skip
    transaction.on_commit(partial(calendar.forget))
    return holiday


@transaction.atomic
def delete_holiday(holiday: Holiday, *, by: User | None) -> None:
    require(by, "people.delete_holiday")
    record("holiday.delete", by=by, target=holiday, on=str(holiday.on), name=holiday.name)
    holiday.delete()
    transaction.on_commit(partial(calendar.forget))
