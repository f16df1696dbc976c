"""Attempts, back-off, leases; the clock is moved in the rows, never slept through."""

import datetime
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from jobs import workflow
from jobs.models import Job
from jobs.states import State
from jobs.testing import run_jobs
from jobs.worker import Worker
from tests.jobs import tasks


def make_due() -> None:
    Job.objects.filter(state=State.WAITING).update(run_at=timezone.now() - datetime.timedelta(1))


@pytest.mark.django_db
def test_failing_job_waits_longer_each_time_then_dies():
    result = tasks.fail_with_person.enqueue(7)
    waits = []

    for _attempt in range(3):
        make_due()
        run_jobs(raising=False)
        job = Job.objects.get(pk=result.id)
        waits.append((job.run_at - job.attempted_at).total_seconds())

    assert (job.state, job.attempts) == (State.DEAD, 3)
    assert 4 <= waits[0] < 6
    assert 12 <= waits[1] < 16
    assert run_jobs() == 0


def test_backoff_ends_at_an_hour():
    delays = [workflow.backoff(attempt) for attempt in range(1, 20)]

    assert 4 <= delays[0] <= 5
    assert max(delays) <= 4_500
    assert delays[-1] >= 3_600


@pytest.mark.django_db
def test_error_is_kept_without_personal_data():
    result = tasks.fail_with_person.enqueue(7)

    run_jobs(raising=False)

    error = Job.objects.get(pk=result.id).error
    assert "tests/jobs/tasks.py" in error
    assert "fail_with_person" in error
    assert "ValueError" in error
    for secret in ("budi@contoh.id", "198501012010011001", "Rahasia"):
        assert secret not in error


@pytest.mark.django_db
def test_give_up_is_not_tried_again():
    result = tasks.give_up.enqueue()

    run_jobs(raising=False)

    job = Job.objects.get(pk=result.id)
    assert (job.state, job.attempts) == (State.DEAD, 1)


@pytest.mark.django_db
def test_unknown_task_fails_like_any_other():
    result = tasks.add.enqueue(1, 1)
    Job.objects.filter(pk=result.id).update(task="tests.jobs.tasks.gone")

    run_jobs(raising=False)

    job = Job.objects.get(pk=result.id)
    assert (job.state, job.error_class) == (State.WAITING, "builtins.ImportError")


@pytest.mark.django_db
@pytest.mark.slow
def test_time_limit_ends_a_task():
    result = tasks.sleep_too_long.enqueue()

    run_jobs(raising=False)

    job = Job.objects.get(pk=result.id)
    assert (job.state, job.error_class) == (State.WAITING, "jobs.exceptions.TimeLimitExceeded")
    assert (job.run_at - job.attempted_at).total_seconds() < 8


@pytest.mark.django_db
def test_result_after_a_lost_lease_does_not_count():
    result = tasks.add.enqueue(1, 1)
    slow = workflow.claim(connection, queues=["default"], worker=1, name="slow")
    Job.objects.filter(pk=result.id).update(lease_until=timezone.now() - datetime.timedelta(1))
    assert workflow.reap(connection) == [slow.job_id]
    make_due()
    quick = workflow.claim(connection, queues=["default"], worker=2, name="quick")

    assert workflow.finish(connection, slow, result=1) is False
    assert workflow.fail(connection, slow, error_class="x", error="x") is False
    assert workflow.finish(connection, quick, result=2) is True
    assert Job.objects.get(pk=result.id).result == 2


@pytest.mark.django_db
def test_job_that_kills_its_workers_dies():
    result = tasks.fail_with_person.enqueue(1)

    for _attempt in range(3):
        make_due()
        workflow.claim(connection, queues=["default"], worker=999, name="killed")
        workflow.reap(connection)

    assert Job.objects.get(pk=result.id).state == State.DEAD


@pytest.mark.django_db(transaction=True)
def test_job_of_a_living_worker_is_left_alone():
    tasks.add.enqueue(1, 1)
    worker = Worker(["default"])
    control = worker.connect()
    run = workflow.claim(control, queues=["default"], worker=worker.lock, name=worker.name)

    while_alive = workflow.reap(connection)
    worker.disconnect()
    after_death = reaped_soon()

    assert (while_alive, after_death) == ([], [run.job_id])


def reaped_soon() -> list[int]:
    """The server drops the locks of a session a moment after its client has gone."""
    for _attempt in range(100):
        if found := workflow.reap(connection):
            return found
        time.sleep(0.05)
    return []


@pytest.mark.django_db(transaction=True)
def test_worker_refuses_a_pooler(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)

    with pytest.raises(ImproperlyConfigured, match="direct connection"):
        Worker(["default"]).connect()


@pytest.mark.django_db
def test_progress_is_kept():
    result = tasks.report_steps.enqueue(40)

    run_jobs()

    job = Job.objects.get(pk=result.id)
    assert (job.progress_done, job.progress_total) == (40, 40)
    assert job.progress_label == "Statements written"


@pytest.mark.django_db(transaction=True)
def test_workers_never_share_a_job():
    number = 400
    for index in range(number):
        tasks.add.enqueue(index, 0)

    def work(_index):
        worker = Worker(["default"], batch=True)
        claimed = []
        try:
            control = worker.connect()
            while run := workflow.claim(
                control, queues=["default", "mail"], worker=worker.lock, name=worker.name
            ):
                claimed.append(run.job_id)
                workflow.finish(control, run)
            return claimed
        finally:
            worker.disconnect()
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        claimed = [job for jobs in pool.map(work, range(6)) for job in jobs]

    assert len(claimed) == len(set(claimed)) == number
    assert Job.objects.filter(state=State.DONE, attempts=1).count() == number


@pytest.mark.django_db
def test_claim_costs_one_query(django_assert_num_queries):
    tasks.add.enqueue(1, 1)

    with django_assert_num_queries(1):
        run = workflow.claim(connection, queues=["default"], worker=1, name="test")
    with django_assert_num_queries(1):
        workflow.finish(connection, run)
