"""Every permission, role and state of F5, F6 and the tasks, in tables; lists say the same."""

import pytest
import rules.permissions

from declarations.models import ConflictDeclaration, ControlPlan, ControlTask, SuperiorDecision
from declarations.services import plan_drafts
from declarations.workflow import decisions, plans
from people.models import Role
from statements.models import Document
from tests.declarations import cases
from tests.declarations.office import make_office, proof
from tests.people.factories import person_with

pytestmark = pytest.mark.django_db

D, S, U, X = "draft", "signed", "superseded", "discarded"
WRITE = {"superior": {D, S, U, X}}
READ = {
    "superior": {D, S, U, X},
    "staff": {S, U},
    "officer": {S, U},
    "inspector": {S, U},
    "chief_inspector": {S, U},
    "auditor": {S, U},
}
DECISIONS = {
    "declarations.view_superiordecision": READ | {"colleague": {S, U}},
    "declarations.read_superiordecision": READ,
    "declarations.change_superiordecision": WRITE,
    "declarations.sign_superiordecision": WRITE,
    "declarations.supersede_superiordecision": WRITE,
    "declarations.discard_superiordecision": WRITE,
}

A, C, R = "active", "closed", "replaced"
STARTED = {A, C, R}
LEADS = {"superior": {D, A, C, R}}
PLANS = {
    "declarations.view_controlplan": LEADS
    | dict.fromkeys(
        ("staff", "colleague", "officer", "inspector", "chief_inspector", "auditor"), STARTED
    ),
    "declarations.change_controlplan": LEADS,
    "declarations.agree_controlplan": {"staff": STARTED},
    "declarations.evaluate_controlplan": LEADS,
    "declarations.start_controlplan": LEADS,
    "declarations.close_controlplan": LEADS,
    "declarations.replace_controlplan": LEADS,
}

P, T, N, Z = "open", "done", "confirmed", "cancelled"
ALL = {P, T, N, Z}
JUDGES = {"superior": ALL, "inspector": ALL, "chief_inspector": ALL}
TASKS = {
    "declarations.view_controltask": JUDGES
    | {"staff": ALL, "colleague": ALL, "officer": ALL, "auditor": ALL},
    "declarations.change_controltask": {"colleague": ALL},
    "declarations.report_controltask": {"colleague": ALL},
    "declarations.confirm_controltask": JUDGES,
    "declarations.refuse_controltask": JUDGES,
    "declarations.cancel_controltask": {"superior": ALL},
}


@pytest.fixture
def office():
    return make_office()


@pytest.fixture
def people(office):
    """Everybody who might want something, as the next request loads them."""
    names = ("head", "superior", "staff", "colleague", "officer", "inspector", "chief_inspector")
    everybody = {name: cases.fresh(getattr(office, name)) for name in names}
    return everybody | {
        "auditor": person_with(Role.AUDITOR),
        "stranger": person_with(opd=office.opd),
        "other_officer": person_with(Role.OPD_OFFICER),
        "system_administrator": person_with(Role.SYSTEM_ADMINISTRATOR),
        "hr_administrator": person_with(Role.HR_ADMINISTRATOR),
    }


def decision_in(office, state):
    decision = cases.begun(office) if state in (D, X) else cases.decided(office)
    SuperiorDecision.objects.filter(pk=decision.pk).update(state=state)
    return SuperiorDecision.objects.get(pk=decision.pk)


def plan_in(office, state):
    if state == D:
        return cases.planned(office)
    if state == C:
        return cases.closed(office)
    plan = cases.running(office)
    ControlPlan.objects.filter(pk=plan.pk).update(state=state)
    return ControlPlan.objects.get(pk=plan.pk)


def task_in(office, state):
    if state == P:
        return cases.task_of(cases.running(office))
    if state == T:
        return cases.reported(office)
    if state == N:
        return cases.confirmed(office)
    task = cases.task_of(cases.running(office))
    return plans.cancel_task(task, by=office.superior, reason="Tidak perlu.")


def assert_matrix(matrix, thing, people):
    found = {
        name: {p for p in matrix if person.has_perm(p, thing)} for name, person in people.items()
    }
    expected = {
        name: {p for p, row in matrix.items() if thing.state in row.get(name, ())}
        for name in people
    }
    assert found == expected


def assert_listed(model, permission, thing, people):
    listed = {n for n, p in people.items() if model.objects.visible_to(p).filter(pk=thing.pk)}
    assert listed == {n for n, p in people.items() if p.has_perm(permission, thing)}


@pytest.mark.parametrize("state", [D, S, U, X])
def test_matrix_of_decisions(office, people, state):
    decision = decision_in(office, state)

    assert_matrix(DECISIONS, decision, people)
    assert_listed(SuperiorDecision, "declarations.view_superiordecision", decision, people)
    readable = {
        n for n, p in people.items()
        if SuperiorDecision.objects.readable_by(p).filter(pk=decision.pk)
    }  # fmt: skip
    assert readable == {
        n for n, p in people.items()
        if p.has_perm("declarations.read_superiordecision", decision)
    }  # fmt: skip


@pytest.mark.parametrize("state", [D, A, C, R])
def test_matrix_of_plans(office, people, state):
    plan = plan_in(office, state)

    assert_matrix(PLANS, plan, people)
    assert_listed(ControlPlan, "declarations.view_controlplan", plan, people)


def test_evaluation_is_written_by_who_leads_the_plan(office, people):
    draft = plan_drafts.evaluation_of(cases.running(office))

    writers = {
        name
        for name, person in people.items()
        if person.has_perm("declarations.change_evaluationdraft", draft)
    }
    assert writers == {"superior"}


@pytest.mark.parametrize("state", [P, T, N, Z])
def test_matrix_of_tasks(office, people, state):
    task = task_in(office, state)

    assert_matrix(TASKS, task, people)
    assert_listed(ControlTask, "declarations.view_controltask", task, people)


@pytest.mark.parametrize(
    ("matrix", "model"),
    [(DECISIONS, "superiordecision"), (PLANS, "controlplan"), (TASKS, "controltask")],
)
def test_matrices_are_complete(matrix, model):
    known = {
        name
        for name in rules.permissions.permissions
        if name.startswith("declarations.") and name.endswith(f"_{model}")
    }

    assert known - {"declarations.list_superiordecision"} == set(matrix)


def test_officer_reads_nothing_confidential(office, people):
    decision = cases.decided(office, cases.declared(office, confidential=True))
    plan = cases.running(office, cases.planned(office, decision))

    officer = people["officer"]
    assert not officer.has_perm("declarations.view_superiordecision", decision)
    assert not officer.has_perm("declarations.view_controlplan", plan)
    assert not SuperiorDecision.objects.visible_to(officer).exists()
    assert not ControlPlan.objects.visible_to(officer).exists()


def test_inspector_under_a_plan_confirms_nothing_in_it(office):
    """The person whom the plan controls may hold any role elsewhere."""
    task = cases.reported(office)
    ConflictDeclaration.objects.filter(pk=task.plan.conflict_id).update(
        declarant=office.inspector, sent_by=office.inspector
    )
    task = ControlTask.objects.get(pk=task.pk)

    inspector = cases.fresh(office.inspector)
    assert not inspector.has_perm("declarations.confirm_controltask", task)
    assert not inspector.has_perm("declarations.refuse_controltask", task)


def test_superiors_own_task_is_confirmed_by_an_inspector(office):
    task = cases.task_of(cases.running(office))
    ControlTask.objects.filter(pk=task.pk).update(owner=office.superior)
    task = ControlTask.objects.get(pk=task.pk)

    assert not office.superior.has_perm("declarations.confirm_controltask", task)
    assert office.inspector.has_perm("declarations.confirm_controltask", task)


@pytest.mark.parametrize(
    ("role", "may"),
    [("superior", True), ("chief_inspector", True), ("staff", False), ("inspector", False)],
)
def test_only_those_who_decide_have_the_list(people, role, may):
    assert people[role].has_perm("declarations.list_superiordecision") is may


def test_inactive_people_see_nothing(office, people):
    decision = cases.decided(office)
    superior = people["superior"]
    superior.is_active = False

    assert not SuperiorDecision.objects.visible_to(superior).filter(pk=decision.pk).exists()
    assert not superior.has_perm("declarations.view_superiordecision", decision)


def test_paper_of_a_decision_is_not_for_the_one_who_steps_in(office, people):
    decision = cases.decided(office)
    document = Document.objects.get(pk=decision.document_id)

    may = {n for n, p in people.items() if p.has_perm("statements.view_document", document)}

    assert may == {"superior", "staff", "officer", "inspector", "chief_inspector", "auditor"}


def test_paper_of_a_plan_is_for_those_who_see_the_plan(office, people):
    plan = cases.running(office)
    document = Document.objects.get(pk=plan.document_id)

    may = {n for n, p in people.items() if p.has_perm("statements.view_document", document)}

    assert may == {
        n for n, p in people.items() if p.has_perm("declarations.view_controlplan", plan)
    }


def test_second_person_writes_after_the_turn_has_passed(office):
    """The first superior's draft is put away; the next one begins their own."""
    decision = cases.begun(office)
    ConflictDeclaration.objects.filter(pk=decision.conflict_id).update(handler=office.head)
    decision = SuperiorDecision.objects.get(pk=decision.pk)

    assert not office.superior.has_perm("declarations.sign_superiordecision", decision)
    assert decisions.begin(decision.conflict, by=office.head).decider == office.head
    assert proof(office.head)
