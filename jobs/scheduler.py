"""Turns due periodic tasks into jobs, exactly once whatever the number of schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from jobs import schedule
from jobs.models import Schedule
from jobs.services import enqueue
from jobs.states import State

if TYPE_CHECKING:
    import datetime


def prepare(*, now: datetime.datetime) -> None:
    """Give each registered task its row; a changed rule counts from now."""
    entries = schedule.entries()
    known = dict(Schedule.objects.values_list("name", "rule"))
    Schedule.objects.bulk_create(
        [
            Schedule(name=name, rule=entry.rule, next_run_at=entry.first(now))
            for name, entry in entries.items()
            if name not in known
        ],
        ignore_conflicts=True,
    )
    for name, rule in known.items():
        if name in entries and entries[name].rule != rule:
            Schedule.objects.filter(name=name, rule=rule).update(
                rule=entries[name].rule, next_run_at=entries[name].first(now)
            )


def tick(*, now: datetime.datetime) -> list[str]:
    """Enqueue what is due; the names of it."""
    ran = []
    while name := _run_one(now=now):
        ran.append(name)
    return ran


@transaction.atomic
def _run_one(*, now: datetime.datetime) -> str:
    """The row's lock, the new job and the next time are one transaction."""
    entries = schedule.entries()
    row = (
        Schedule.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(name__in=entries, next_run_at__lte=now)
        .order_by("next_run_at", "pk")
        .first()
    )
    if row is None:
        return ""
    entry = entries[row.name]
    # Without workers nothing piles up: one job a periodic task waits at most.
    if row.last_job is None or row.last_job.state not in State.PENDING:
        row.last_job_id = int(enqueue(entry.task).id)
        row.last_run_at = now
    row.next_run_at = entry.next_after(now)
    row.save(update_fields=["last_job", "last_run_at", "next_run_at"])
    return row.name
