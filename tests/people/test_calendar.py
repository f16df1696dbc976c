"""Working days, with holidays given and with those of the table."""

import datetime
import random

import pytest

from people import calendar
from people.models import Holiday

D = datetime.date
FREE = frozenset({D(2026, 12, 24), D(2026, 12, 25)})


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (D(2026, 11, 23), 5, D(2026, 11, 30)),  # Monday, over a weekend
        (D(2026, 11, 27), 1, D(2026, 11, 30)),  # Friday
        (D(2026, 11, 28), 1, D(2026, 11, 30)),  # received on Saturday: Monday is day 1
        (D(2026, 12, 23), 1, D(2026, 12, 28)),  # over two holidays and a weekend
        (D(2026, 12, 24), 1, D(2026, 12, 28)),  # received on a holiday
        (D(2026, 11, 23), 0, D(2026, 11, 23)),
        (D(2026, 11, 28), 0, D(2026, 11, 30)),
    ],
)
def test_add_working_days(start, days, expected):
    assert calendar.add_working_days(start, days, FREE) == expected


def test_between_undoes_add():
    chance = random.Random(7)
    for _ in range(300):
        start = D(2026, 1, 1) + datetime.timedelta(days=chance.randrange(700))
        days = chance.randrange(1, 60)
        end = calendar.add_working_days(start, days, FREE)
        assert calendar.working_days_between(start, end, FREE) == days
        assert calendar.working_days_between(end, start, FREE) == -days


def test_between_counts_as_one_by_one():
    start = D(2026, 12, 1)
    for length in range(60):
        end = start + datetime.timedelta(days=length)
        one_by_one = sum(
            calendar.is_working_day(start + datetime.timedelta(days=n), FREE)
            for n in range(1, length + 1)
        )
        assert calendar.working_days_between(start, end, FREE) == one_by_one


def test_the_day_is_that_of_jakarta():
    late = datetime.datetime(2026, 11, 23, 18, 30, tzinfo=datetime.UTC)  # Tuesday in Jakarta

    assert calendar.due_on(late, 1, frozenset()) == D(2026, 11, 25)
    assert calendar.working_days_left(D(2026, 11, 20), D(2026, 11, 23), frozenset()) == -1


@pytest.mark.parametrize("days", [-1, 5_001])
def test_absurd_limits_are_refused(days):
    with pytest.raises(ValueError, match=str(days)):
        calendar.add_working_days(D(2026, 1, 1), days, FREE)


@pytest.mark.django_db
def test_table_is_read_once(django_assert_num_queries):
    calendar.forget()

    with django_assert_num_queries(1):
        first = calendar.add_working_days(D(2026, 12, 23), 1)
        second = calendar.add_working_days(D(2026, 12, 23), 2)

    assert (first, second) == (D(2026, 12, 28), D(2026, 12, 29))
    calendar.forget()


@pytest.mark.django_db
def test_reference_holds_five_years():
    for year in range(2024, 2029):
        assert Holiday.objects.filter(on__year=year).count() >= 16
    assert not Holiday.objects.get(on=D(2027, 3, 10)).is_confirmed
    assert Holiday.objects.get(on=D(2027, 8, 17)).is_confirmed
