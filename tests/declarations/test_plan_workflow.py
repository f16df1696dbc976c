"""F6 and F7 through the workflow: effect, event, notice; who and from where not; races."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from declarations import states
from declarations.models import ControlPlan, ControlTask, FollowUp
from declarations.services import control_reminders
from declarations.services.desk import desk_of
from declarations.states import (
    PLAN_TRANSITIONS,
    TASK_TRANSITIONS,
    ConflictState,
    PlanState,
    TaskState,
)
from declarations.workflow import plans
from declarations.workflow.base import TransitionError
from notices.models import Notice
from people.calendar import add_working_days
from statements.models import Document
from tests.declarations import cases
from tests.declarations.office import make_office, proof

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def actions(thing):
    events = AuditEvent.objects.filter(target_id=str(thing.pk)).order_by("at", "pk")
    return [event.action for event in events]


def kinds_of(user):
    return sorted(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


def start(plan, office, **arguments):
    return plans.start(plan, by=office.superior, proof=proof(office.superior), **arguments)


def with_row(plan, **changes):
    plan.draft["tasks"]["rows"][0].update(changes)
    plan.save()
    return plan


# --- Start and agree -------------------------------------------------------------------------


def test_start_signs_makes_tasks_records_and_tells(office):
    plan = cases.running(office)

    plan.conflict.refresh_from_db()
    task = cases.task_of(plan)
    assert (plan.state, plan.conflict.state) == (PlanState.ACTIVE, ConflictState.CONTROLLED)
    assert plan.document.slots == ["superior", "declarant"]
    assert (task.owner, task.expected_evidence) == (office.colleague, "Surat penunjukan")
    assert actions(plan) == ["controlplan.create", "controlplan.start"]
    assert "plan.started" in kinds_of(office.staff)
    assert "plan.task" in kinds_of(office.colleague)


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": "197001012000012999"},
        {"due_on": "2020-01-01"},
        {"due_on": "0001-01-01"},
        {"owner": "bukan NIP"},
        {"action": ""},
        {"expected_evidence": ""},
    ],
)
def test_start_refuses_a_task_that_cannot_be(office, changes):
    plan = with_row(cases.planned(office), **changes)

    with pytest.raises(TransitionError):
        start(plan, office)

    assert not ControlTask.objects.exists()


def test_start_refuses_a_plan_without_tasks(office):
    plan = cases.planned(office)
    plan.draft["tasks"] = {"nil": True, "rows": []}
    plan.save()

    with pytest.raises(TransitionError):
        start(plan, office)


def test_start_refuses_what_the_page_did_not_show(office):
    with pytest.raises(TransitionError):
        start(cases.planned(office), office, revision=9)


@pytest.mark.parametrize("who", ["head", "staff", "colleague", "officer", "inspector"])
def test_start_is_refused_to_everybody_else(office, who):
    person = getattr(office, who)

    with pytest.raises(PermissionDenied):
        plans.start(cases.planned(office), by=person, proof=proof(person))


def test_start_twice_makes_one_document(office):
    plan = cases.running(office)

    with pytest.raises(TransitionError):
        start(plan, office)

    assert Document.objects.filter(kind="F6").count() == 1


def test_declarant_signs_below_the_superior(office):
    plan = plans.agree(cases.running(office), by=office.staff, proof=proof(office.staff))

    assert [s.slot for s in plan.document.signatures.order_by("pk")] == ["superior", "declarant"]
    assert plan.agreed_by == office.staff
    assert actions(plan)[-1] == "controlplan.agree"
    assert "plan.agreed" in kinds_of(office.superior)


@pytest.mark.parametrize("who", ["superior", "colleague", "inspector"])
def test_agree_is_refused_to_everybody_else(office, who):
    person = getattr(office, who)

    with pytest.raises(PermissionDenied):
        plans.agree(cases.running(office), by=person, proof=proof(person))


def test_agree_twice_is_refused(office):
    plan = plans.agree(cases.running(office), by=office.staff, proof=proof(office.staff))

    with pytest.raises(TransitionError):
        plans.agree(plan, by=office.staff, proof=proof(office.staff))


# --- Tasks -----------------------------------------------------------------------------------


def test_report_keeps_the_words_and_tells_the_superior(office):
    task = cases.reported(office)

    assert (task.state, task.done_by) == (TaskState.DONE, office.colleague)
    assert actions(task) == ["controltask.attach", "controltask.report"]
    assert "plan.reported" in kinds_of(office.superior)


def test_report_needs_the_file_that_was_expected(office):
    task = cases.task_of(cases.running(office))

    with pytest.raises(TransitionError):
        plans.report_task(task, by=office.colleague, evidence_note="Sudah.")


def test_report_needs_words(office):
    task = cases.with_evidence(cases.task_of(cases.running(office)))

    with pytest.raises(TransitionError):
        plans.report_task(task, by=office.colleague, evidence_note="  ")


@pytest.mark.parametrize("who", ["superior", "staff", "inspector"])
def test_report_is_the_owners(office, who):
    task = cases.with_evidence(cases.task_of(cases.running(office)))

    with pytest.raises(PermissionDenied):
        plans.report_task(task, by=getattr(office, who), evidence_note="Sudah.")


@pytest.mark.parametrize("who", ["superior", "inspector"])
def test_confirm_keeps_the_effect(office, who):
    task = plans.confirm_task(cases.reported(office), by=getattr(office, who), effect="partly")

    assert (task.state, task.effect) == (TaskState.CONFIRMED, "partly")
    assert actions(task)[-1] == "controltask.confirm"
    assert "plan.confirmed" in kinds_of(office.colleague)


@pytest.mark.parametrize("who", ["colleague", "staff", "head", "officer"])
def test_confirm_is_refused_to_owner_and_others(office, who):
    with pytest.raises(PermissionDenied):
        plans.confirm_task(cases.reported(office), by=getattr(office, who), effect="effective")


def test_confirm_needs_a_report(office):
    with pytest.raises(TransitionError):
        plans.confirm_task(
            cases.task_of(cases.running(office)), by=office.superior, effect="effective"
        )


def test_refuse_sends_it_back_with_the_reason(office):
    task = plans.refuse_task(cases.reported(office), by=office.superior, reason="Tanpa tanda.")

    assert (task.state, task.done_at) == (TaskState.OPEN, None)
    assert "plan.refused" in kinds_of(office.colleague)
    event = AuditEvent.objects.get(action="controltask.refuse")
    assert event.data["reason"] == "Tanpa tanda."


def test_cancellation_tells_the_owner(office):
    task = cases.task_of(cases.running(office))

    task = plans.cancel_task(task, by=office.superior, reason="Tidak perlu lagi.")

    assert task.state == TaskState.CANCELLED
    assert "plan.cancelled" in kinds_of(office.colleague)


@pytest.mark.parametrize("step", [plans.refuse_task, plans.cancel_task])
def test_refusal_and_cancellation_need_a_reason(office, step):
    with pytest.raises(TransitionError):
        step(cases.reported(office), by=office.superior, reason=" ")


def test_task_of_a_closed_plan_stays(office):
    plan = cases.closed(office)

    with pytest.raises(TransitionError):
        plans.cancel_task(cases.task_of(plan), by=office.superior, reason="Terlambat.")


# --- Evaluate and close ----------------------------------------------------------------------


def test_evaluation_is_kept(office):
    plan = cases.evaluated(office)

    follow_up = FollowUp.objects.get(plan=plan)
    assert (follow_up.effect, follow_up.created_by) == ("effective", office.superior)
    assert actions(plan)[-1] == "controlplan.evaluate"
    with pytest.raises(DatabaseError), transaction.atomic():
        FollowUp.objects.filter(pk=follow_up.pk).update(findings="Lain")


@pytest.mark.parametrize("who", ["staff", "colleague", "inspector", "head"])
def test_evaluation_is_the_superiors(office, who):
    with pytest.raises(PermissionDenied):
        plans.evaluate(
            cases.running(office),
            by=getattr(office, who),
            proof=proof(getattr(office, who)),
            typed=cases.evaluation(),
        )


def test_evaluation_needs_a_running_plan(office):
    with pytest.raises(TransitionError):
        plans.evaluate(
            cases.planned(office),
            by=office.superior,
            proof=proof(office.superior),
            typed=cases.evaluation(),
        )


def test_close_closes_the_declaration(office):
    plan = cases.closed(office)

    plan.conflict.refresh_from_db()
    assert (plan.state, plan.conflict.state) == (PlanState.CLOSED, ConflictState.CLOSED)
    assert actions(plan)[-1] == "controlplan.close"


@pytest.mark.parametrize(
    "make",
    [cases.running, lambda o: cases.reported(o).plan, lambda o: cases.confirmed(o).plan],
)
def test_close_needs_settled_tasks_evidence_and_an_evaluation(office, make):
    plan = make(office)

    assert plans.missing_before_closing(plan)
    with pytest.raises(TransitionError):
        plans.close(plan, by=office.superior)


def test_close_needs_one_confirmed_task(office):
    plan = cases.running(office)
    plans.cancel_task(cases.task_of(plan), by=office.superior, reason="Tidak perlu.")
    plans.evaluate(
        plan, by=office.superior, proof=proof(office.superior), typed=cases.evaluation()
    )

    with pytest.raises(TransitionError):
        plans.close(plan, by=office.superior)


@pytest.mark.parametrize("who", ["staff", "colleague", "inspector", "head"])
def test_close_is_the_superiors(office, who):
    with pytest.raises(PermissionDenied):
        plans.close(cases.evaluated(office), by=getattr(office, who))


# --- The database ----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [cases.running, lambda o: cases.confirmed(o).plan])
def test_database_lets_no_plan_close_without_evidence(office, make):
    plan = make(office)

    with pytest.raises(DatabaseError), transaction.atomic():
        ControlPlan.objects.filter(pk=plan.pk).update(
            state="closed", closed_at=timezone.now(), closed_by=office.superior
        )


def test_database_lets_no_plan_close_of_which_every_task_was_cancelled(office):
    plan = cases.running(office)
    plans.cancel_task(cases.task_of(plan), by=office.superior, reason="Tidak perlu.")
    plans.evaluate(
        plan, by=office.superior, proof=proof(office.superior), typed=cases.evaluation()
    )

    with (
        pytest.raises(DatabaseError, match="one with evidence"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE declarations_controlplan"
            " SET state = 'closed', closed_at = now(), closed_by_id = %s WHERE id = %s",
            [office.superior.pk, plan.pk],
        )


def test_database_keeps_a_started_plan(office):
    plan = cases.running(office)

    with pytest.raises(DatabaseError), transaction.atomic():
        ControlPlan.objects.filter(pk=plan.pk).delete()


@pytest.mark.parametrize("target", TaskState.values)
@pytest.mark.parametrize("source", ["open", "done", "confirmed"])
def test_database_knows_the_edges_of_a_task(office, source, target):
    makers = {
        "open": lambda o: cases.task_of(cases.running(o)),
        "done": cases.reported,
        "confirmed": cases.confirmed,
    }
    task = makers[source](office)
    now = timezone.now()
    values = {
        "state": target, "evidence_note": "x", "done_at": now, "done_by": office.colleague,
        "effect": "effective", "confirmed_at": now, "confirmed_by": office.superior,
    }  # fmt: skip
    allowed = (source, target) in states.edges(TASK_TRANSITIONS) or source == target

    def write():
        with transaction.atomic():
            ControlTask.objects.filter(pk=task.pk).update(**values)

    if allowed:
        write()
    else:
        with pytest.raises(DatabaseError):
            write()


@pytest.mark.parametrize("target", ["draft", "closed"])
def test_database_knows_the_edges_of_a_plan(office, target):
    plan = cases.planned(office) if target == "closed" else cases.running(office)

    assert (plan.state, target) not in states.edges(PLAN_TRANSITIONS)
    with pytest.raises(DatabaseError), transaction.atomic():
        ControlPlan.objects.filter(pk=plan.pk).update(
            state=target, started_at=timezone.now(), started_by=office.superior,
            closed_at=timezone.now(), closed_by=office.superior,
        )  # fmt: skip


# --- What waits, reminders -------------------------------------------------------------------


def desk(user):
    found = desk_of(cases.fresh(user))
    return found.to_decide, found.tasks, found.plans


def test_desk_counts_what_waits_for_each(office, django_assert_num_queries):
    cases.declared(office, title="Satu")
    cases.running(office)

    assert desk(office.superior) == (1, 0, 0)
    assert desk(office.staff) == (0, 0, 1)  # The second signature.
    assert desk(office.colleague) == (0, 1, 0)
    assert desk(office.head) == (0, 0, 0)


def test_reported_task_and_due_evaluation_wait_for_the_superior(office):
    plan = cases.reported(office).plan
    assert desk(office.superior) == (0, 0, 1)

    plans.confirm_task(cases.task_of(plan), by=office.superior, effect="effective")
    assert desk(office.superior) == (0, 0, 0)

    ControlPlan.objects.filter(pk=plan.pk).update(review_on=timezone.localdate())
    assert desk(office.superior) == (0, 0, 1)


def due(task, days):
    day = timezone.localdate() + datetime.timedelta(days=days)
    ControlTask.objects.filter(pk=task.pk).update(due_on=day)


@pytest.mark.parametrize(
    ("days", "is_reminded"),
    [
        (8, False),
        (7, True),
        (6, False),
        (1, True),
        (0, False),
        (-1, True),
        (-2, False),
        (-8, True),
    ],
)
def test_owner_is_reminded_of_a_task(office, days, is_reminded):
    task = cases.task_of(cases.running(office))
    due(task, days)

    found = list(control_reminders.find_tasks_due(on=timezone.localdate()))

    assert [item.user for item in found] == ([office.colleague] if is_reminded else [])


def test_nobody_is_reminded_of_a_reported_task(office):
    due(cases.reported(office), 1)

    assert not list(control_reminders.find_tasks_due(on=timezone.localdate()))


@pytest.mark.parametrize(("days", "is_reminded"), [(-1, False), (0, True), (1, True), (2, False)])
def test_superior_is_reminded_of_the_evaluation(office, days, is_reminded):
    plan = cases.running(office)
    on = plan.review_on + datetime.timedelta(days=days)

    found = list(control_reminders.find_evaluations_due(on=on))

    assert [item.user for item in found] == ([office.superior] if is_reminded else [])


def test_superior_is_reminded_of_the_decision(office):
    conflict = cases.declared(office)

    found = list(control_reminders.find_decisions_due(on=conflict.due_on))
    early = list(control_reminders.find_decisions_due(on=timezone.localdate()))

    assert [item.user for item in found] == [office.superior]
    assert early == []


def test_superior_is_reminded_to_begin_the_examination(office):
    conflict = cases.declared(office)
    day = add_working_days(timezone.localdate(), 1)

    assert [item.user for item in control_reminders.find_reviews_due(on=day)] == [office.superior]
    assert not list(control_reminders.find_reviews_due(on=timezone.localdate()))

    cases.begun(office, conflict)
    assert not list(control_reminders.find_reviews_due(on=day))


def test_superior_is_reminded_to_start_the_controls(office):
    plan = cases.planned(office)
    day = add_working_days(timezone.localdate(), 1)
    late = day + datetime.timedelta(days=8)

    for on in (day, late):
        found = control_reminders.find_plans_to_start(on=on)
        assert [item.user for item in found] == [office.superior]
    assert not list(control_reminders.find_plans_to_start(on=day + datetime.timedelta(days=3)))

    cases.running(office, plan)
    assert not list(control_reminders.find_plans_to_start(on=day))


@pytest.mark.parametrize(("days", "is_reminded"), [(8, False), (7, True), (1, True), (0, False)])
def test_superior_is_reminded_of_the_end_of_a_decision(office, days, is_reminded):
    plan = cases.running(office)
    on = timezone.localdate()
    plan.decision.valid_until = on + datetime.timedelta(days=days)
    plan.decision.save()

    found = list(control_reminders.find_decisions_ending(on=on))

    assert [item.user for item in found] == ([office.superior] if is_reminded else [])


# --- Races -----------------------------------------------------------------------------------


def outcome(step):
    try:
        step()
    except (TransitionError, PermissionDenied):
        return "refused"
    finally:
        connection.close()
    return "done"


def race(*steps):
    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(outcome, steps))


@pytest.mark.django_db(transaction=True)
def test_report_and_close_at_once_never_close_with_an_open_report():
    """A refused task is reported anew while the superior closes the plan."""
    office = make_office()
    plan = cases.running(office)
    task = cases.with_evidence(cases.task_of(plan))
    plans.evaluate(
        plan, by=office.superior, proof=proof(office.superior), typed=cases.evaluation()
    )

    race(
        lambda: plans.report_task(
            ControlTask.objects.get(pk=task.pk), by=office.colleague, evidence_note="Sudah."
        ),
        lambda: plans.close(ControlPlan.objects.get(pk=plan.pk), by=office.superior),
    )

    plan.refresh_from_db()
    task.refresh_from_db()
    assert (plan.state, task.state) == ("active", "done")


@pytest.mark.django_db(transaction=True)
def test_refusal_and_close_at_once_leave_one_of_them():
    office = make_office()
    plan = cases.reported(office).plan
    task = cases.task_of(plan)
    plans.evaluate(
        plan, by=office.superior, proof=proof(office.superior), typed=cases.evaluation()
    )
    results = race(
        lambda: plans.confirm_task(
            ControlTask.objects.get(pk=task.pk), by=office.inspector, effect="effective"
        ),
        lambda: plans.refuse_task(
            ControlTask.objects.get(pk=task.pk), by=office.superior, reason="Kurang."
        ),
    )

    assert sorted(results) == ["done", "refused"]
    task.refresh_from_db()
    assert task.state in ("confirmed", "open")


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_plan():
    office = make_office()
    plan = cases.planned(office)

    results = race(*[lambda: start(ControlPlan.objects.get(pk=plan.pk), office)] * 2)

    assert sorted(results) == ["done", "refused"]
    assert Document.objects.filter(kind="F6").count() == 1
    assert ControlTask.objects.count() == 1
