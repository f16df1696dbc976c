"""How far a long task is, for the person who waits for it.

    for number, person in enumerate(people, 1):
        ...
        progress.report(number, len(people), _("Statements written"))

Written outside the task's transaction, at most twice a second. Each report also renews
the lease, so the time limit of a task that reports is the time between two reports.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jobs.exceptions import LeaseLost
from jobs.workflow import GRACE_SECONDS, Claim

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper

SECONDS_BETWEEN = 0.5

REPORT = """
UPDATE jobs_job SET
    progress_done = %s, progress_total = %s, progress_label = %s,
    lease_until = clock_timestamp() + make_interval(secs => time_limit + %s)
WHERE id = %s AND state = 'running' AND worker = %s AND attempts = %s
"""


@dataclass(slots=True)
class Reporter:
    """The line from a running task to its job's row."""

    connection: BaseDatabaseWrapper
    run: Claim
    renew: Callable[[], None]
    last: float = field(default=0.0)

    def report(self, done: int, total: int, label: str) -> None:
        now = time.monotonic()
        if done < total and now - self.last < SECONDS_BETWEEN:
            return
        self.last = now
        run = self.run
        with self.connection.cursor() as cursor:
            cursor.execute(
                REPORT,
                [done, total, label[:200], GRACE_SECONDS, run.job_id, run.worker, run.attempt],
            )
            if cursor.rowcount != 1:
                raise LeaseLost(f"Job {run.job_id} belongs to another worker now.")
        self.renew()


current: ContextVar[Reporter | None] = ContextVar("current_job", default=None)


def report(done: int, total: int, label: object = "") -> None:
    """Tell how far the running task is; outside a job it does nothing."""
    if reporter := current.get():
        reporter.report(done, total, str(label))


def job_id() -> int | None:
    """The job that is running now, None outside a job."""
    reporter = current.get()
    return reporter.run.job_id if reporter else None
