"""Issuing, countersigning, revoking, opening, trying again."""

import datetime
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import AuditEvent
from jobs.models import Job
from people.models import Role
from statements import files, production, services
from statements.canonical import is_canonical
from statements.models import Document, NumberSeries
from statements.services import DocumentError, SignatureRequest
from statements.states import State
from tests.people.factories import OpdFactory, UserFactory, person_with
from tests.statements.factories import countersigned, issue, made, proof_of

pytestmark = pytest.mark.django_db


def test_issue_freezes_numbers_and_wakes_the_worker():
    opd = OpdFactory(code="99.02")

    document = issue(opd=opd)

    assert document.state == State.PENDING
    assert document.number == "F2/2026/99.02/000001"
    assert is_canonical(document.content.encode())
    assert json.loads(document.content)["number"] == document.number
    assert len(document.code) == 26
    assert [s.slot for s in document.signatures.all()] == ["declarant"]
    assert Job.objects.get().args == [str(document.pk)]
    events = AuditEvent.objects.filter(target_id=document.pk)
    actions = set(events.values_list("action", flat=True))
    assert actions == {"document.issue", "document.sign"}


def test_numbers_have_no_gaps_when_an_issue_is_rolled_back():
    opd = OpdFactory()
    issue(opd=opd)

    with transaction.atomic():
        issue(opd=opd)
        transaction.set_rollback(True)

    assert issue(opd=opd).number.endswith("/000002")
    assert NumberSeries.objects.get(opd=opd).last == 2


@pytest.mark.parametrize("minutes", [-1, 7, 600])
def test_a_proof_that_is_stale_or_of_the_future_is_refused(minutes):
    subject = UserFactory()
    proved_at = timezone.now() - datetime.timedelta(minutes=minutes)

    with pytest.raises(PermissionDenied):
        issue(subject=subject, proof=proof_of(subject, proved_at=proved_at))

    assert not Document.objects.exists()


def test_a_proof_of_somebody_else_is_refused():
    with pytest.raises(PermissionDenied):
        issue(proof=proof_of(UserFactory()))


def test_nobody_signs_for_somebody_else():
    with pytest.raises(PermissionDenied):
        issue(by=UserFactory(), signatures=[SignatureRequest("declarant", signer=UserFactory())])


def test_superseding_happens_with_the_issue():
    old = made(issue())

    new = issue(subject=old.subject, supersedes=old)

    old.refresh_from_db()
    assert (old.state, old.superseded_by) == (State.SUPERSEDED, old.subject)
    assert old.successor == new
    assert new.data["supersedes"] == old.number


def test_a_document_is_superseded_once():
    old = made(issue())
    issue(subject=old.subject, supersedes=old)

    with pytest.raises(DocumentError):
        issue(subject=old.subject, supersedes=old)


def test_countersign_adds_the_next_signature():
    document = made(issue(slots=2))
    superior = UserFactory()

    document = countersigned(document, by=superior)

    signatures = list(document.signatures.all())
    assert [s.state for s in signatures] == ["signed", "signed"]
    assert signatures[1].signer == superior
    assert [r.number for r in document.revisions.all()] == [0, 1, 2]


def test_countersign_before_the_first_file_is_made_still_gives_both():
    document = issue(slots=2)

    document = countersigned(document)

    assert document.state == State.SIGNED
    assert document.revisions.count() == 3


@pytest.mark.parametrize(
    ("slots", "slot"), [(1, "superior"), (2, "declarant"), (3, "head"), (2, "nobody")]
)
def test_countersign_refuses_what_is_not_the_next_place(slots, slot):
    document = issue(slots=slots)
    other = UserFactory()

    with pytest.raises(DocumentError):
        services.countersign(document, slot=slot, by=other, proof=proof_of(other))


def test_nobody_signs_twice():
    document = issue(slots=2)

    with pytest.raises(DocumentError):
        services.countersign(
            document, slot="superior", by=document.subject, proof=proof_of(document.subject)
        )


def test_a_named_place_is_only_for_the_person_named():
    subject, named, other = UserFactory(), UserFactory(), UserFactory()
    places = [
        SignatureRequest("declarant", signer=subject),
        SignatureRequest("superior", signer=named),
    ]
    document = issue(subject=subject, slots=2, signatures=places)

    with pytest.raises(PermissionDenied):
        services.countersign(document, slot="superior", by=other, proof=proof_of(other))
    services.countersign(document, slot="superior", by=named, proof=proof_of(named))


def test_revoke_needs_a_reason_and_happens_once():
    document = made(issue())

    with pytest.raises(DocumentError):
        services.revoke(document, by=document.subject, reason="  ")
    services.revoke(document, by=document.subject, reason="Salah pihak")
    with pytest.raises(DocumentError):
        services.revoke(document, by=document.subject, reason="Lagi")

    document.refresh_from_db()
    assert (document.state, document.revocation_reason) == (State.REVOKED, "Salah pihak")
    assert AuditEvent.objects.get(action="document.revoke").data["reason"] == "Salah pihak"


def test_open_by_the_subject_is_no_event_by_another_it_is():
    superior = UserFactory()
    document = countersigned(made(issue(slots=2)), by=superior)

    data = services.open_document(document, by=document.subject)
    assert data.startswith(b"%PDF-")
    assert not AuditEvent.objects.filter(action="document.download").exists()

    services.open_document(document, by=superior)
    assert AuditEvent.objects.get(action="document.download").actor_id == superior.pk


def test_open_refuses_strangers_and_unfinished_documents():
    document = issue()

    with pytest.raises(DocumentError):
        services.open_document(document, by=document.subject)
    with pytest.raises(PermissionDenied):
        services.open_document(made(document), by=UserFactory())


def test_open_refuses_a_damaged_file():
    document = made(issue())
    path = files.documents_storage().path(files.file_name(document.file_sha256))
    with open(path, "ab") as file:  # noqa: PTH123 -- a test damages it on purpose
        file.write(b" ")

    with pytest.raises(files.DamagedFileError):
        services.open_document(document, by=document.subject)


def test_retry_is_for_the_system_administrator_only():
    document = issue()
    production.note_failure(document.pk, error="NoSigningKey")
    document.refresh_from_db()
    assert (document.state, document.failure) == (State.FAILED, "NoSigningKey")

    with pytest.raises(PermissionDenied):
        services.retry_document(document, by=document.subject)
    administrator = person_with(Role.SYSTEM_ADMINISTRATOR)
    document = services.retry_document(document, by=administrator)

    assert document.state == State.PENDING
    assert made(document).state == State.SIGNED


def test_the_database_keeps_what_was_frozen():
    document = made(issue())
    for change in (
        {"content": "{}"},
        {"number": "F2/2026/X/000009"},
        {"title": "Lain"},
        {"state": State.PENDING},
        {"file_sha256": "", "file_size": None},
        {"base_sha256": "a" * 64},
        {"code": "A" * 26},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**change)
    for rows in (
        document.revisions,
        document.signatures,
        Document.objects.filter(pk=document.pk),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        document.signatures.update(certificate_serial="ab")


def test_a_later_document_takes_the_place_when_its_app_says_so():
    old = made(issue())
    new = made(issue(subject=old.subject))

    services.supersede(old, successor=new, by=old.subject)

    old.refresh_from_db()
    assert old.state == State.SUPERSEDED
    assert AuditEvent.objects.get(action="document.supersede").data["successor"] == new.number
    for other in (made(issue()), new):
        with pytest.raises((ValueError, DocumentError)):
            services.supersede(new, successor=other, by=new.subject)
