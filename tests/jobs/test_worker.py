"""Workers as processes: killed, stopped, renewed."""

import signal
import subprocess
import time

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from jobs.models import Job, Schedule
from jobs.states import State
from tests.jobs import tasks
from tests.jobs.conftest import kill_group, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def state_of(result) -> str:
    return Job.objects.get(pk=result.id).state


def test_killed_worker_loses_no_job_and_its_effect_counts_once(start, notes):
    result = tasks.leave_event.enqueue(0, 0)
    Job.objects.filter(pk=result.id).update(args=[int(result.id), 3])
    first = start("run_worker")
    wait_until(notes.read_text)
    kill_group(first)
    Job.objects.filter(pk=result.id).update(args=[int(result.id), 0])

    start("run_worker")
    wait_until(lambda: state_of(result) == State.DONE)  # Not for the end of the lease: 5 minutes.

    assert notes.read_text() == "started\nstarted\n"
    assert Job.objects.get(pk=result.id).attempts == 2
    assert AuditEvent.objects.filter(action="test.effect").count() == 1


def test_terminated_worker_finishes_the_task_in_hand(start, notes):
    result = tasks.sleep_and_note.enqueue(1)
    waiting = tasks.sleep_and_note.enqueue(0)
    worker = start("run_worker")
    wait_until(notes.read_text)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(timeout=15) == 0
    assert notes.read_text() == "started\nfinished\n"
    assert (state_of(result), state_of(waiting)) == (State.DONE, State.WAITING)


def test_batch_ends_when_nothing_is_due(start):
    results = [tasks.add.enqueue(number, 1) for number in range(5)]

    worker = start("run_worker", "--batch", "--verbosity", "0")

    assert worker.wait(timeout=30) == 0
    assert {state_of(result) for result in results} == {State.DONE}


def test_processes_are_renewed(start):
    for number in range(6):
        tasks.add.enqueue(number, 1)

    start("run_worker", "--max-tasks", "2")
    wait_until(lambda: Job.objects.filter(state=State.DONE).count() == 6)

    assert len({tuple(job.workers) for job in Job.objects.all()}) == 3


@pytest.mark.parametrize("arguments", [["--queue", "nowhere"], ["--processes", "0"]])
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(CommandError):
        call_command("run_worker", *arguments)


def test_two_schedulers_as_processes_enqueue_once_and_end_gently(start):
    schedulers = [start("run_scheduler", stdout=subprocess.PIPE) for _number in range(2)]
    for scheduler in schedulers:
        assert scheduler.stdout.readline() == b"The scheduler runs.\n"
    wait_until(lambda: Schedule.objects.filter(last_job__isnull=False).exists())
    time.sleep(2)

    for scheduler in schedulers:
        scheduler.send_signal(signal.SIGTERM)

    assert [scheduler.wait(timeout=15) for scheduler in schedulers] == [0, 0]
    made = list(Job.objects.values_list("task", flat=True))
    assert len(made) == len(set(made)) >= 1


def test_scheduler_gives_back_the_job_of_a_killed_worker(start, notes):
    result = tasks.sleep_and_note.enqueue(60)
    worker = start("run_worker")
    wait_until(notes.read_text)
    start("run_scheduler")

    kill_group(worker)

    wait_until(lambda: state_of(result) == State.WAITING)
