"""What people do with a flag: dismiss it, confirm it, ask the declarant, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import record
from declarations.workflow.base import TransitionError, lock_row
from notices.services import notify
from review.flag_states import FlagState
from review.models import Flag, FlagReply

if TYPE_CHECKING:
    from people.models import User

ASKED = "review.flag_question"


@transaction.atomic
def dismiss(flag: Flag, *, by: User, reason: str, seen: str = "") -> Flag:
    """Nothing to it. It stays dismissed until its facts change.

    `seen` is the fingerprint that the page showed: nobody judges what they have not seen.
    """
    flag = _hold(flag, by=by, reason=reason, seen=seen)
    return _judge(
        flag,
        FlagState.DISMISSED,
        by=by,
        reason=reason,
        dismissed_at=timezone.now(),
        dismissed_by=by,
        dismissed_reason=reason,
        dismissed_fingerprint=flag.fingerprint,
    )


@transaction.atomic
def confirm(flag: Flag, *, by: User, reason: str, seen: str = "") -> Flag:
    """There is something to it; it goes on counting."""
    flag = _hold(flag, by=by, reason=reason, seen=seen)
    return _judge(
        flag,
        FlagState.CONFIRMED,
        by=by,
        reason=reason,
        confirmed_at=timezone.now(),
        confirmed_by=by,
        confirmed_reason=reason,
    )


def _hold(flag: Flag, *, by: User, reason: str, seen: str) -> Flag:
    flag = lock_row(flag)
    if not by.has_perm("review.judge_flag", flag):
        raise PermissionDenied
    if flag.state != FlagState.OPEN:
        raise TransitionError(
            _("This is not possible any more; the state is now “%(state)s”.")
            % {"state": flag.get_state_display()}
        )
    if seen and seen != flag.fingerprint:
        raise TransitionError(_("The facts changed while you were reading; look at it again."))
    if not reason.strip():
        raise TransitionError(_("Give a reason."))
    return flag


def _judge(flag: Flag, state: FlagState, *, by: User, reason: str, **fields: Any) -> Flag:
    for name, value in fields.items():
        setattr(flag, name, value)
    flag.state = state
    flag.save(update_fields=["state", *fields])
    name = "dismiss" if state == FlagState.DISMISSED else "confirm"
    record(f"flag.{name}", by=by, target=flag, rule=flag.rule, reason=reason)
    return flag


@transaction.atomic
def ask(flag: Flag, *, by: User, question: str) -> FlagReply:
    """Ask the declarant; the constraint settles two questions at once."""
    flag = lock_row(flag)
    if not by.has_perm("review.judge_flag", flag):
        raise PermissionDenied
    if flag.subject is None:
        raise TransitionError(_("This flag is about an OPD: there is nobody to ask."))
    try:
        with transaction.atomic():
            reply = FlagReply.objects.create(
                flag=flag,
                addressee=flag.subject,
                question=question,
                asked_at=timezone.now(),
                asked_by=by,
            )
    except IntegrityError as error:
        raise TransitionError(_("A question on this flag waits for an answer already.")) from error
    notify(
        flag.subject,
        kind=ASKED,
        title=gettext_lazy("The Inspectorate asks you something"),
        body=gettext_lazy("You have the right to answer. Log in to the portal to read it."),
        url=reply.get_absolute_url(),
        dedupe_key=f"{ASKED}:{reply.pk}",
    )
    record("flag.ask", by=by, target=flag)
    return reply


@transaction.atomic
def answer(reply: FlagReply, *, by: User, text: str) -> FlagReply:
    """The declarant's words, once; a second window is told so."""
    reply = lock_row(reply)
    if not by.has_perm("review.answer_flagreply", reply):
        raise PermissionDenied
    if reply.answered_at is not None:
        raise TransitionError(_("You have answered this question already."))
    reply.answer, reply.answered_at, reply.answered_by = text, timezone.now(), by
    reply.save(update_fields=["answer", "answered_at", "answered_by"])
    record("flag.answer", by=by, target=reply.flag)
    return reply
