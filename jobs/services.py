"""Asking for work, and tidying up after it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.module_loading import import_string
from psycopg2 import sql

from jobs.backend import PostgresBackend
from jobs.models import Job
from jobs.states import State

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django_tasks.base import Task, TaskResult

KEEP_FINISHED = datetime.timedelta(days=14)
KEEP_DEAD = datetime.timedelta(days=180)


def enqueue(
    task: Task | str,
    *args: Any,
    owner: AbstractBaseUser | None = None,
    run_at: datetime.datetime | None = None,
    priority: int | None = None,
    **kwargs: Any,
) -> TaskResult:
    """`task.enqueue`, with somebody who may follow the progress of the job, and with another
    priority (`jobs.priorities`) than its task has.

    A task may be given by its path (`"notices.tasks.send_email"`), for callers that the task
    itself imports.
    """
    task = _task(task, run_at)
    if priority is not None:
        task = task.using(priority=priority)
    backend = task.get_backend()
    if not isinstance(backend, PostgresBackend):
        return backend.enqueue(task, args, kwargs)
    return backend.enqueue_job(task, args, kwargs, owner=_owner(owner))


def enqueue_once(
    task: Task | str,
    key: str,
    *args: Any,
    owner: AbstractBaseUser | None = None,
    run_at: datetime.datetime | None = None,
    **kwargs: Any,
) -> TaskResult:
    """Ask for a piece of work at most once.

    The key is held while the job waits, runs, and after it is done for as long as its row is
    kept; a job that failed for good frees it. Put a date or a version into the key of work
    that must be repeated.
    """
    task = _task(task, run_at)
    backend = task.get_backend()
    if not isinstance(backend, PostgresBackend):
        return backend.enqueue(task, args, kwargs)
    key = f"{task.module_path}:{key}"[:200]
    holding = Job.objects.filter(key=key, state__in=State.HOLDING_KEY)
    # Looked up first, for the usual second call; the unique key decides the race.
    if job := holding.first():
        return backend.result_of(job, task)
    try:
        with transaction.atomic():
            return backend.enqueue_job(task, args, kwargs, owner=_owner(owner), key=key)
    except IntegrityError:
        return backend.result_of(holding.get(), task)


def _task(task: Task | str, run_at: datetime.datetime | None) -> Task:
    found: Task = import_string(task) if isinstance(task, str) else task
    return found.using(run_after=run_at) if run_at else found


def _owner(owner: AbstractBaseUser | None) -> str:
    return str(owner.pk) if owner else ""


def clean_up(*, now: datetime.datetime, batch: int = 5_000) -> int:
    """Delete finished jobs past their time, in batches that lock little."""
    old = Job.objects.filter(
        models.Q(state__in=State.FINISHED, finished_at__lt=now - KEEP_FINISHED)
        | models.Q(state=State.DEAD, finished_at__lt=now - KEEP_DEAD)
    )
    deleted = 0
    while True:
        number, _per_model = Job.objects.filter(
            pk__in=list(old.values_list("pk", flat=True)[:batch])
        ).delete()
        deleted += number
        if number < batch:
            return deleted


def clean_cache(*, now: datetime.datetime, table: str) -> int:
    """Delete what has expired in the cache table; Django does so only when it is full."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE expires < %s").format(sql.Identifier(table)), [now]
        )
        return cursor.rowcount
