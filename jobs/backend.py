"""The queue behind django-tasks' interface.

    @task(queue_name="documents", max_attempts=4, time_limit=600, atomic=True)
    def render_and_sign(document_id: str) -> None: ...

`atomic=True` runs the task and the note that it is done in one transaction: what it writes
to the database then counts exactly once, even when its worker is killed. Without it a task
runs at least once and must be safe to run twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from jobs.models import DEFAULT_MAX_ATTEMPTS, DEFAULT_TIME_LIMIT, Job
from jobs.payload import check_payload
from jobs.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

STATUS = {
    State.WAITING: TaskResultStatus.READY,
    State.RUNNING: TaskResultStatus.RUNNING,
    State.DONE: TaskResultStatus.SUCCESSFUL,
    State.DEAD: TaskResultStatus.FAILED,
    State.DISCARDED: TaskResultStatus.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalTask(Task):
    """A task with a limit of attempts, a limit of time, and a choice of transaction."""

    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    time_limit: int = DEFAULT_TIME_LIMIT
    atomic: bool = False


class PostgresBackend(BaseTaskBackend):
    task_class = PortalTask
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task, args: Sequence[Any], kwargs: dict[str, Any]) -> TaskResult:
        return self.enqueue_job(task, args, kwargs)

    def enqueue_job(
        self,
        task: Task,
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        owner: str = "",
        key: str = "",
    ) -> TaskResult:
        """Write the job in the caller's transaction."""
        self.validate_task(task)
        args, kwargs = normalize_json(list(args)), normalize_json(kwargs)
        check_payload(args)
        check_payload(kwargs)
        job = Job(
            task=task.module_path,
            queue=task.queue_name,
            priority=task.priority,
            args=args,
            kwargs=kwargs,
            owner=owner,
            key=key,
            max_attempts=getattr(task, "max_attempts", DEFAULT_MAX_ATTEMPTS),
            time_limit=getattr(task, "time_limit", DEFAULT_TIME_LIMIT),
        )
        if task.run_after is not None:
            job.run_at = task.run_after
        job.save(force_insert=True)
        result = self.result_of(job, task)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult:
        try:
            job = Job.objects.get(pk=int(result_id))
        except (Job.DoesNotExist, ValueError, OverflowError):
            raise TaskResultDoesNotExist(result_id) from None
        return self.result_of(job, self.task_of(job.task))

    def result_of(self, job: Job, task: Task) -> TaskResult:
        errors = []
        if job.error_class:
            errors = [TaskError(exception_class_path=job.error_class, traceback=job.error)]
        result: TaskResult = TaskResult(
            task=task,
            id=str(job.pk),
            status=STATUS[State(job.state)],
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.attempted_at,
            args=job.args,
            kwargs=job.kwargs,
            backend=self.alias,
            errors=errors,
            worker_ids=list(job.workers),
        )
        object.__setattr__(result, "_return_value", job.result)  # the interface's own way
        return result

    @cached_property
    def _tasks(self) -> dict[str, Task]:
        return {}

    def task_of(self, path: str) -> Task:
        """The task at this path; raises what the import raises."""
        if path not in self._tasks:
            found = import_string(path)
            if not isinstance(found, Task):
                raise InvalidTaskError(f"{path} is not a task.")
            self._tasks[path] = found
        return self._tasks[path]
