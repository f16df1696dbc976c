"""No conflict was found: the declaration stays open while a flag on it waits for judgement."""

import pytest

from declarations import tasks
from declarations.models import Suspension
from declarations.services import suspensions
from declarations.workflow import decisions, oversight
from review.models import Flag
from review.workflow import flags
from tests.declarations import cases
from tests.declarations.office import make_office, proof
from tests.review.flag_world import make_flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def cleared_with_a_flag(office, *, is_queued=True):
    conflict = cases.declared(office)
    flag = make_flag(office.staff, is_queued=is_queued)
    Flag.objects.filter(pk=flag.pk).update(key=f"conflict:{conflict.pk}")
    decision = cases.with_draft(cases.begun(office, conflict), finding="no_conflict")
    decisions.sign(decision, by=office.superior, proof=proof(office.superior))
    conflict.refresh_from_db()
    return conflict, Flag.objects.get(pk=flag.pk)


def test_it_is_closed_once_the_flag_is_judged(office):
    conflict, flag = cleared_with_a_flag(office)

    assert conflict.state == "no_conflict"
    assert not Suspension.objects.filter(conflict=conflict, ended_at=None).exists()
    tasks.escalate_conflicts.func()
    conflict.refresh_from_db()
    assert conflict.state == "no_conflict"

    flags.dismiss(flag, by=office.inspector, reason="Sesuai keputusan atasan.")
    tasks.escalate_conflicts.func()
    conflict.refresh_from_db()
    assert conflict.state == "closed"


def test_a_flag_that_is_not_queued_holds_nothing(office):
    assert cleared_with_a_flag(office, is_queued=False)[0].state == "closed"


def test_the_inspectorate_sends_it_back(office):
    conflict, _flag = cleared_with_a_flag(office)

    oversight.send_back(conflict, by=office.inspector, note="Periksa kembali.")

    conflict.refresh_from_db()
    assert conflict.state == "under_review"
    assert suspensions.running(office.staff, conflict.matter)
