"""F1: from the draft of a register to its acceptance, and to the one that renews it."""

import datetime
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.text import clean_text
from declarations import answers, drafts, states
from declarations.documents import signature, statement_content
from declarations.messages import registers as messages
from declarations.models import InterestRegister, SectionReturn
from declarations.services.configuration import read_version
from declarations.services.drafting import forget_revisions
from declarations.services.registers import (
    delta_of,
    limit_of_changes,
    locked_sections,
    write_interests,
)
from declarations.workflow.base import TransitionError, check_revision, lock, lock_row, move
from people.models import User
from people.proof import Proof
from statements import services as documents
from statements.states import SUPERSEDE

LONGEST_COMMENT = 500
DECLARANT, SUPERIOR = "declarant", "superior"


@transaction.atomic
def send(
    register: InterestRegister, *, by: User, proof: Proof, revision: int | None = None
) -> InterestRegister:
    """Sign what stands in `revision` and hand it to the officer of the OPD.

    The signature freezes the answers with what changed since the last accepted register. After
    a return the new document takes the place of the one that was sent back.
    """
    register = lock(register, states.REGISTER_SEND, by=by)
    check_revision(register, revision)
    form = read_version(register.form_version)
    cleaned = answers.clean_answers(form, register.draft)
    if not cleaned.is_valid:
        raise TransitionError(" ".join(item.message for item in cleaned.errors))
    _check_locked(register, locked_sections(register, form))
    delta = delta_of(register, form)
    write_interests(register, form, cleaned.values)
    former = register.document
    document = documents.issue(
        kind="F1",
        content=statement_content(
            form=form,
            version=register.form_version,
            draft=register.draft,
            person=by,
            post=register.post,
            opd=register.opd,
            difference=delta,
            data={
                "register": str(register.pk),
                "occasion": str(register.occasion),
                "draft": register.draft,
                "compared_with": register.previous.number if register.previous else None,
            },
        ),
        subject=by,
        opd=register.opd,
        year=register.year,
        title=form.title.id,
        signatures=[
            signature(form, DECLARANT, signer=by, post=register.post),
            signature(form, SUPERIOR),
        ],
        supersedes=former if former is not None and former.state in SUPERSEDE.sources else None,
        by=by,
        proof=proof,
    )
    now = timezone.now()
    move(
        register,
        states.REGISTER_SEND,
        by=by,
        document=document,
        sent_at=now,
        sent_by=by,
        is_nil=drafts.is_all_nil(register.draft, form),
        is_unchanged=delta is not None and delta.is_empty,
        acknowledged_at=None,
        acknowledged_by=None,
        data={"number": document.number},
    )
    register.returns.filter(resolved_at__isnull=True).update(resolved_at=now)
    forget_revisions(register)
    messages.tell_sent(register)
    return register


def _check_locked(register: InterestRegister, locked: frozenset[str]) -> None:
    """What was not sent back is what was signed before."""
    if not locked or register.document is None:
        return
    signed = register.document.data["data"]["draft"]
    if any(register.draft.get(key) != signed.get(key) for key in locked):
        raise TransitionError(_("Only the sections that were sent back may be changed."))


@transaction.atomic
def return_for_completion(
    register: InterestRegister, *, by: User, comments: Mapping[str, str]
) -> InterestRegister:
    """Send single sections back, each with what is missing in it; the others stay closed."""
    register = lock(register, states.REGISTER_RETURN, by=by)
    form = read_version(register.form_version)
    known = {section.key for section in form.sections}
    if not comments or not known.issuperset(comments):
        raise TransitionError(_("Mark at least one section and say what is missing."))
    number = (register.returns.aggregate(last=Max("round"))["last"] or 0) + 1
    SectionReturn.objects.bulk_create(
        SectionReturn(
            register=register,
            section=key,
            comment=_comment(text),
            round=number,
            returned_at=timezone.now(),
            returned_by=by,
        )
        for key, text in comments.items()
    )
    titles = [form.section(key).title.id for key in comments]
    move(register, states.REGISTER_RETURN, by=by, reason="; ".join(titles))
    messages.tell_returned(register, number)
    return register


def _comment(text: str) -> str:
    try:
        text = clean_text(text, multiline=True, limit=LONGEST_COMMENT)
    except ValidationError as error:
        raise TransitionError(" ".join(error.messages)) from error
    if not text:
        raise TransitionError(_("Say what is missing in each section that you send back."))
    return text


@transaction.atomic
def resume(register: InterestRegister, *, by: User) -> InterestRegister:
    """The declarant takes up what was sent back."""
    register = lock(register, states.REGISTER_RESUME, by=by)
    move(register, states.REGISTER_RESUME, by=by)
    return register


@transaction.atomic
def accept(register: InterestRegister, *, by: User) -> InterestRegister:
    """The register is complete: it holds from now on, and renews the one before it.

    A check of completeness only; it clears nobody of a conflict.
    """
    register = lock(register, states.REGISTER_ACCEPT, by=by)
    former = (
        InterestRegister.objects.select_for_update(of=("self",))
        .filter(declarant=register.declarant_id, state__in=states.REGISTER_RENEW.sources)
        .exclude(pk=register.pk)
        .order_by("-checked_at", "-pk")
    )
    latest = None
    for earlier in former:
        latest = latest or earlier
        move(earlier, states.REGISTER_RENEW, by=by, data={"renewed_by": str(register.pk)})
        _supersede_document(earlier, register, by=by)
    move(
        register,
        states.REGISTER_ACCEPT,
        by=by,
        checked_at=timezone.now(),
        checked_by=by,
        supersedes=latest,
    )
    messages.tell_accepted(register, within=limit_of_changes().in_words)
    return register


def _supersede_document(
    earlier: InterestRegister, register: InterestRegister, *, by: User
) -> None:
    document, successor = earlier.document, register.document
    if document is None or successor is None:
        return
    if document.state in SUPERSEDE.sources:
        documents.supersede(document, successor=successor, by=by)


@transaction.atomic
def acknowledge(register: InterestRegister, *, by: User, proof: Proof) -> InterestRegister:
    """The superior signs below ("Mengetahui"), in the same file."""
    register = lock_row(register)
    if not by.has_perm("declarations.acknowledge_interestregister", register):
        raise PermissionDenied
    if register.state not in ("sent", "accepted") or register.document is None:
        raise TransitionError(
            _("This is not possible any more; the state is now “%(state)s”.")
            % {"state": register.get_state_display()}
        )
    if register.acknowledged_at is not None:
        raise TransitionError(_("This register was acknowledged already."))
    documents.countersign(register.document, slot=SUPERIOR, by=by, proof=proof)
    register.acknowledged_at, register.acknowledged_by = timezone.now(), by
    register.save(update_fields=["acknowledged_at", "acknowledged_by", "updated_at"])
    record("interestregister.acknowledge", by=by, target=register)
    messages.tell_acknowledged(register)
    return register


@transaction.atomic
def withdraw(register: InterestRegister, *, by: User, reason: str = "") -> InterestRegister:
    """Before it was accepted: a draft is put away, a signed one is revoked before everybody."""
    register = lock(register, states.REGISTER_WITHDRAW, by=by)
    reason = clean_text(reason, multiline=True, limit=LONGEST_COMMENT)
    document = register.document
    if document is not None:
        if not reason:
            raise TransitionError(_("Say why you withdraw it."))
        documents.revoke(document, by=by, reason=reason)
    move(
        register,
        states.REGISTER_WITHDRAW,
        by=by,
        reason=reason,
        withdrawn_at=timezone.now(),
        withdrawn_by=by,
        withdrawal_reason=reason,
    )
    forget_revisions(register)
    return register


@transaction.atomic
def expire(register: InterestRegister, *, on: datetime.date) -> InterestRegister:
    """The yearly window ended without a new register (the system's own step)."""
    register = lock(register, states.REGISTER_EXPIRE, by=None)
    move(register, states.REGISTER_EXPIRE, by=None, data={"on": on.isoformat()})
    messages.tell_expired(register)
    return register
