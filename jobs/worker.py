"""One worker process: claim, run, note; until told to stop.

It has two connections. The tasks use Django's own, which a task may break or close. The
other carries the claims and the worker's advisory lock: as long as that session lives, the
worker lives, and when the process is killed PostgreSQL drops the lock at once. Such a lock
needs a direct connection, not a pooler in transaction mode; `Worker.connect` checks it.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import django.db
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation
from django_tasks import task_backends
from django_tasks.base import TaskContext
from django_tasks.exceptions import InvalidTaskError
from django_tasks.utils import normalize_json

from jobs import errors, progress, workflow
from jobs.exceptions import GiveUp, LeaseLost, TimeLimitExceeded
from jobs.models import Job
from jobs.payload import check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django_tasks.base import Task

    from jobs.backend import PostgresBackend

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_REAPS = 2.0
SECONDS_IDLE = 0.2
SECONDS_LOST_DATABASE = 2.0
NOT_DIRECT = (
    "The worker needs a direct connection to PostgreSQL, not a pooler in transaction mode: "
    "give it a DATABASE_URL of the server itself and no COI_BEHIND_PGBOUNCER."
)


@dataclass(slots=True)
class Worker:
    queues: Sequence[str]
    batch: bool = False
    max_tasks: int = 0
    name: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}")
    control: BaseDatabaseWrapper | None = None
    lock: int = 0
    done: int = 0
    stopping: bool = False
    last_reap: float = 0.0

    def stop(self, *_signal: Any) -> None:
        """Finish the task in hand, then leave; a second signal leaves at once."""
        if self.stopping:
            raise KeyboardInterrupt
        self.stopping = True

    def run(self) -> int:
        """Work until told to stop (or, in batch mode, until nothing is due); how many ran."""
        parent = os.getppid()
        while not self.stopping and os.getppid() == parent:
            try:
                if not self.step() and self.batch:
                    break
            except (OperationalError, InterfaceError):
                logger.warning("The worker lost its database connection and tries again.")
                self.disconnect()
                time.sleep(SECONDS_LOST_DATABASE)
            if self.max_tasks and self.done >= self.max_tasks:
                break
        self.disconnect()
        return self.done

    def step(self) -> bool:
        """Run one job; False when none is due."""
        control = self.connect()
        if time.monotonic() - self.last_reap > SECONDS_BETWEEN_REAPS:
            self.last_reap = time.monotonic()
            workflow.reap(control)
        claim = workflow.claim(control, queues=self.queues, worker=self.lock, name=self.name)
        if claim is None:
            if not self.batch:
                time.sleep(SECONDS_IDLE)
            return False
        run_claim(control, claim)
        self.done += 1
        django.db.reset_queries()
        django.db.close_old_connections()
        return True

    def connect(self) -> BaseDatabaseWrapper:
        """The control connection, holding this worker's lock."""
        if self.control is not None:
            return self.control
        if connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            raise ImproperlyConfigured(NOT_DIRECT)
        control = connection.copy()
        with control.cursor() as cursor:
            # A claim lost in a crash of the server is only a job that still waits.
            cursor.execute("SET synchronous_commit = off")
            while True:
                lock = random.randrange(1, 2**31)  # noqa: S311 -- a name, not a secret
                cursor.execute(
                    "SELECT pg_try_advisory_lock(%s, %s), pg_backend_pid()",
                    [workflow.LOCK_CLASS, lock],
                )
                is_held, backend = cursor.fetchone()
                if is_held:
                    break
            cursor.execute("SELECT pg_backend_pid()")
            if cursor.fetchone()[0] != backend:
                raise ImproperlyConfigured(NOT_DIRECT)
        self.control, self.lock = control, lock
        return control

    def disconnect(self) -> None:
        if self.control is not None:
            self.control.close()
            self.control = None


def run_claim(control: BaseDatabaseWrapper, run: workflow.Claim) -> None:
    """Run one claimed job to its end, whatever the task does."""
    backend = cast("PostgresBackend", task_backends["default"])
    task = None
    try:
        task = backend.task_of(run.task)
        with _time_limit(run.time_limit) as renew:
            token = progress.current.set(progress.Reporter(control, run, renew))
            try:
                _call(control, backend, task, run)
            finally:
                progress.current.reset(token)
                translation.deactivate()
    except LeaseLost:
        logger.warning("Job %s was lost to another worker; its result doesn't count.", run.job_id)
    except (Exception, TimeLimitExceeded) as error:
        _note_failure(control, backend, task, run, error)


def _call(
    control: BaseDatabaseWrapper, backend: PostgresBackend, task: Task, run: workflow.Claim
) -> None:
    """With `atomic`, what the task writes and the note that it is done are one transaction."""
    if getattr(task, "atomic", False):
        with transaction.atomic():
            value = _run_task(backend, task, run)
            is_mine = workflow.finish(connection, run, result=value)
            if not is_mine:
                raise LeaseLost
    else:
        value = _run_task(backend, task, run)
        is_mine = workflow.finish(control, run, result=value)
    if not is_mine:
        raise LeaseLost


def _run_task(backend: PostgresBackend, task: Task, run: workflow.Claim) -> Any:
    args = run.args
    if task.takes_context:
        job = Job.objects.get(pk=run.job_id)
        args = [TaskContext(task_result=backend.result_of(job, task)), *args]
    logger.info("Job %s starts: %s, attempt %s.", run.job_id, run.task, run.attempt)
    return _plain(run, task.call(*args, **run.kwargs))


def _plain(run: workflow.Claim, value: Any) -> Any:
    """The return value if it may lie in the queue: the work is done, so no error for it."""
    try:
        value = normalize_json(value)
        check_payload(value)
    except (TypeError, ValueError, InvalidTaskError):
        logger.warning("Job %s: the return value of %s isn't kept.", run.job_id, run.task)
        return None
    return value


def _note_failure(
    control: BaseDatabaseWrapper,
    backend: PostgresBackend,
    task: Task | None,
    run: workflow.Claim,
    error: BaseException,
) -> None:
    description = errors.describe(error)
    is_dead = workflow.fail(
        control,
        run,
        error_class=errors.class_path(error),
        error=description,
        final=isinstance(error, GiveUp),
    )
    logger.log(
        logging.ERROR if is_dead else logging.WARNING,
        "Job %s failed%s: %s, attempt %s of %s.\n%s",
        run.job_id,
        " for good" if is_dead else "",
        run.task,
        run.attempt,
        run.max_attempts,
        description,
    )


@contextmanager
def _time_limit(seconds: int) -> Iterator[Any]:
    """Raise `TimeLimitExceeded` in the task; the yielded function starts the time again."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return

    def give_up(*_signal: Any) -> None:
        raise TimeLimitExceeded(f"The task took longer than {seconds} s.")

    def start() -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    before = signal.signal(signal.SIGALRM, give_up)
    start()
    try:
        yield start
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
