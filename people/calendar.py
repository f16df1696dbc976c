"""Working days of the province: Monday to Friday, less holidays and collective leave.

A time limit of n working days that starts with a receipt does not count the day of the receipt:
what arrives on Monday with a limit of 5 is due on the next Monday, until midnight in Jakarta.
What arrives on a Saturday or a holiday is counted from the next working day as day 1.

Every function takes the holidays as an argument; without it the table is read, at most once a
minute in a process. A holiday that no decree confirms yet counts like the others.
"""

import datetime
import time
from collections.abc import Collection

from django.apps import apps
from django.utils import timezone

KEEP_SECONDS = 60
ONE_DAY = datetime.timedelta(days=1)
LONGEST = 5_000
_kept: tuple[float, frozenset[datetime.date]] | None = None


def holidays() -> frozenset[datetime.date]:
    """All days of the table."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > KEEP_SECONDS:
        days = apps.get_model("people", "Holiday").objects.values_list("on", flat=True)
        _kept = (now, frozenset(days))
    return _kept[1]


def forget() -> None:
    """Read the table anew at the next question: the services call it after a change."""
    global _kept
    _kept = None


def local_date(moment: datetime.datetime | datetime.date) -> datetime.date:
    """The day in Jakarta on which something happened."""
    if isinstance(moment, datetime.datetime):
        return timezone.localdate(moment)
    return moment


def is_working_day(day: datetime.date, days_off: Collection[datetime.date] | None = None) -> bool:
    days_off = holidays() if days_off is None else days_off
    return day.weekday() < 5 and day not in days_off


def add_working_days(
    start: datetime.date, days: int, days_off: Collection[datetime.date] | None = None
) -> datetime.date:
    """The day on which `days` working days after `start` end; `start` itself isn't counted.

    With 0 it is `start`, or the next working day when nobody works on `start`.
    """
    if not 0 <= days <= LONGEST:
        raise ValueError(days)
    days_off = holidays() if days_off is None else days_off
    day = start
    if days == 0:
        while not is_working_day(day, days_off):
            day += ONE_DAY
    while days:
        day += ONE_DAY
        days -= is_working_day(day, days_off)
    return day


def working_days_between(
    start: datetime.date,
    end: datetime.date,
    days_off: Collection[datetime.date] | None = None,
) -> int:
    """The working days after `start` up to and with `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, days_off)
    days_off = holidays() if days_off is None else days_off
    weeks, rest = divmod((end - start).days, 7)
    tail = (end - ONE_DAY * offset for offset in range(rest))
    count = weeks * 5 + sum(day.weekday() < 5 for day in tail)
    return count - sum(start < day <= end and day.weekday() < 5 for day in days_off)


def due_on(
    received: datetime.datetime | datetime.date,
    days: int,
    days_off: Collection[datetime.date] | None = None,
) -> datetime.date:
    """The last day of a limit of `days` working days from a receipt."""
    return add_working_days(local_date(received), days, days_off)


def working_days_left(
    due: datetime.date, on: datetime.date, days_off: Collection[datetime.date] | None = None
) -> int:
    """Working days from `on` to the limit: 0 on its last day, negative when it is missed."""
    return working_days_between(on, due, days_off)
