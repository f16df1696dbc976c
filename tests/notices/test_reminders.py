import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured

from jobs.testing import JobFailedError, run_jobs
from notices import reminders, tasks
from notices.models import Notice, ReminderLog
from notices.reminders import Reminder
from tests.people.factories import UserFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)
TOMORROW = datetime.date(2026, 11, 24)


@pytest.fixture
def finders(monkeypatch):
    registered = {}
    monkeypatch.setattr(reminders, "_finders", registered)
    return registered


def finder_for(user):
    def find(*, on):
        return [
            Reminder(user, f"plan:{number}", "test.event", f"Rencana {number}")
            for number in (1, 2)
        ]

    return find


def test_reminder_is_given_once_a_day(finders):
    reminders.register("plans", finder_for(UserFactory()))

    given = [reminders.run(on=day) for day in (TODAY, TODAY, TOMORROW)]

    assert given == [2, 0, 2]
    assert Notice.objects.count() == ReminderLog.objects.count() == 4


def test_broken_finder_stops_no_other_and_is_reported(finders):
    def broken(*, on):
        raise RuntimeError("no table")

    reminders.register("broken", broken)
    reminders.register("plans", finder_for(UserFactory()))
    tasks.remind.enqueue()

    with pytest.raises(JobFailedError, match="Finders failed"):
        run_jobs(queues=("default",))

    assert Notice.objects.count() == 2


def test_reminder_that_cannot_be_given_is_not_logged(finders):
    reminders.register(
        "wrong", lambda *, on: [Reminder(UserFactory(), "x", "nobody.knows", "Judul")]
    )

    with pytest.raises(RuntimeError, match="wrong"):
        reminders.run(on=TODAY)

    assert not ReminderLog.objects.exists()


def test_names_are_unique(finders):
    first = finder_for(None)
    reminders.register("plans", first)
    reminders.register("plans", first)

    with pytest.raises(ImproperlyConfigured):
        reminders.register("plans", finder_for(None))
