"""From a frozen content to a signed file: what the worker does.

Files are written before the rows that name them, in one transaction that holds the
document's row. A crash anywhere leaves files that nothing names, or everything; a second run
finds nothing to do.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from audit.services import record
from statements import files, pdf, signers
from statements.models import Document, Revision, Signature
from statements.services import lock, move
from statements.states import FAIL, SIGN, SignatureState, State


@transaction.atomic
def render_and_sign(
    document_id: uuid.UUID | str, *, signer: signers.Signer | None = None
) -> Document:
    """Put every signature that was asked for into the file; safe to run twice."""
    document = lock(document_id)
    waiting = [
        signature
        for signature in document.signatures.select_related("signer")
        if signature.state != SignatureState.SIGNED
    ]
    if not waiting or document.state in (State.SUPERSEDED, State.REVOKED):
        return document
    signer = signer or signers.default_signer()  # raises without a key: nothing goes out unsigned
    current = _base(document, signer)
    for signature in waiting:
        current = _add_signature(document, signature, current, signer)
    if document.state == State.SIGNED:
        document.save(update_fields=["file_sha256", "file_size"])
    else:
        first = document.signatures.select_related("signer").get(order=0)
        move(
            document,
            SIGN,
            by=None,
            signed_at=first.signed_at,
            signed_by=first.signer,
            file_sha256=document.file_sha256,
            file_size=document.file_size,
            base_sha256=document.base_sha256,
            base_size=document.base_size,
            failure="",
            note={"sha256": document.file_sha256},
        )
    return document


@transaction.atomic
def note_failure(document_id: uuid.UUID | str, *, error: str) -> None:
    """The last try failed: show it as failed, until somebody or the portal tries again."""
    document = lock(document_id)
    requested = document.signatures.filter(state=SignatureState.REQUESTED)
    if not requested.exists():
        return
    if document.state == State.PENDING:
        move(document, FAIL, by=None, failure=error[:200], note={"error": error[:200]})
    elif document.state == State.SIGNED:
        record("document.fail", by=None, target=document, error=error[:200])
    else:
        return
    requested.update(state=SignatureState.FAILED)


def _base(document: Document, signer: signers.Signer) -> bytes:
    """The newest file so far; the unsigned one is rendered and kept first."""
    if document.file_sha256:
        return files.load(document.file_sha256)
    data = pdf.render(
        document.content,
        code=document.code,
        created_at=document.created_at,
        footer=signer.footer,
    )
    document.base_sha256, document.base_size = files.store(data), len(data)
    Revision.objects.create(
        document=document,
        number=0,
        sha256=document.base_sha256,
        size=len(data),
        created_at=timezone.now(),
    )
    return data


def _add_signature(
    document: Document, signature: Signature, current: bytes, signer: signers.Signer
) -> bytes:
    slots = document.slots
    seal = signer.sign(
        current,
        signers.SigningOrder(
            slot=signature.slot,
            name=signature.name,
            nip=signature.nip,
            post=signature.post,
            organisation=signature.organisation,
            is_first=signature.slot == slots[0],
            is_last=signature.slot == slots[-1],
        ),
    )
    document.file_sha256, document.file_size = files.store(seal.pdf), len(seal.pdf)
    signature.state = SignatureState.SIGNED
    signature.signed_at = seal.signed_at
    signature.certificate_serial = seal.certificate_serial
    signature.certificate_pem = seal.certificate_pem
    signature.save(update_fields=["state", "signed_at", "certificate_serial", "certificate_pem"])
    Revision.objects.create(
        document=document,
        number=signature.order + 1,
        sha256=document.file_sha256,
        size=document.file_size,
        signature=signature,
        created_at=timezone.now(),
    )
    record(
        "document.seal",
        by=signature.signer,
        target=document,
        slot=signature.slot,
        sha256=document.file_sha256,
        certificate=seal.certificate_serial,
    )
    return seal.pdf
