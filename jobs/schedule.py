"""Periodic tasks, registered by the apps in `AppConfig.ready()`.

    schedule.register("jobs.clean_up", tasks.clean_up, daily_at=datetime.time(2, 30))
    schedule.register("notices.sweep", tasks.sweep, every=datetime.timedelta(minutes=5))

When each runs next lies in the database (`Schedule`), so nothing is forgotten over a
restart, a missed time is made up once, and several schedulers share the work.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.translation import gettext, ngettext

if TYPE_CHECKING:
    from django_tasks.base import Task

_entries: dict[str, Entry] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    task: Task
    every: datetime.timedelta | None = None
    daily_at: datetime.time | None = None

    @property
    def rule(self) -> str:
        if self.every is not None:
            return f"every {self.every.total_seconds():.0f} s"
        return f"daily at {self.daily_at}"

    @property
    def words(self) -> str:
        """The rule as a person would say it."""
        if self.daily_at is not None:
            return gettext("every day at %(time)s") % {"time": f"{self.daily_at:%H.%M}"}
        seconds = int((self.every or datetime.timedelta()).total_seconds())
        if seconds % 3600 == 0:
            number = seconds // 3600
            text = ngettext("every hour", "every %(number)s hours", number)
        elif seconds % 60 == 0:
            number = seconds // 60
            text = ngettext("every minute", "every %(number)s minutes", number)
        else:
            number = seconds
            text = ngettext("every second", "every %(number)s seconds", number)
        return text % {"number": number}

    def next_after(self, moment: datetime.datetime) -> datetime.datetime:
        """The first time after `moment`; times of the day are the portal's local ones."""
        if self.daily_at is None:
            return moment + (self.every or datetime.timedelta())
        local = timezone.localtime(moment)
        today = timezone.make_aware(datetime.datetime.combine(local.date(), self.daily_at))
        if today > moment:
            return today
        tomorrow = local.date() + datetime.timedelta(days=1)
        return timezone.make_aware(datetime.datetime.combine(tomorrow, self.daily_at))

    def first(self, moment: datetime.datetime) -> datetime.datetime:
        return moment if self.every is not None else self.next_after(moment)


def register(
    name: str,
    task: Task,
    *,
    every: datetime.timedelta | None = None,
    daily_at: datetime.time | None = None,
) -> None:
    """Run `task()` (no arguments) again and again; registering twice the same is harmless."""
    if (every is None) == (daily_at is None):
        raise ImproperlyConfigured(f"{name}: give either every= or daily_at=.")
    entry = Entry(name, task, every, daily_at)
    if _entries.setdefault(name, entry) != entry:
        raise ImproperlyConfigured(f"Two periodic tasks are called {name}.")


def entries() -> dict[str, Entry]:
    return dict(_entries)
