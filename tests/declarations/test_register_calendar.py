"""F1 by the calendar: who is obliged, who is late, who is reminded, what expires."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from declarations import tasks
from declarations.models import InterestRegister
from declarations.services import compliance
from tests.declarations.factories import (
    RegisterFactory,
    accepted_register,
    office,
    sent_register,
)
from tests.people.factories import person_with
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
MARCH_31 = datetime.date(2026, 3, 31)


def of_opd(rows, opd):
    return next(row for row in rows if row.opd_id == opd.pk)


def test_compliance_counts_people_once():
    place = office()
    person_with(opd=place.opd, post={"obliged": True})
    sent_register(place.declarant)
    on = timezone.localdate()

    row = of_opd(compliance.compliance(year=on.year, on=on), place.opd)

    assert (row.obliged, row.signed, row.accepted, row.missing) == (2, 1, 0, 1)


def test_compliance_counts_the_missing_as_late_after_the_window():
    place = office()

    before = of_opd(compliance.compliance(year=2026, on=MARCH_31), place.opd)
    after = of_opd(
        compliance.compliance(year=2026, on=MARCH_31 + datetime.timedelta(days=1)), place.opd
    )

    assert (before.late, after.late) == (0, 1)


def test_compliance_costs_the_same_whatever_the_number_of_people():
    office()
    one = count_queries(lambda: compliance.compliance(year=2026, on=MARCH_31))
    office()
    office()

    assert count_queries(lambda: compliance.compliance(year=2026, on=MARCH_31)) == one == 2


def reminded(on):
    return {reminder.user.pk for reminder in compliance.find_registers_due(on=on)}


@pytest.mark.parametrize(
    ("on", "is_reminded"),
    [
        (MARCH_31 - datetime.timedelta(days=14), True),
        (MARCH_31 - datetime.timedelta(days=13), False),
        (MARCH_31, True),
        (MARCH_31 + datetime.timedelta(days=1), False),
        (MARCH_31 + datetime.timedelta(days=7), True),
    ],
)
def test_people_without_a_register_are_reminded_of_the_window(on, is_reminded):
    place = office()

    found = reminded(on)

    assert (place.declarant.pk in found) == is_reminded
    assert place.stranger.pk not in found


def test_who_has_begun_is_reminded_of_the_own_day_only():
    place = office()
    RegisterFactory(declarant=place.declarant, due_on=datetime.date(2026, 4, 10), year=2026)

    assert place.declarant.pk not in reminded(MARCH_31)
    assert place.declarant.pk in reminded(datetime.date(2026, 4, 10))
    assert place.declarant.pk in reminded(datetime.date(2026, 4, 17))


def test_who_has_signed_is_not_reminded():
    place = office()
    sent_register(place.declarant, year=2026)

    assert place.declarant.pk not in reminded(MARCH_31)


def test_registers_of_former_years_expire_after_the_window():
    place = office()
    old = accepted_register(place, year=timezone.localdate().year - 1)

    in_march = datetime.datetime(timezone.localdate().year, 3, 1, tzinfo=datetime.UTC)
    with time_machine.travel(in_march):
        assert tasks.expire_registers.func() == 0
    assert tasks.expire_registers.func() == 1
    assert tasks.expire_registers.func() == 0

    assert InterestRegister.objects.get(pk=old.pk).state == "expired"
