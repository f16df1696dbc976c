"""Everything that writes the register of documents.

    document = issue(kind="F2", content=…, subject=user, opd=opd, year=2026, title="…",
                     signatures=[SignatureRequest(slot="declarant", signer=user)],
                     supersedes=None, by=user, proof=fresh_proof(request))

All run in the caller's transaction. The worker then makes the file (`statements.production`).
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from statements import files
from statements.canonical import canonical_json, digest
from statements.contents import check_content
from statements.models import Document, NumberSeries, Signature
from statements.states import RETRY, REVOKE, SUPERSEDE, SignatureState, State, Transition

if TYPE_CHECKING:
    from people.models import Opd, User
    from people.proof import Proof

SCHEMA = "coi-statement/1"
MAX_SLOTS = 3
# A form that is checked and frozen may outlive the proof by a moment, not by more.
PROOF_GRACE = datetime.timedelta(minutes=1)


class DocumentError(Exception):
    """The document can't take this step now; the text is for the user."""


@dataclass(frozen=True, slots=True)
class SignatureRequest:
    """A place on the paper and who signs there; the first signs now, the others later."""

    slot: str
    signer: User | None = None
    caption: str = ""
    name: str = ""
    nip: str = ""
    post: str = ""

    def as_content(self) -> dict[str, str]:
        signer = self.signer
        return {
            "slot": self.slot,
            "caption": self.caption,
            "name": self.name or (signer.full_name if signer else ""),
            "nip": self.nip or (signer.nip if signer else ""),
            "post": self.post,
        }


@transaction.atomic
def issue(
    *,
    kind: str,
    content: dict[str, Any],
    subject: User,
    opd: Opd,
    year: int,
    title: str,
    signatures: list[SignatureRequest],
    by: User,
    proof: Proof,
    supersedes: Document | None = None,
) -> Document:
    """Freeze what is signed, number it, note the first signature and wake the worker."""
    check_proof(proof, by=by)
    first = signatures[0]
    if first.signer is not None and first.signer.pk != by.pk:
        raise PermissionDenied
    document = Document(
        kind=kind,
        number=_next_number(kind=kind, year=year, opd=opd),
        title=title,
        subject=subject,
        opd=opd,
        year=year,
        supersedes=supersedes,
        created_at=timezone.now(),
        created_by=by,
    )
    if supersedes is not None:
        supersede(supersedes, successor=document, by=by)
    whole = _whole_content(document, content, signatures)
    check_content(whole)
    document.content = canonical_json(whole)
    document.content_sha256 = digest(document.content)
    document.save(force_insert=True)
    record("document.issue", by=by, target=document, kind=kind, sha256=document.content_sha256)
    _request_signature(document, slot=first.slot, by=by, proof=proof)
    _wake_worker(document)
    return document


@transaction.atomic
def countersign(document: Document, *, slot: str, by: User, proof: Proof) -> Signature:
    """The next person's signature in the same file; the first ones stay valid."""
    check_proof(proof, by=by)
    document = lock(document)
    if document.state not in (State.PENDING, State.SIGNED, State.FAILED):
        raise _wrong_state(document)
    if slot not in document.slots:
        raise DocumentError(_("This document has no place for that signature."))
    if document.signatures.filter(slot=slot).exists():
        raise DocumentError(_("This place is signed already."))
    if document.awaited_slots[0] != slot:
        raise DocumentError(_("Somebody else signs before you."))
    if document.signatures.filter(signer=by).exists():
        raise DocumentError(_("You have signed this document already."))
    named = _slot_of(document, slot)
    if named.get("nip") and named["nip"] != by.nip:
        raise PermissionDenied
    signature = _request_signature(document, slot=slot, by=by, proof=proof)
    _wake_worker(document)
    return signature


@transaction.atomic
def revoke(document: Document, *, by: User, reason: str) -> Document:
    """Say before everybody that the statement does not hold; the file stays readable.

    Who may revoke is the business of the app that issued the document.
    """
    document = lock(document)
    reason = reason.strip()
    if not reason:
        raise DocumentError(_("Say why the document is revoked."))
    move(
        document,
        REVOKE,
        by=by,
        revoked_at=timezone.now(),
        revoked_by=by,
        revocation_reason=reason[:500],
        failure="",
    )
    return document


@transaction.atomic
def supersede(document: Document, *, successor: Document, by: User) -> Document:
    """A later document takes the place of this one, when its app says so (on acceptance, say).

    A correction that replaces at once is given to `issue(supersedes=…)` instead.
    """
    document = lock(document)
    if (document.kind, document.subject_id) != (successor.kind, successor.subject_id):
        raise ValueError("A document supersedes one of the same kind and person.")
    if document.pk == successor.pk:
        raise ValueError("A document does not supersede itself.")
    move(
        document,
        SUPERSEDE,
        by=by,
        superseded_at=timezone.now(),
        superseded_by=by,
        failure="",
        note={"successor": successor.number},
    )
    return document


@transaction.atomic
def retry_document(document: Document, *, by: User | None) -> Document:
    """Try again to make the file (`by=None`: the portal itself)."""
    document = lock(document)
    if by is not None and not by.has_perm("statements.retry_document", document):
        raise PermissionDenied
    failed = document.signatures.filter(state=SignatureState.FAILED)
    if document.state == State.FAILED:
        failed.update(state=SignatureState.REQUESTED)
        move(document, RETRY, by=by, failure="")
    elif document.state == State.SIGNED and failed.update(state=SignatureState.REQUESTED):
        record("document.retry", by=by, target=document)
    else:
        raise DocumentError(_("There is nothing to try again with this document."))
    _wake_worker(document)
    return document


@transaction.atomic
def open_document(document: Document, *, by: User) -> bytes:
    """The signed PDF for `by`; a reading by another than the subject is an event."""
    if not by.has_perm("statements.download_document", document):
        raise PermissionDenied
    if not document.is_ready:
        raise DocumentError(_("The document is still being prepared."))
    data = files.load(document.file_sha256)
    if by.pk != document.subject_id:
        record("document.download", by=by, target=document, sha256=document.file_sha256)
    return data


def check_proof(proof: Proof, *, by: User) -> None:
    """A signature needs a fresh proof of the very person who signs."""
    limit = datetime.timedelta(minutes=settings.PROOF_MINUTES) + PROOF_GRACE
    age = timezone.now() - proof.proved_at
    if proof.user_id != by.pk or not datetime.timedelta() <= age <= limit or not by.is_active:
        raise PermissionDenied


def _next_number(*, kind: str, year: int, opd: Opd) -> str:
    """One upwards in the series; the row stays locked until the caller's transaction ends."""
    key = {"kind": kind, "year": year, "opd": opd}
    NumberSeries.objects.bulk_create([NumberSeries(**key)], ignore_conflicts=True)
    NumberSeries.objects.filter(**key).update(last=F("last") + 1)
    last = NumberSeries.objects.values_list("last", flat=True).get(**key)
    return f"{kind}/{year}/{opd.code}/{last:06d}"


def _whole_content(
    document: Document, content: dict[str, Any], signatures: list[SignatureRequest]
) -> dict[str, Any]:
    """The form's content with what only the register knows."""
    slots = content.get("signatures") or [item.as_content() for item in signatures]
    names = [item["slot"] for item in slots]
    if names != [item.slot for item in signatures] or len(set(names)) != len(names):
        raise ValueError("The places on the paper are not those of the signatures.")
    if not 1 <= len(names) <= MAX_SLOTS:
        raise ValueError(f"A document has 1 to {MAX_SLOTS} signatures.")
    return {
        "legal_basis": [],
        "statement": [],
        "classification": None,
        "language": "id",
        "date": timezone.localdate().isoformat(),
        "place": settings.PROVINCE["place"],
        "letterhead": {
            "province": settings.PROVINCE["name"],
            "address": settings.PROVINCE["address"],
        },
        "opd": {"code": document.opd.code, "name": document.opd.name},
        **content,
        "schema": SCHEMA,
        "kind": document.kind,
        "title": content.get("title") or document.title,
        "number": document.number,
        "document": str(document.pk),
        "supersedes": document.supersedes.number if document.supersedes else None,
        "signatures": slots,
    }


def _request_signature(document: Document, *, slot: str, by: User, proof: Proof) -> Signature:
    named = _slot_of(document, slot)
    signature = Signature.objects.create(
        document=document,
        slot=slot,
        order=document.slots.index(slot),
        signer=by,
        name=by.full_name,
        nip=by.nip,
        post=named.get("post", ""),
        organisation=document.data["opd"]["name"],
        proof_method=proof.method,
        proved_at=proof.proved_at,
        requested_at=timezone.now(),
    )
    record("document.sign", by=by, target=document, slot=slot, proof=proof.method)
    return signature


def _slot_of(document: Document, slot: str) -> dict[str, str]:
    return next(item for item in document.data["signatures"] if item["slot"] == slot)


def _wake_worker(document: Document) -> None:
    from statements.tasks import render_and_sign  # noqa: PLC0415 -- tasks stand above services

    render_and_sign.enqueue(str(document.pk))


def lock(document: Document | uuid.UUID | str) -> Document:
    """The row as it is now, held until the transaction ends."""
    return Document.objects.select_for_update(of=("self",)).get(
        pk=getattr(document, "pk", document)
    )


def _wrong_state(document: Document) -> DocumentError:
    return DocumentError(
        _("This document is %(state)s now.") % {"state": document.get_state_display().lower()}
    )


def move(
    document: Document,
    transition: Transition,
    *,
    by: User | None,
    note: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    if document.state not in transition.sources:
        raise _wrong_state(document)
    before = document.state
    for field, value in changes.items():
        setattr(document, field, value)
    document.state = transition.target
    document.save(update_fields=["state", *changes])
    record(
        f"document.{transition.name}",
        by=by,
        target=document,
        before=str(before),
        after=str(transition.target),
        reason=document.revocation_reason if transition is REVOKE else "",
        **(note or {}),
    )
