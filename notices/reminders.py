"""Daily reminders; each app registers its finders in `AppConfig.ready()`.

    def overdue_plans(*, on: datetime.date) -> Iterable[Reminder]: ...
    reminders.register("declarations.overdue_plan", overdue_plans)

A finder says who should be reminded of what today. Each reminder (name, key, person) is
given once a day, also when the run is repeated or two runs overlap.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from jobs import progress
from notices.models import ReminderLog
from notices.services import notify

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from people.models import User

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reminder:
    """`key` names the thing (`plan:17`); the texts may be lazy, as in `notify`."""

    user: User
    key: str
    kind: str
    title: Any
    body: Any = ""
    url: str = ""


class Finder(Protocol):
    def __call__(self, *, on: datetime.date) -> Iterable[Reminder]: ...


_finders: dict[str, Finder] = {}


def register(name: str, finder: Finder) -> None:
    if _finders.setdefault(name, finder) is not finder:
        raise ImproperlyConfigured(f"Two finders of reminders are called {name}.")


def run(*, on: datetime.date) -> int:
    """Give today's reminders; the number of new ones. One broken finder stops no other."""
    given, failed = 0, []
    for name, finder in _finders.items():
        try:
            for reminder in finder(on=on):
                given += give(name, reminder, on=on)
                progress.report(given, 0)
        except Exception:
            logger.exception("The finder of reminders %s failed.", name)
            failed.append(name)
    if failed:
        raise RuntimeError(f"Finders failed: {', '.join(failed)}")
    return given


@transaction.atomic
def give(name: str, reminder: Reminder, *, on: datetime.date) -> bool:
    """The log's unique key decides who gives it; a failure takes the log entry back."""
    _log, is_new = ReminderLog.objects.get_or_create(
        name=name, key=reminder.key, recipient=reminder.user, on=on
    )
    if not is_new:
        return False
    notify(
        reminder.user,
        kind=reminder.kind,
        title=reminder.title,
        body=reminder.body,
        url=reminder.url,
    )
    return True
