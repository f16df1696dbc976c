"""Issued documents; a bare call gives one of one signature, still to be made."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from people.models import User
from people.proof import Proof
from statements import production, services
from statements.models import Document
from statements.services import SignatureRequest
from tests.people.factories import OpdFactory, UserFactory
from tests.statements.samples import content

SLOTS = ("declarant", "superior", "head")


def proof_of(user: User, **changes: Any) -> Proof:
    values = {"user_id": user.pk, "method": "password", "proved_at": timezone.now(), **changes}
    return Proof(**values)


def issue(*, subject: User | None = None, slots: int = 1, **changes: Any) -> Document:
    """A document as an upper app issues it; the worker has not come by yet."""
    subject = subject or UserFactory()
    by = changes.pop("by", subject)
    opd = changes.pop("opd", None) or OpdFactory()
    body = content(slots=slots, name=subject.full_name, **changes.pop("content", {}))
    for key in ("opd", "letterhead"):
        body.pop(key)
    captions = [item["caption"] for item in body.pop("signatures")]
    requests = [
        SignatureRequest(slot=slot, signer=subject if number == 0 else None, caption=caption)
        for number, (slot, caption) in enumerate(zip(SLOTS, captions, strict=False))
    ]
    values = {
        "kind": "F2",
        "content": body,
        "subject": subject,
        "opd": opd,
        "year": 2026,
        "title": "Pernyataan Bebas Konflik Kepentingan",
        "signatures": requests,
        "by": by,
        "proof": proof_of(by),
        **changes,
    }
    with transaction.atomic():
        return services.issue(**values)


def made(document: Document) -> Document:
    """The document after the worker came by."""
    return production.render_and_sign(document.pk)


def countersigned(document: Document, slot: str = "superior", by: User | None = None) -> Document:
    by = by or UserFactory()
    services.countersign(document, slot=slot, by=by, proof=proof_of(by))
    return made(document)
