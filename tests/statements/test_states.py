"""The database accepts a change of state exactly when the table has it; who may what."""

import itertools

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from people.models import Role
from statements import production, services
from statements.models import Document, Signature
from statements.states import EDGES, SIGNATURE_EDGES, SignatureState, State
from tests.people.factories import UserFactory, person_with
from tests.statements.factories import issue, made, proof_of

pytestmark = pytest.mark.django_db


def in_state(state, document=None):
    """A document whose row is as the state wants it; no file is made."""
    document = document or issue()
    if state == State.FAILED:
        production.note_failure(document.pk, error="x")
    if state in (State.SIGNED, State.SUPERSEDED, State.REVOKED):
        changes = {"state": State.SIGNED, **facts_of(State.SIGNED, document)}
        Document.objects.filter(pk=document.pk).update(**changes)
        document.refresh_from_db()
    if state == State.SUPERSEDED:
        issue(subject=document.subject, supersedes=document)
    if state == State.REVOKED:
        services.revoke(document, by=document.subject, reason="x")
    document.refresh_from_db()
    assert document.state == state
    return document


def facts_of(target, document):
    """What else must be true in the target state, so that only the edge decides."""
    now, by = timezone.now(), document.created_by
    facts = {"failure": "", "revoked_at": None, "revoked_by": None, "revocation_reason": ""}
    if target == State.SIGNED and not document.is_ready:
        facts |= {"signed_at": now, "signed_by": by, "file_sha256": "a" * 64, "file_size": 9}
        facts |= {"base_sha256": "b" * 64, "base_size": 8}
    if target == State.SUPERSEDED:
        facts |= {"superseded_at": now, "superseded_by": by}
    if target == State.REVOKED:
        facts |= {"revoked_at": now, "revoked_by": by, "revocation_reason": "x"}
    return facts


@pytest.mark.parametrize(("source", "target"), list(itertools.product(State.values, State.values)))
def test_the_database_knows_the_edges(source, target):
    document = in_state(source)
    if source == target:
        return
    changes = {"state": target, **facts_of(target, document)}

    try:
        with transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**changes)
    except DatabaseError:
        accepted = False
    else:
        accepted = True

    assert accepted == ((source, target) in EDGES)


@pytest.mark.parametrize(
    ("source", "target"), list(itertools.permutations(SignatureState.values, 2))
)
def test_the_database_knows_the_edges_of_a_signature(source, target):
    document = issue()
    if source == "signed":
        made(document)
    elif source == "failed":
        production.note_failure(document.pk, error="x")
    changes = {"state": target}
    if target == "signed":
        changes |= {"signed_at": timezone.now(), "certificate_serial": "ab"}
        changes |= {"certificate_pem": "x"}

    try:
        with transaction.atomic():
            Signature.objects.filter(document=document).update(**changes)
    except DatabaseError:
        accepted = False
    else:
        accepted = True

    assert accepted == ((source, target) in SIGNATURE_EDGES)


VIEW, LOAD = "statements.view_document", "statements.download_document"
RETRY, LIST = "statements.retry_document", "statements.list_failed_documents"
MATRIX = {
    "subject": {VIEW, LOAD},
    "signer": {VIEW, LOAD},
    "stranger": set(),
    "inspector": set(),
    "administrator": {RETRY, LIST},
}


@pytest.mark.parametrize("state", [State.PENDING, State.SIGNED, State.REVOKED])
@pytest.mark.parametrize("role", sorted(MATRIX))
def test_matrix(role, state):
    signer = UserFactory()
    document = issue(slots=2)
    services.countersign(document, slot="superior", by=signer, proof=proof_of(signer))
    document = Document.objects.get(pk=in_state(state, document).pk)
    user = {
        "subject": lambda: document.subject,
        "signer": lambda: signer,
        "stranger": UserFactory,
        "inspector": lambda: person_with(Role.INSPECTOR),
        "administrator": lambda: person_with(Role.SYSTEM_ADMINISTRATOR),
    }[role]()

    allowed = {name for name in (VIEW, LOAD, RETRY, LIST) if user.has_perm(name, document)}

    assert allowed == MATRIX[role]
    listed = Document.objects.visible_to(user).filter(pk=document.pk).exists()
    assert listed == (VIEW in allowed)


def test_a_person_who_left_sees_nothing():
    document = made(issue())
    document.subject.is_active = False
    document.subject.save(update_fields=["is_active"])

    assert not document.subject.has_perm(VIEW, document)
    assert not Document.objects.visible_to(document.subject).exists()
