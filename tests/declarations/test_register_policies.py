"""F1: every permission, person and state, and lists that say what the policies say."""

import pytest
from rules.permissions import permissions

from declarations.models import InterestRegister
from declarations.workflow import registers as workflow
from people.models import User
from statements.models import Document
from tests.declarations.factories import (
    RegisterFactory,
    accepted_register,
    office,
    proof_of,
    returned_register,
    sent_register,
)

pytestmark = pytest.mark.django_db

STATES = (
    "draft", "sent", "returned", "resumed", "accepted", "renewed", "expired",
    "withdrawn_draft", "withdrawn",
)  # fmt: skip
ALL = set(STATES)
SENT = ALL - {"draft", "withdrawn_draft"}
ROLES = (
    "declarant", "superior", "officer", "inspector", "chief_inspector", "auditor", "stranger",
    "other_officer",
)  # fmt: skip
VIEWERS = ("superior", "officer", "inspector", "chief_inspector", "auditor")
OFFICER = {"officer": SENT}
OWN = {"declarant": ALL}
# Who may, whatever the state; what is possible in a state is the workflow's business.
MATRIX = {
    "declarations.view_interestregister": OWN | dict.fromkeys(VIEWERS, SENT),
    "declarations.change_interestregister": OWN,
    "declarations.send_interestregister": OWN,
    "declarations.resume_interestregister": OWN,
    "declarations.withdraw_interestregister": OWN,
    "declarations.return_interestregister": OFFICER,
    "declarations.accept_interestregister": OFFICER,
    "declarations.acknowledge_interestregister": {"superior": SENT},
    "declarations.renew_interestregister": {},
    "declarations.expire_interestregister": {},
}


def register_in(state, place):
    if state in ("draft", "withdrawn_draft"):
        register = RegisterFactory(declarant=place.declarant)
        if state == "draft":
            return register
        return workflow.withdraw(register, by=place.declarant)
    if state in ("sent", "withdrawn"):
        register = sent_register(place.declarant)
        if state == "sent":
            return register
        return workflow.withdraw(register, by=place.declarant, reason="Salah")
    if state in ("returned", "resumed"):
        register = returned_register(place)
        return register if state == "returned" else workflow.resume(register, by=place.declarant)
    register = accepted_register(place)
    if state == "renewed":
        later = sent_register(place.declarant, occasion="change")
        workflow.accept(later, by=place.officer)
    elif state == "expired":
        workflow.expire(register, on=register.due_on)
    return InterestRegister.objects.get(pk=register.pk)


@pytest.mark.parametrize("state", STATES)
def test_matrix(state):
    place = office()
    register = register_in(state, place)

    for role in ROLES:
        person = User.objects.get(pk=getattr(place, role).pk)
        allowed = {name for name in MATRIX if person.has_perm(name, register)}
        expected = {name for name, row in MATRIX.items() if state in row.get(role, ())}
        assert allowed == expected, role


@pytest.mark.parametrize("state", STATES)
def test_visible_to_and_documents_say_what_the_policy_says(state):
    place = office()
    register = register_in(state, place)

    for role in ROLES:
        person = User.objects.get(pk=getattr(place, role).pk)
        may_view = person.has_perm("declarations.view_interestregister", register)
        seen = InterestRegister.objects.visible_to(person).filter(pk=register.pk).exists()
        assert seen == may_view, role
        if register.document_id:
            listed = Document.objects.visible_to(person).filter(pk=register.document_id)
            document = Document.objects.get(pk=register.document_id)
            assert listed.exists() == may_view, role
            assert person.has_perm("statements.view_document", document) == may_view, role


def test_matrix_is_complete():
    known = {name for name in permissions if name.endswith("_interestregister")}
    assert known == set(MATRIX)


def test_nobody_inactive_sees_or_may_anything():
    place = office()
    register = sent_register(place.declarant)
    place.inspector.is_active = False
    place.inspector.save()
    person = User.objects.get(pk=place.inspector.pk)

    assert not InterestRegister.objects.visible_to(person).exists()
    assert not any(person.has_perm(name, register) for name in MATRIX)


def test_officer_who_declares_is_checked_by_somebody_else():
    place = office()
    register = sent_register(place.officer)
    officer = User.objects.get(pk=place.officer.pk)

    assert not officer.has_perm("declarations.accept_interestregister", register)
    assert not InterestRegister.objects.to_check(officer).exists()


def test_queue_of_the_superior_is_empty_once_acknowledged():
    place = office()
    register = sent_register(place.declarant)
    superior = User.objects.get(pk=place.superior.pk)
    assert list(InterestRegister.objects.to_acknowledge(superior)) == [register]

    workflow.acknowledge(register, by=superior, proof=proof_of(superior))

    assert not InterestRegister.objects.to_acknowledge(superior).exists()
