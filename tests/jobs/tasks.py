"""Tasks for the tests; the workers of the tests import them by this path."""

import os
import time
from pathlib import Path

from django.db import transaction
from django_tasks import task

from audit.services import record
from jobs import progress
from jobs.exceptions import GiveUp
from jobs.models import Job


def note(line: str) -> None:
    """Add a line to the run's file: the effect outside the database that tests count."""
    with Path(os.environ["COI_TEST_NOTES"]).open("a") as notes:
        notes.write(f"{line}\n")


@task
def add(left: int, right: int) -> int:
    return left + right


@task(queue_name="documents", priority=5)
def write_note(number: int) -> None:
    note(str(number))


@task(max_attempts=3)
def fail_with_person(number: int) -> None:
    raise ValueError(f"Budi Santoso <budi@contoh.id> 198501012010011001 'Dinas Rahasia' {number}")


@task
def give_up() -> None:
    raise GiveUp("No use.")


@task(time_limit=1)
def sleep_too_long() -> None:
    time.sleep(5)


@task(takes_context=True)
def tell_attempt(context) -> int:
    return context.attempt


@task
def report_steps(total: int) -> None:
    for number in range(1, total + 1):
        progress.report(number, total, "Statements written")


@task(atomic=True)
def leave_event(job_id: int, seconds: float) -> None:
    """Its event and the note that it is done commit together."""
    record("test.effect", by=None, target=Job.objects.get(pk=job_id))
    note("started")
    time.sleep(seconds)


@task
def sleep_and_note(seconds: float) -> None:
    note("started")
    time.sleep(seconds)
    note("finished")


@task
def enqueue_another() -> None:
    with transaction.atomic():
        add.enqueue(1, 1)
