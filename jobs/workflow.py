"""Every change of a job's state, one function each.

The worker's steps are single SQL statements in autocommit on the worker's own connection.
A step that ends a run names the worker and the attempt it belongs to: a worker that lost
its lease (paused machine, cut network) finds no row and its result doesn't count.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from jobs.models import DEFAULT_MAX_ATTEMPTS, Job
from jobs.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper

    from people.models import User

# The first half of the workers' advisory locks; the second half is drawn by each worker.
LOCK_CLASS = 47_110
GRACE_SECONDS = 30
LONGEST_DELAY = 3_600


class TransitionError(Exception):
    """The job can't take this step now; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One run of one job by one worker."""

    job_id: int
    task: str
    args: list[Any]
    kwargs: dict[str, Any]
    attempt: int
    max_attempts: int
    time_limit: int
    worker: int


CLAIM = """
UPDATE jobs_job SET
    state = 'running', attempts = attempts + 1, attempted_at = clock_timestamp(),
    started_at = coalesce(started_at, clock_timestamp()),
    lease_until = clock_timestamp() + make_interval(secs => time_limit + %(grace)s),
    worker = %(worker)s, workers = workers || %(name)s::varchar
WHERE id = (
    SELECT candidate.id
    FROM unnest(%(queues)s) AS wanted (name)
    CROSS JOIN LATERAL (
        SELECT id, priority, run_at FROM jobs_job
        WHERE state = 'waiting' AND queue = wanted.name AND run_at <= clock_timestamp()
        ORDER BY priority DESC, run_at, id
        LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS candidate
    ORDER BY candidate.priority DESC, candidate.run_at, candidate.id
    LIMIT 1
)
RETURNING id, task, args, kwargs, attempts, max_attempts, time_limit
"""

FINISH = """
UPDATE jobs_job SET
    state = 'done', finished_at = clock_timestamp(), result = %s,
    worker = NULL, lease_until = NULL
WHERE id = %s AND state = 'running' AND worker = %s AND attempts = %s
"""

FAIL = """
UPDATE jobs_job SET
    state = CASE WHEN %(dead)s THEN 'dead' ELSE 'waiting' END,
    finished_at = CASE WHEN %(dead)s THEN clock_timestamp() END,
    run_at = clock_timestamp() + make_interval(secs => %(delay)s),
    error_class = %(error_class)s, error = %(error)s, worker = NULL, lease_until = NULL
WHERE id = %(id)s AND state = 'running' AND worker = %(worker)s AND attempts = %(attempt)s
"""

REAP = """
UPDATE jobs_job AS job SET
    state = CASE WHEN attempts >= max_attempts THEN 'dead' ELSE 'waiting' END,
    finished_at = CASE WHEN attempts >= max_attempts THEN clock_timestamp() END,
    run_at = clock_timestamp() + make_interval(secs => least(attempts - 1, 60)),
    error_class = 'jobs.exceptions.LeaseLost',
    error = 'The worker died or stopped answering while it ran this job.',
    worker = NULL, lease_until = NULL
WHERE id IN (
    SELECT id FROM jobs_job AS lost
    WHERE state = 'running' AND (
        lease_until < clock_timestamp()
        OR NOT EXISTS (
            SELECT FROM pg_locks AS held
            WHERE held.locktype = 'advisory' AND held.granted
              AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND held.classid = %(lock_class)s AND held.objid::bigint = lost.worker
              AND held.objsubid = 2
        )
    )
    FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def claim(
    connection: BaseDatabaseWrapper, *, queues: Sequence[str], worker: int, name: str
) -> Claim | None:
    """Take the next due job of these queues; no two workers ever get the same one."""
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {"grace": GRACE_SECONDS, "worker": worker, "name": name, "queues": list(queues)},
        )
        row = cursor.fetchone()
    if row is None:
        return None
    job_id, task, args, kwargs, attempt, max_attempts, time_limit = row
    return Claim(
        job_id,
        task,
        json.loads(args),
        json.loads(kwargs),
        attempt,
        max_attempts,
        time_limit,
        worker,
    )


def finish(connection: BaseDatabaseWrapper, run: Claim, *, result: Any = None) -> bool:
    """False when the lease was lost meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            FINISH,
            [None if result is None else json.dumps(result), run.job_id, run.worker, run.attempt],
        )
        return cursor.rowcount == 1


def fail(
    connection: BaseDatabaseWrapper,
    run: Claim,
    *,
    error_class: str,
    error: str,
    final: bool = False,
) -> bool:
    """Note the error; the job waits for its next attempt, or is dead. True when it is dead."""
    dead = final or run.attempt >= run.max_attempts
    with connection.cursor() as cursor:
        cursor.execute(
            FAIL,
            {
                "dead": dead,
                "delay": backoff(run.attempt),
                "error_class": error_class[:200],
                "error": error,
                "id": run.job_id,
                "worker": run.worker,
                "attempt": run.attempt,
            },
        )
        return dead and cursor.rowcount == 1


def backoff(attempt: int) -> float:
    """Seconds until the next attempt: 4, 12, 36 … an hour at most, spread by a quarter."""
    delay = min(4 * 3 ** (attempt - 1), LONGEST_DELAY)
    return delay * random.uniform(1, 1.25)  # noqa: S311 -- spreads load, protects nothing


def reap(connection: BaseDatabaseWrapper) -> list[int]:
    """Give back the jobs of workers whose lock is gone or whose lease ran out."""
    with connection.cursor() as cursor:
        cursor.execute(REAP, {"lock_class": LOCK_CLASS})
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def retry(job: Job, *, by: User) -> Job:
    """Let a dead job try again; its attempts count on, so an old worker's claim stays void."""
    job = _lock(job, "jobs.retry_job", by=by)
    if job.state != State.DEAD:
        raise TransitionError(_("Only a failed job can be tried again."))
    job.state = State.WAITING
    job.run_at = timezone.now()
    job.finished_at = None
    job.max_attempts = job.attempts + DEFAULT_MAX_ATTEMPTS
    job.save(update_fields=["state", "run_at", "finished_at", "max_attempts"])
    record("job.retry", by=by, target=job, task=job.task)
    return job


@transaction.atomic
def discard(job: Job, *, by: User) -> Job:
    """Give up a job that is dead or still waits."""
    job = _lock(job, "jobs.discard_job", by=by)
    if job.state not in (State.DEAD, State.WAITING):
        raise TransitionError(_("Only a failed or waiting job can be discarded."))
    job.state = State.DISCARDED
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "finished_at"])
    record("job.discard", by=by, target=job, task=job.task)
    return job


def _lock(job: Job, permission: str, *, by: User) -> Job:
    locked = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not by.has_perm(permission, locked):
        raise PermissionDenied
    return locked
