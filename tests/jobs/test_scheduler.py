"""Periodic tasks run once, on time, whatever dies."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from jobs import schedule, scheduler
from jobs.models import Job, Schedule
from jobs.testing import run_jobs
from tests.jobs import tasks

NOW = datetime.datetime(2026, 11, 23, 1, 0, tzinfo=datetime.UTC)  # 8 in the morning in Jakarta
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def entries(monkeypatch):
    registered = {}
    monkeypatch.setattr(schedule, "_entries", registered)
    return registered


def jobs_made() -> int:
    return Job.objects.count()


@pytest.mark.django_db
def test_every_minute(entries):
    schedule.register("minute", tasks.give_up, every=MINUTE)
    scheduler.prepare(now=NOW)
    ran = []

    for seconds in (0, 30, 59, 60, 90, 120):
        moment = NOW + datetime.timedelta(seconds=seconds)
        ran.append(len(scheduler.tick(now=moment)))
        run_jobs(raising=False)

    assert ran == [1, 0, 0, 1, 0, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "first"),
    [
        (7, datetime.datetime(2026, 11, 24, 0, 0, tzinfo=datetime.UTC)),
        (9, datetime.datetime(2026, 11, 23, 2, 0, tzinfo=datetime.UTC)),
    ],
)
def test_daily_time_is_local(entries, hour, first):
    schedule.register("daily", tasks.give_up, daily_at=datetime.time(hour))

    scheduler.prepare(now=NOW)

    assert Schedule.objects.get().next_run_at == first


@pytest.mark.django_db
def test_missed_days_are_made_up_once(entries):
    schedule.register("daily", tasks.give_up, daily_at=datetime.time(9))
    scheduler.prepare(now=NOW)

    ran = scheduler.tick(now=NOW + datetime.timedelta(days=3))

    assert ran == ["daily"]
    assert jobs_made() == 1
    assert Schedule.objects.get().next_run_at == NOW + datetime.timedelta(days=3, hours=1)


@pytest.mark.django_db
def test_nothing_piles_up_without_workers(entries):
    schedule.register("minute", tasks.give_up, every=MINUTE)
    scheduler.prepare(now=NOW)

    for minutes in range(5):
        scheduler.tick(now=NOW + minutes * MINUTE)

    assert jobs_made() == 1


@pytest.mark.django_db
def test_restart_forgets_nothing_and_changed_rule_counts(entries):
    schedule.register("task", tasks.give_up, every=MINUTE)
    scheduler.prepare(now=NOW)
    scheduler.tick(now=NOW)
    scheduler.prepare(now=NOW + MINUTE / 2)
    after_restart = scheduler.tick(now=NOW + MINUTE / 2)

    entries.clear()
    schedule.register("task", tasks.give_up, daily_at=datetime.time(9))
    scheduler.prepare(now=NOW + MINUTE / 2)

    assert after_restart == []
    assert Schedule.objects.get().next_run_at == NOW + datetime.timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_make_one_job(entries):
    for number in range(10):
        schedule.register(f"task-{number}", tasks.give_up, every=MINUTE)

    def run(_index):
        try:
            scheduler.prepare(now=NOW)
            return scheduler.tick(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        names = [name for ran in pool.map(run, range(4)) for name in ran]

    assert sorted(names) == sorted(entries)
    assert jobs_made() == 10


def test_rule_is_needed_once(entries):
    with pytest.raises(ImproperlyConfigured):
        schedule.register("none", tasks.give_up)
    with pytest.raises(ImproperlyConfigured):
        schedule.register("two", tasks.give_up, every=MINUTE, daily_at=datetime.time(1))
    schedule.register("same", tasks.give_up, every=MINUTE)
    schedule.register("same", tasks.give_up, every=MINUTE)
    with pytest.raises(ImproperlyConfigured):
        schedule.register("same", tasks.add, every=MINUTE)


@pytest.mark.django_db
def test_clean_up_runs():
    result = schedule.entries()["jobs.clean_up"].task.enqueue()

    run_jobs()

    result.refresh()
    assert result.return_value == 0
    assert timezone.now() >= result.finished_at
