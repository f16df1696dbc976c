"""F2 and F3: every permission, person and state, and lists that say what the policies say."""

import pytest
from rules.permissions import permissions

from declarations.models import ConflictDeclaration, DecisionStatement
from declarations.services import conflicts as conflict_services
from declarations.services import statements as statement_services
from declarations.workflow import conflicts, decisions, statements
from people.models import User
from people.roles import Role
from statements.models import Document
from tests.declarations.office import (
    decision_draft,
    make_office,
    make_statement,
    proof,
)
from tests.declarations.scenes import asked, issued, plain_conflict, sent, under_review
from tests.people.factories import person_with

pytestmark = pytest.mark.django_db

ROLES = (
    "staff", "superior", "head", "officer", "inspector", "chief_inspector", "auditor", "colleague",
    "other_officer", "administrator",
)  # fmt: skip
STATEMENT_STATES = ("draft", "issued", "converted", "superseded", "withdrawn", "put_away")
CONFLICT_STATES = (
    "draft", "sent", "confidential", "under_review", "needs_data", "escalated", "decided",
    "superseded", "withdrawn", "put_away",
)  # fmt: skip
S_ALL, C_ALL = set(STATEMENT_STATES), set(CONFLICT_STATES)
S_SENT = S_ALL - {"draft", "put_away", "converted"}
C_SENT = C_ALL - {"draft", "put_away"}
C_OPEN = C_SENT - {"confidential"}
# The superior is the handler, until the case goes up to the head.
SUPERIORS_TURN = C_SENT - {"escalated"}
HANDLER = {"superior": SUPERIORS_TURN, "head": {"escalated"}}
READ_ALL = ("inspector", "chief_inspector", "auditor")

STATEMENTS = {
    "view": {"staff": S_ALL} | dict.fromkeys((*READ_ALL, "officer", "head", "superior"), S_SENT),
    "view_likenesses": {"staff": S_ALL}
    | dict.fromkeys((*READ_ALL, "officer", "superior"), S_SENT),
    **{name: {"staff": S_ALL} for name in ("change", "issue", "convert", "supersede", "withdraw")},
}
CONFLICTS = {
    "view": {"staff": C_ALL, "officer": C_OPEN} | HANDLER | dict.fromkeys(READ_ALL, C_SENT),
    **{name: {"staff": C_ALL} for name in ("change", "send", "complete", "withdraw", "supersede")},
    **dict.fromkeys(
        ("review", "ask_data", "find", "clear", "control", "close", "escalate"), HANDLER
    ),
    "reopen": dict.fromkeys(("inspector", "chief_inspector"), C_ALL),
    "take_over": {"chief_inspector": C_ALL},
}


def statement_in(state, office):
    if state in ("draft", "put_away"):
        statement = make_statement(office)
        if state == "put_away":
            statements.withdraw(statement, by=office.staff, reason="")
    elif state == "converted":
        from tests.declarations.scenes import converted

        statement = converted(office).origin
    else:
        statement = issued(office)
        if state == "withdrawn":
            statements.withdraw(statement, by=office.staff, reason="Batal.")
        elif state == "superseded":
            correction = statement_services.start_correction(statement, by=office.staff)
            statements.issue(correction, by=office.staff, proof=proof(office.staff))
    return DecisionStatement.objects.get(pk=statement.pk)


CONFIDENTIAL = {"impact": "Ada.", "is_confidential": "yes", "confidentiality_reason": "Keluarga."}


def conflict_in(state, office):
    if state in ("draft", "put_away"):
        conflict = plain_conflict(office)
        if state == "put_away":
            conflicts.withdraw(conflict, by=office.staff, reason="")
    elif state == "confidential":
        conflict = sent(office, follow_up=CONFIDENTIAL)
    elif state == "under_review":
        conflict = under_review(office)
    elif state == "needs_data":
        conflict = asked(office)
    else:
        conflict = sent(office)
        _further(state, conflict, office)
    return ConflictDeclaration.objects.get(pk=conflict.pk)


def _further(state, conflict, office):
    if state == "escalated":
        conflicts.escalate(conflict, by=None, reason="overdue")
    elif state == "withdrawn":
        conflicts.withdraw(conflict, by=office.staff, reason="Batal.")
    elif state == "superseded":
        correction = conflict_services.start_correction(conflict, by=office.staff)
        conflicts.send(correction, by=office.staff, proof=proof(office.staff))
    elif state == "decided":
        decision = decisions.begin(conflict, by=office.superior)
        decision.draft = decision_draft(finding="no_conflict")
        decision.save()
        decisions.sign(decision, by=office.superior, proof=proof(office.superior))


def person(role, office):
    if role == "auditor":
        return person_with(Role.AUDITOR)
    if role == "other_officer":
        return person_with(Role.OPD_OFFICER)
    if role == "administrator":
        return person_with(Role.SYSTEM_ADMINISTRATOR)
    return User.objects.get(pk=getattr(office, role).pk)


def names_of(model):
    ending = f"_{model}"
    return {
        name.removeprefix("declarations.").removesuffix(ending): name
        for name in permissions
        if name.startswith("declarations.") and name.endswith(ending)
    }


@pytest.mark.parametrize("state", STATEMENT_STATES)
def test_matrix_of_statements(state):
    office = make_office()
    statement = statement_in(state, office)
    for role in ROLES:
        user = person(role, office)
        allowed = {
            short
            for short, name in names_of("decisionstatement").items()
            if user.has_perm(name, statement)
        }
        expected = {name for name, row in STATEMENTS.items() if state in row.get(role, ())}

        assert allowed == expected, role


@pytest.mark.parametrize("state", CONFLICT_STATES)
def test_matrix_of_declarations(state):
    office = make_office()
    conflict = conflict_in(state, office)
    for role in ROLES:
        user = person(role, office)
        allowed = {
            short
            for short, name in names_of("conflictdeclaration").items()
            if user.has_perm(name, conflict)
        }
        expected = {name for name, row in CONFLICTS.items() if state in row.get(role, ())}

        assert allowed == expected, role


def test_matrices_are_complete():
    assert set(names_of("decisionstatement")) == set(STATEMENTS)
    assert set(names_of("conflictdeclaration")) == set(CONFLICTS)


@pytest.mark.parametrize("state", STATEMENT_STATES)
def test_visible_statements_are_what_the_policy_says(state):
    office = make_office()
    statement = statement_in(state, office)
    for role in ROLES:
        user = person(role, office)
        listed = DecisionStatement.objects.visible_to(user).filter(pk=statement.pk).exists()

        assert listed == user.has_perm("declarations.view_decisionstatement", statement), role


@pytest.mark.parametrize("state", CONFLICT_STATES)
def test_visible_declarations_are_what_the_policy_says(state):
    office = make_office()
    conflict = conflict_in(state, office)
    for role in ROLES:
        user = person(role, office)
        listed = ConflictDeclaration.objects.visible_to(user).filter(pk=conflict.pk).exists()

        assert listed == user.has_perm("declarations.view_conflictdeclaration", conflict), role


@pytest.mark.parametrize("make", [issued, sent])
def test_documents_are_read_by_those_who_read_the_case(make):
    office = make_office()
    case = make(office)
    view = f"declarations.view_{case._meta.model_name}"
    for role in ROLES:
        user = person(role, office)
        document = Document.objects.get(pk=case.document_id)
        may = user.has_perm("statements.view_document", document)
        listed = Document.objects.visible_to(user).filter(pk=document.pk).exists()

        assert may == listed == user.has_perm(view, case), role


@pytest.mark.parametrize("make", [issued, sent])
def test_the_deactivated_see_nothing(make):
    office = make_office()
    case = make(office)
    office.staff.is_active = False
    office.staff.save()

    assert not type(case).objects.visible_to(office.staff).exists()
