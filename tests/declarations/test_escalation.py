"""What the clock does: overdue cases go up, superiors who can't decide are replaced."""

import datetime

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from declarations import tasks
from declarations.models import (
    ConflictDeclaration,
    DataRequest,
    HandlerChange,
    InterestRegister,
)
from declarations.services import escalation, suspensions
from declarations.workflow import conflicts
from declarations.workflow.base import TransitionError
from people import services as people
from people.calendar import add_working_days
from tests.declarations.factories import family_row
from tests.declarations.office import make_office
from tests.declarations.scenes import asked, register_of, sent, under_review
from tests.queries import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def run():
    return tasks.escalate_conflicts.func()


def fresh(conflict):
    return ConflictDeclaration.objects.get(pk=conflict.pk)


def make_overdue(conflict, working_days=1):
    """So long ago that the day of passing on was `working_days` - 1 days before today."""
    due_on = timezone.localdate()
    while add_working_days(due_on, working_days) > timezone.localdate():
        due_on -= datetime.timedelta(days=1)
    ConflictDeclaration.objects.filter(pk=conflict.pk).update(due_on=due_on)


def test_nothing_moves_before_its_day(office):
    conflict = sent(office)

    assert run() == 0
    assert fresh(conflict).handler == office.superior


def test_last_day_is_the_superiors_own(office):
    conflict = sent(office)
    ConflictDeclaration.objects.filter(pk=conflict.pk).update(due_on=timezone.localdate())

    assert run() == 0


@pytest.mark.parametrize("make", [sent, under_review])
def test_overdue_case_goes_up_once_with_a_new_limit(office, make):
    conflict = make(office)
    make_overdue(conflict)

    assert run() == 1
    assert run() == 0

    conflict = fresh(conflict)
    assert (conflict.state, conflict.handler) == ("escalated", office.head)
    assert (conflict.escalation_level, conflict.due_on > timezone.localdate()) == (1, True)
    change = conflict.handler_changes.last()
    assert (change.reason, change.from_user, change.to_user) == (
        "overdue", office.superior, office.head,
    )  # fmt: skip
    assert AuditEvent.objects.filter(action="conflictdeclaration.escalate").count() == 1


def test_at_the_end_of_the_line_the_chief_inspector_decides_and_then_it_stays(office):
    conflict = sent(office)
    for expected in (office.head, office.chief_inspector):
        make_overdue(conflict)
        run()
        assert fresh(conflict).handler == expected
    make_overdue(conflict)

    assert run() == 0
    assert fresh(conflict).handler == office.chief_inspector


def test_inactive_superior_is_replaced(office):
    conflict = sent(office)
    office.superior.is_active = False
    office.superior.save()

    assert run() == 1
    assert fresh(conflict).handler == office.head
    assert run() == 0


def test_superior_who_left_the_post_is_replaced(office):
    conflict = sent(office)
    assignment = office.superior.assignments.get()
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    people.end_assignment(assignment, ends_on=yesterday, by=None)

    assert run() == 1
    conflict = fresh(conflict)
    assert (conflict.handler, conflict.handler_changes.last().reason) == (office.head, "moved")


def test_superior_who_became_involved_is_passed_over(office):
    conflict = sent(office)
    register_of(office.superior, family={"rows": [family_row(office.staff.name)]})

    assert run() == 1
    conflict = fresh(conflict)
    assert (conflict.handler, conflict.handler_changes.last().reason) == (
        office.head, "conflicted",
    )  # fmt: skip


def test_a_tie_that_only_a_name_tells_is_found_by_night(office):
    """Every few minutes only those are looked at whom a thousand-at-once query points out."""
    conflict = sent(office)
    long_ago = timezone.now() - escalation.LATELY - datetime.timedelta(days=2)
    register_of(office.superior, family={"rows": [family_row(office.staff.name)]})
    InterestRegister.objects.update(sent_at=long_ago)
    assert escalation.reason_to_replace(fresh(conflict), on=timezone.localdate()) == "conflicted"

    assert run() == 0
    assert tasks.escalate_any_conflict.func() == 1
    assert fresh(conflict).handler == office.head


def test_more_open_cases_cost_no_more_queries(office):
    asked = []
    for _more in range(2):
        sent(office)
        InterestRegister.objects.update(sent_at=timezone.now() - datetime.timedelta(days=9))
        asked.append(count_queries(run))

    assert ConflictDeclaration.objects.awaiting().count() == 2
    assert asked[0] == asked[1]


def test_one_who_let_it_pass_does_not_get_it_back_when_the_next_moves(office):
    conflict = sent(office)
    make_overdue(conflict)
    run()
    office.head.is_active = False
    office.head.save()

    run()

    assert fresh(conflict).handler == office.chief_inspector


def test_case_without_handler_gets_one_when_the_post_is_filled(office):
    conflict = sent(office)
    ConflictDeclaration.objects.filter(pk=conflict.pk).update(handler=None, handler_since=None)

    assert run() == 1
    assert fresh(conflict).handler == office.superior


def test_case_that_nobody_can_take_stays_quietly(office):
    for person in (office.superior, office.head, office.chief_inspector):
        person.is_active = False
        person.save()
    conflict = sent(office)

    assert fresh(conflict).handler is None
    assert run() == 0
    assert fresh(conflict).escalation_level == 0


def test_lapsed_data_request_lets_the_review_go_on(office):
    conflict = asked(office)
    DataRequest.objects.update(due_on=timezone.localdate() - datetime.timedelta(days=1))

    assert run() == 1
    assert run() == 0
    conflict = fresh(conflict)
    assert conflict.state == "under_review"
    assert conflict.data_request.lapsed_at is not None


def test_failing_case_does_not_stop_the_others(office, monkeypatch):
    first, second = sent(office), sent_elsewhere()
    make_overdue(first)
    make_overdue(second)
    real = conflicts.escalate

    def broken(conflict, **arguments):
        if conflict.pk == first.pk:
            raise RuntimeError("kaput")
        return real(conflict, **arguments)

    monkeypatch.setattr(tasks.conflicts, "escalate", broken)

    assert run() == 1
    assert fresh(second).state == "escalated"
    assert fresh(first).state == "sent"


def sent_elsewhere():
    return sent(make_office())


def test_case_that_moved_meanwhile_is_left_alone(office):
    conflict = sent(office)
    make_overdue(conflict)
    seen = fresh(conflict)
    conflicts.escalate(fresh(conflict), by=None, reason="overdue")

    with pytest.raises(TransitionError):
        conflicts.escalate(fresh(conflict), by=None, reason="overdue", seen=seen)
    assert HandlerChange.objects.filter(conflict=conflict, reason="overdue").count() == 1


def test_person_is_reminded_of_the_answer(office):
    conflict = asked(office)
    DataRequest.objects.update(due_on=timezone.localdate())

    found = list(escalation.find_data_due(on=timezone.localdate()))

    assert [reminder.user for reminder in found] == [office.staff]
    assert found[0].url == conflict.get_absolute_url()


def test_suspension_runs_on_while_it_goes_up(office):
    conflict = sent(office)
    make_overdue(conflict)
    run()

    assert suspensions.running(office.staff, conflict.matter) is not None
