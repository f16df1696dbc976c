"""The way of one e-mail through the outbox.

Each step is a transaction of its own: the mail server stands between "being sent" and
"sent", and no transaction spans it. A worker that dies there leaves the mail "being sent";
the sweep sends it again after a while under the same Message-ID.
"""

from __future__ import annotations

import datetime
import smtplib
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from jobs import errors
from jobs.services import enqueue
from notices import emails
from notices.models import Email
from notices.states import MailState
from people.services import ServiceError

if TYPE_CHECKING:
    from people.models import User

SEND = emails.SEND
LONGEST_SENDING = datetime.timedelta(minutes=5)
# Minutes until the next try, about a day and a half altogether; then the mail is dead.
DELAYS = (1, 5, 15, 60, 180, 360, 720, 720)


class TransitionError(Exception):
    """The e-mail can't take this step now; the text is for the user."""


def deliver(email_id: int) -> None:
    """Send one e-mail if it is due; safe to run twice and from two workers at once."""
    email = _begin(email_id)
    if email is None:
        return
    try:
        emails.send(email)
    except (smtplib.SMTPException, OSError, ValueError, ServiceError) as error:
        _fail(email, error)
    else:
        _finish(email)


@transaction.atomic
def _begin(email_id: int) -> Email | None:
    email = (
        Email.objects.select_for_update(of=("self",))
        .select_related("recipient")
        .filter(pk=email_id, state__in=MailState.OPEN)
        .first()
    )
    now = timezone.now()
    if email is None or email.next_try_at > now:
        return None
    if not email.recipient.email or not email.recipient.is_active:
        email.state, email.next_try_at = MailState.SKIPPED, None
    else:
        email.state, email.next_try_at = MailState.SENDING, now + LONGEST_SENDING
        email.tries += 1
    email.save(update_fields=["state", "next_try_at", "tries"])
    return email if email.state == MailState.SENDING else None


@transaction.atomic
def _finish(email: Email) -> None:
    Email.objects.filter(pk=email.pk, state=MailState.SENDING).update(
        state=MailState.SENT, sent_at=timezone.now(), next_try_at=None, last_error=""
    )


@transaction.atomic
def _fail(email: Email, error: Exception) -> None:
    is_dead = _is_permanent(error) or email.tries > len(DELAYS)
    next_try_at = None
    if not is_dead:
        next_try_at = timezone.now() + datetime.timedelta(minutes=DELAYS[email.tries - 1])
        enqueue(SEND, email.pk, run_at=next_try_at)
    Email.objects.filter(pk=email.pk, state=MailState.SENDING).update(
        state=MailState.DEAD if is_dead else MailState.FAILED,
        next_try_at=next_try_at,
        last_error=_in_words(error),
    )


def _in_words(error: Exception) -> str:
    return (
        str(error)
        if isinstance(error, ServiceError)
        else errors.scrub(f"{type(error).__name__}: {error}")
    )


def _is_permanent(error: Exception) -> bool:
    """The mail server refused for good, or the message can't be written (any more)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
    return isinstance(error, ValueError | ServiceError)


@transaction.atomic
def retry(email: Email, *, by: User) -> Email:
    """Send a mail again that was given up, say after its address was corrected."""
    email = Email.objects.select_for_update(of=("self",)).get(pk=email.pk)
    if not by.has_perm("notices.retry_email", email):
        raise PermissionDenied
    if email.state not in MailState.RETRYABLE:
        raise TransitionError(_("Only an e-mail that was not delivered can be sent again."))
    email.state, email.tries, email.next_try_at = MailState.QUEUED, 0, timezone.now()
    email.save(update_fields=["state", "tries", "next_try_at"])
    enqueue(SEND, email.pk)
    record("email.retry", by=by, target=email, recipient=str(email.recipient_id))
    return email


def sweep(*, now: datetime.datetime) -> int:
    """Enqueue again what should have been sent by now; the number of e-mails."""
    overdue = Email.objects.overdue(now=now, by=datetime.timedelta(minutes=2))
    ids = list(overdue.order_by("next_try_at").values_list("pk", flat=True)[:1_000])
    for email_id in ids:
        enqueue(SEND, email_id)
    return len(ids)
