"""Time limits in force on a day; what was decided under an older one keeps it."""

import datetime

from declarations.models import TimeLimit
from people import calendar

DECISION_ON_DECLARATION = "SLA_PUTUSAN_DEKLARASI"
DATA_REQUEST = "SLA_LENGKAPI_DATA"
BEGIN_REVIEW = "SLA_MULAI_PERIKSA"
BEGIN_CONTROL = "SLA_MULAI_PENGENDALIAN"


class MissingLimitError(Exception):
    """The reference data has no such limit: a fault of the installation, not of a user."""


def limit(key: str, *, on: datetime.date) -> TimeLimit:
    found = TimeLimit.objects.filter(key=key, valid_from__lte=on).order_by("-valid_from").first()
    if found is None:
        raise MissingLimitError(key)
    return found


def due_on(found: TimeLimit, *, start: datetime.date) -> datetime.date:
    """The last day of the limit that starts on `start` (that day itself is not counted)."""
    match found.unit:
        case TimeLimit.Unit.WORKING_DAYS:
            return calendar.add_working_days(start, found.value)
        case TimeLimit.Unit.DAYS:
            return start + datetime.timedelta(days=found.value)
        case TimeLimit.Unit.HOURS:
            return start + datetime.timedelta(days=-(-found.value // 24))
        case TimeLimit.Unit.MONTHS:
            return _add_months(start, found.value)
        case TimeLimit.Unit.YEARS:
            return _add_months(start, 12 * found.value)
    raise ValueError(found.unit)


def _add_months(start: datetime.date, months: int) -> datetime.date:
    """The same day so many months on, or the last day of a month that is too short."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return datetime.date(year, month + 1, day)
        except ValueError:
            continue
    return datetime.date(year, month + 1, start.day)
