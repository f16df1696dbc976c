"""A control plan whose superior has left: who leads it then, who is told, who may still read."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations import tasks
from declarations.models import ConflictDeclaration, ControlPlan
from declarations.services import control_reminders, escalation
from declarations.workflow import handing_over, plans
from declarations.workflow.base import TransitionError
from notices.models import Notice
from people import services as people
from people.models import Role, RoleGrant
from tests.declarations import cases
from tests.declarations.office import make_office, proof
from tests.declarations.scenes import again
from tests.people.factories import AssignmentFactory, UserFactory, log_in, post_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def run():
    return tasks.escalate_conflicts.func()


def leave(user, *, successor=None):
    """Since yesterday somebody else holds the post, or nobody."""
    post, today = post_of(user), timezone.localdate()
    assignment = user.assignments.get()
    people.end_assignment(assignment, ends_on=today - datetime.timedelta(days=1), by=None)
    if successor is not None:
        AssignmentFactory(user=successor, post=post, starts_on=today)


def led_by(plan):
    return ConflictDeclaration.objects.get(pk=plan.conflict_id).handler


def told(user):
    return Notice.objects.filter(recipient=user, kind="plan.handed_over").count()


def test_while_the_superior_is_there_nothing_moves(office):
    plan = cases.running(office)

    assert run() == 0
    assert led_by(plan) == office.superior


def test_who_holds_the_post_now_leads_the_running_plan(office):
    task = cases.reported(office)
    plan = ControlPlan.objects.get(pk=task.plan_id)
    successor = UserFactory()
    leave(office.superior, successor=successor)

    assert (run(), run()) == (1, 0)

    former, successor = again(office.superior), again(successor)
    plan = ControlPlan.objects.get(pk=plan.pk)
    assert led_by(plan) == successor
    assert [told(user) for user in (successor, office.staff, former)] == [1, 1, 1]
    event = AuditEvent.objects.get(action="controlplan.hand_over")
    assert (event.target_id, event.data["former"], event.data["successor"]) == (
        str(plan.pk), former.full_name, successor.full_name,
    )  # fmt: skip
    change = plan.conflict.handler_changes.last()
    assert (change.reason, change.from_user, change.to_user) == ("moved", former, successor)
    for step in (
        lambda: plans.evaluate(plan, by=former, proof=proof(former), typed=cases.evaluation()),
        lambda: plans.confirm_task(task, by=former, effect="effective"),
        lambda: plans.close(plan, by=former),
    ):
        with pytest.raises(PermissionDenied):
            step()
    assert former.has_perm("declarations.view_controlplan", plan)
    assert plan in ControlPlan.objects.visible_to(former)
    assert plan in ControlPlan.objects.waiting_for(successor, on=timezone.localdate())
    plans.confirm_task(task, by=successor, effect="effective")
    plans.evaluate(plan, by=successor, proof=proof(successor), typed=cases.evaluation())
    assert plans.close(plan, by=successor).state == "closed"


def test_the_next_above_leads_when_the_post_is_empty(office):
    plan = cases.running(office)
    leave(office.superior)

    assert run() == 1
    assert led_by(plan) == office.head


def test_inactive_superior_is_replaced_and_not_told(office):
    plan = cases.running(office)
    office.superior.is_active = False
    office.superior.save()

    assert run() == 1
    assert (led_by(plan), told(office.superior)) == (office.head, 0)


def test_plan_in_writing_is_signed_by_the_successor(office):
    plan = cases.planned(office)
    leave(office.superior)

    assert run() == 1
    assert told(office.staff) == 0
    head = again(office.head)
    plan = plans.start(ControlPlan.objects.get(pk=plan.pk), by=head, proof=proof(head))
    assert (plan.state, plan.started_by) == ("active", head)


def test_a_closed_plan_stays_with_its_superior(office):
    plan = cases.closed(office)
    leave(office.superior)

    assert run() == 0
    assert led_by(plan) == office.superior


def test_with_nobody_left_the_administrators_are_told(office):
    plan = cases.running(office)
    administrator = UserFactory()
    RoleGrant.objects.filter(role=Role.CHIEF_INSPECTOR).delete()
    RoleGrant.objects.create(
        user=administrator, role=Role.SYSTEM_ADMINISTRATOR, starts_on=timezone.localdate()
    )
    leave(office.superior)
    leave(office.head)

    assert (run(), run()) == (1, 0)
    assert led_by(plan) is None
    assert Notice.objects.filter(recipient=administrator).count() == 1


def test_evaluation_is_asked_of_the_successor(office):
    plan = cases.running(office)
    leave(office.superior)
    run()
    ControlPlan.objects.filter(pk=plan.pk).update(review_on=timezone.localdate())

    found = list(control_reminders.find_evaluations_due(on=timezone.localdate()))

    assert [reminder.user for reminder in found] == [office.head]


def test_pages_follow(client, office):
    plan = cases.running(office)
    leave(office.superior)
    run()
    page = reverse("declarations:plan_detail", args=[plan.pk])
    evaluate = reverse("declarations:plan_evaluate", args=[plan.pk])

    log_in(client, again(office.superior))
    assert (client.get(page).status_code, client.get(evaluate).status_code) == (200, 403)
    log_in(client, again(office.head))
    assert (client.get(page).status_code, client.get(evaluate).status_code) == (200, 200)
    assert office.head.full_name in client.get(page).content.decode()


def test_a_case_that_changed_since_it_was_read_stays(office):
    plan = cases.running(office)
    seen = escalation.led().get()
    leave(office.superior)
    run()

    with pytest.raises(TransitionError):
        handing_over.hand_over(seen, reason="moved", seen=seen)
    assert plan.conflict.handler_changes.filter(reason="moved").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_pass_it_on_once(office):
    plan = cases.running(office)
    leave(office.superior)
    seen = [escalation.led().get() for _each in range(2)]
    barrier = threading.Barrier(2)

    def step(conflict):
        barrier.wait()
        try:
            handing_over.hand_over(conflict, reason="moved", seen=conflict)
        except TransitionError:
            return "stayed"
        finally:
            connection.close()
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(step, seen)) == ["moved", "stayed"]
    assert told(office.head) == 1
    assert plan.conflict.handler_changes.filter(reason="moved").count() == 1
