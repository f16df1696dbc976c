"""The queue through django-tasks' interface."""

import datetime
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist

from jobs import services, workflow
from jobs.models import Job
from jobs.states import State
from jobs.testing import JobFailedError, run_jobs
from tests.jobs import tasks


@pytest.mark.django_db
def test_result_of_a_job_that_ran():
    result = tasks.add.enqueue(2, right=3)

    ran = run_jobs()

    result.refresh()
    assert ran == 1
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, 5)
    assert result.attempts == 1
    assert tasks.add.get_result(result.id).return_value == 5


@pytest.mark.django_db
@pytest.mark.parametrize("result_id", ["0", "x", "9" * 30, ""])
def test_unknown_result(result_id):
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result(result_id)


@pytest.mark.django_db
def test_enqueue_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        tasks.add.enqueue(1, 1)


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_no_job():
    with transaction.atomic():
        tasks.add.enqueue(1, 1)
        transaction.set_rollback(True)

    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_deferred_job_waits():
    later = tasks.add.using(run_after=timezone.now() + datetime.timedelta(hours=1))
    later.enqueue(1, 1)

    assert run_jobs() == 0


@pytest.mark.django_db
def test_higher_priority_first_then_older():
    numbers = [tasks.add.using(priority=p).enqueue(1, 1).id for p in (0, 10, 0, -10, 10)]

    order = []
    while run := workflow.claim(connection, queues=["default"], worker=1, name="test"):
        order.append(str(run.job_id))

    assert order == [numbers[index] for index in (1, 4, 0, 2, 3)]


@pytest.mark.django_db
def test_worker_serves_only_its_queues(notes):
    tasks.write_note.enqueue(1)
    tasks.add.enqueue(1, 1)

    assert run_jobs(queues=("mail",)) == 0
    assert run_jobs(queues=("documents",)) == 1
    assert notes.read_text() == "1\n"


@pytest.mark.django_db
def test_context_tells_the_attempt():
    result = tasks.tell_attempt.enqueue()

    run_jobs()

    result.refresh()
    assert result.return_value == 1


@pytest.mark.django_db
def test_job_may_enqueue_another():
    tasks.enqueue_another.enqueue()

    assert run_jobs() == 2


@pytest.mark.parametrize(
    "value",
    [
        "Budi Santoso",
        "budi@contoh.id",
        "198501012010011001",
        198501012010011001,
        3171234567890001,
        {"name": "Siti Aminah"},
        [1, ["Jalan Mawar 3"]],
        list(range(1_001)),
        "x" * 101,
    ],
)
def test_personal_data_is_refused(value):
    with pytest.raises(InvalidTaskError):
        tasks.add.enqueue(value, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("value", [1, True, None, "F2/2026/04.02/000123", "2026-11-23", [1, 2]])
def test_ids_are_accepted(value):
    result = tasks.add.enqueue(value, str(uuid.uuid4()))

    assert Job.objects.get(pk=result.id).args[0] == value


@pytest.mark.django_db
def test_key_holds_while_waiting_and_after_done():
    first = services.enqueue_once(tasks.add, "year:2026", 1, 1)

    again = services.enqueue_once(tasks.add, "year:2026", 1, 1)
    run_jobs()
    after = services.enqueue_once(tasks.add, "year:2026", 1, 1)
    other = services.enqueue_once(tasks.add, "year:2027", 1, 1)

    assert first.id == again.id == after.id != other.id
    assert Job.objects.count() == 2


@pytest.mark.django_db
def test_dead_job_frees_its_key():
    first = services.enqueue_once(tasks.give_up, "once")
    run_jobs(raising=False)

    again = services.enqueue_once(tasks.give_up, "once")

    assert again.id != first.id


@pytest.mark.django_db(transaction=True)
def test_key_in_a_race():
    def ask(_number):
        try:
            with transaction.atomic():
                return services.enqueue_once(tasks.add, "race", 1, 1).id
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(ask, range(24)))

    assert len(ids) == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_owner_is_kept():
    class Person:
        pk = uuid.uuid4()

    result = services.enqueue(tasks.add, 1, 1, owner=Person())

    assert Job.objects.get(pk=result.id).owner == str(Person.pk)


@pytest.mark.django_db
def test_run_jobs_raises_what_the_worker_notes():
    tasks.give_up.enqueue()

    with pytest.raises(JobFailedError, match="GiveUp"):
        run_jobs()


@pytest.mark.django_db
def test_clean_up_keeps_what_is_young_or_pending():
    for _number in range(3):
        tasks.add.enqueue(1, 1)
    run_jobs()
    long_ago = timezone.now() - datetime.timedelta(days=15)
    first = Job.objects.order_by("pk").first()
    Job.objects.filter(pk=first.pk).update(finished_at=long_ago)
    waiting = tasks.add.enqueue(1, 1)
    Job.objects.filter(pk=waiting.id).update(enqueued_at=long_ago)

    deleted = services.clean_up(now=timezone.now())

    assert deleted == 1
    assert Job.objects.filter(state=State.DONE).count() == 2
    assert Job.objects.filter(pk=waiting.id).exists()
