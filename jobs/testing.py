"""Running the queue inside a test.

with the test's own connection and transaction:
run_jobs()                 # all due jobs, also those that they enqueue; errors are raised
run_jobs(raising=False)    # errors go where the worker puts them
"""

from __future__ import annotations

from django.db import connection

from jobs import worker, workflow
from jobs.models import Job
from jobs.states import State

LOCK_OF_TESTS = 1
ALL_QUEUES = ("default", "documents", "mail")


class JobFailedError(AssertionError):
    """A job failed in `run_jobs`; the text is what the worker noted."""


def run_jobs(
    *, queues: tuple[str, ...] = ALL_QUEUES, limit: int = 1_000, raising: bool = True
) -> int:
    """Run what is due in the current connection; the number of runs."""
    for number in range(limit):
        run = workflow.claim(connection, queues=queues, worker=LOCK_OF_TESTS, name="test")
        if run is None:
            return number
        worker.run_claim(connection, run)
        job = Job.objects.get(pk=run.job_id)
        if raising and job.state != State.DONE:
            raise JobFailedError(f"{job.task}\n{job.error}")
    raise JobFailedError(f"Still jobs to run after {limit}.")
