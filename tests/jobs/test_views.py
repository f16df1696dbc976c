"""Pages of the queue."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from jobs.models import Job, Schedule
from jobs.states import State
from people.models import Role
from tests.jobs import tasks
from tests.people.factories import UserFactory, log_in, person_with
from tests.queries import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    return log_in(client, person_with(Role.SYSTEM_ADMINISTRATOR))


def dead_job(**fields) -> Job:
    return Job.objects.create(
        task="tests.jobs.tasks.add",
        state=State.DEAD,
        finished_at=timezone.now(),
        attempts=6,
        error_class="builtins.ValueError",
        error="tests/jobs/tasks.py:1 add\nValueError: [number]",
        **fields,
    )


@pytest.mark.parametrize("name", ["jobs:list", "jobs:schedules"])
def test_lists_are_for_system_administrators(client, name):
    assert client.get(reverse(name)).status_code == 302
    log_in(client, person_with(Role.CHIEF_INSPECTOR))
    assert client.get(reverse(name)).status_code == 403


def test_list_shows_dead_jobs_first(client, administrator):
    job = dead_job()
    waiting = tasks.add.enqueue(1, 1)

    page = client.get(reverse("jobs:list"))

    assert [found.pk for found in page.context["jobs"]] == [job.pk]
    page = client.get(reverse("jobs:list"), {"keadaan": "waiting"})
    assert [found.pk for found in page.context["jobs"]] == [int(waiting.id)]


@pytest.mark.parametrize(
    ("query", "status"), [("keadaan=nowhere", 400), ("setelah=forged", 404), ("keadaan=", 200)]
)
def test_list_with_wrong_values(client, administrator, query, status):
    assert client.get(f"{reverse('jobs:list')}?{query}").status_code == status


def test_list_pages_by_key(client, administrator):
    jobs = [dead_job() for _number in range(30)]

    first = client.get(reverse("jobs:list"))
    second = client.get(first.context["page"].next_url)

    shown = [job.pk for page in (first, second) for job in page.context["jobs"]]
    assert shown == [job.pk for job in reversed(jobs)]


def test_list_asks_the_same_for_one_and_three(client, administrator):
    dead_job()
    one = count_queries(lambda: client.get(reverse("jobs:list")))
    dead_job()
    dead_job()

    assert count_queries(lambda: client.get(reverse("jobs:list"))) == one <= 12


def test_schedules_ask_the_same_for_one_and_three(client, administrator):
    def add(name):
        Schedule.objects.create(
            name=name, rule="x", next_run_at=timezone.now(), last_job=dead_job()
        )

    add("one")
    one = count_queries(lambda: client.get(reverse("jobs:schedules")))
    add("two")
    add("three")

    assert count_queries(lambda: client.get(reverse("jobs:schedules"))) == one <= 12


def test_detail_shows_the_scrubbed_error(client, administrator):
    job = dead_job()

    page = client.get(job.get_absolute_url())

    assert "ValueError: [number]" in page.content.decode()


def test_retry_and_discard_are_audited(client, administrator):
    job, other = dead_job(), dead_job()

    client.post(reverse("jobs:retry", args=[job.pk]))
    client.post(reverse("jobs:discard", args=[other.pk]))

    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.state, job.attempts, job.max_attempts) == (State.WAITING, 6, 12)
    assert other.state == State.DISCARDED
    events = AuditEvent.objects.filter(target_type="jobs.job").order_by("pk")
    assert [(event.action, event.actor_id) for event in events] == [
        ("job.retry", administrator.pk),
        ("job.discard", administrator.pk),
    ]


def test_retry_of_a_job_that_is_done_changes_nothing(client, administrator):
    job = Job.objects.create(task="x", state=State.DONE, finished_at=timezone.now())

    assert client.post(reverse("jobs:retry", args=[job.pk])).status_code == 302

    job.refresh_from_db()
    assert job.state == State.DONE
    assert not AuditEvent.objects.filter(action="job.retry").exists()


@pytest.mark.parametrize("step", ["retry", "discard"])
def test_steps_are_posted_by_those_who_may(client, step):
    user = log_in(client, UserFactory())
    own, foreign = dead_job(owner=str(user.pk)), dead_job(owner=str(uuid.uuid4()))

    assert client.get(reverse(f"jobs:{step}", args=[own.pk])).status_code in (403, 405)
    assert client.post(reverse(f"jobs:{step}", args=[own.pk])).status_code == 403
    assert client.post(reverse(f"jobs:{step}", args=[foreign.pk])).status_code == 404
    assert client.post(reverse(f"jobs:{step}", args=[10**18])).status_code == 404


def test_owner_follows_the_progress_and_nobody_else(client):
    user = log_in(client, UserFactory())
    own = dead_job(owner=str(user.pk), progress_done=3, progress_total=10)
    foreign = dead_job(owner=str(uuid.uuid4()))

    page = client.get(reverse("jobs:progress", args=[own.pk]))
    part = client.get(reverse("jobs:progress", args=[own.pk]), headers={"HX-Request": "true"})

    assert page.status_code == 200
    assert "<html" not in part.content.decode()
    assert 'max="10"' in part.content.decode()
    assert client.get(reverse("jobs:progress", args=[foreign.pk])).status_code == 404
    assert client.get(own.get_absolute_url()).status_code == 403


def test_fragment_asks_again_until_the_job_is_finished(client):
    user = log_in(client, UserFactory())
    waiting = Job.objects.create(task="x", owner=str(user.pk))

    pages = []
    for state, finished_at in ((State.WAITING, None), (State.DONE, timezone.now())):
        Job.objects.filter(pk=waiting.pk).update(state=state, finished_at=finished_at)
        page = client.get(
            reverse("jobs:progress", args=[waiting.pk]), headers={"HX-Request": "true"}
        )
        pages.append(bool(re.search("hx-trigger", page.content.decode())))

    assert pages == [True, False]


def test_visible_to_says_what_the_policy_says():
    users = [UserFactory(), UserFactory(), person_with(Role.SYSTEM_ADMINISTRATOR)]
    jobs = [dead_job(), *(dead_job(owner=str(user.pk)) for user in users)]

    for user in users:
        listed = set(Job.objects.visible_to(user))
        assert listed == {job for job in jobs if user.has_perm("jobs.follow_job", job)}
