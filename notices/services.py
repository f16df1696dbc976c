"""Telling people something, in the transaction of what happened."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from audit.services import record
from jobs.services import enqueue
from notices import emails, kinds
from notices.models import Email, Notice, Preference
from notices.states import Delivery, MailState
from people.prepared import prepared

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from people.models import User

OUR_PATH = re.compile(r"/(?:[^/\\\s][^\\\s]*)?")
UNREAD_SHOWN = 99
KEEP_EMAILS = datetime.timedelta(days=180)
KEEP_NOTICES = datetime.timedelta(days=730)


@transaction.atomic(savepoint=False)
def notify(
    user: User,
    *,
    kind: str,
    title: Any,
    body: Any = "",
    url: str = "",
    email: bool = True,
    dedupe_key: str = "",
) -> Notice:
    """Tell one person something; the e-mail goes out after the transaction commits.

    Texts may be lazy: they are turned into the recipient's language. The body says what
    happened and nothing that is confidential, since it also travels by mail. With a
    `dedupe_key` a person is told once: later calls return the first notice.
    """
    known_kind = kinds.get(kind)
    if url and not OUR_PATH.fullmatch(url):
        raise ValueError("A notice links to a page of the portal: a path such as /kabar/.")
    if dedupe_key and (told := _told(user, dedupe_key)):
        return told
    delivery = _delivery(user, known_kind) if email else Delivery.NEVER
    with translation.override(emails.language_of(user)):
        notice = Notice(
            recipient=user,
            kind=kind,
            title=emails.one_line(title),
            body=str(body),
            path=url[:300],
            dedupe_key=dedupe_key,
            wants_email=delivery != Delivery.NEVER,
        )
    try:
        with transaction.atomic(savepoint=bool(dedupe_key)):
            notice.save(force_insert=True)
    except IntegrityError:
        if dedupe_key and (told := _told(user, dedupe_key)):
            return told
        raise
    if delivery == Delivery.EACH:
        post(user, kind=kind, subject=notice.title, body=notice.body, url=url, notice=notice)
    return notice


def _told(user: User, dedupe_key: str) -> Notice | None:
    return Notice.objects.filter(recipient=user, dedupe_key=dedupe_key).first()


def _delivery(user: User, kind: kinds.Kind) -> str:
    if kind.is_mandatory:
        return Delivery.EACH
    preference = Preference.objects.filter(user=user).first()
    if preference is None:
        return Delivery.EACH
    return Delivery.NEVER if kind.name in preference.muted_kinds else preference.delivery


@transaction.atomic(savepoint=False)
def post(
    user: User, *, kind: str, subject: Any, body: Any, url: str = "", notice: Notice | None = None
) -> Email:
    """Put one e-mail into the outbox; a worker sends it after the commit."""
    has_address = bool(user.email) and user.is_active
    now = timezone.now()
    with translation.override(emails.language_of(user)):
        email = Email.objects.create(
            recipient=user,
            notice=notice,
            kind=kind,
            subject=emails.one_line(subject),
            body=str(body),
            path=url,
            state=MailState.QUEUED if has_address else MailState.SKIPPED,
            next_try_at=now if has_address else None,
            message_id=emails.new_message_id(),
        )
    if has_address:
        enqueue(emails.SEND, email.pk, priority=emails.PRIORITY.get(email.kind))
    return email


def unread_count(user: User) -> int:
    """For the header: one query over the index of unread notices, counted to 100 at most."""
    return _unread.count(user)


@prepared
def _unread(user: User) -> QuerySet:
    return Notice.objects.filter(recipient=user, read_at=None).values_list("pk")[
        : UNREAD_SHOWN + 1
    ]


@transaction.atomic
def mark_read(notice: Notice, *, by: User) -> None:
    if not by.has_perm("notices.view_notice", notice):
        raise PermissionDenied
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


@transaction.atomic
def mark_all_read(*, by: User) -> int:
    return Notice.objects.filter(recipient=by, read_at=None).update(read_at=timezone.now())


@transaction.atomic
def save_preference(*, by: User, delivery: str, muted_kinds: Collection[str]) -> Preference:
    """How `by` wants to be told; what is mandatory can't be muted."""
    muted = sorted({kind.name for kind in kinds.optional()} & set(muted_kinds))
    preference, _created = Preference.objects.update_or_create(
        user=by, defaults={"delivery": delivery, "muted_kinds": muted}
    )
    record("notice.preference", by=by, target=preference, delivery=delivery, muted=muted)
    return preference


@transaction.atomic
def send_digest(user: User, *, now: datetime.datetime) -> Email | None:
    """One e-mail with the titles of what came since the last one; none when nothing came."""
    preference = Preference.objects.select_for_update().get(user=user)
    since = preference.last_digest_at or now - datetime.timedelta(days=1)
    waiting = Notice.objects.filter(
        recipient=user, wants_email=True, email=None, created_at__gt=since, created_at__lte=now
    ).unread()
    titles = list(waiting.order_by("pk").values_list("title", flat=True)[:50])
    preference.last_digest_at = now
    preference.save(update_fields=["last_digest_at"])
    if not titles:
        return None
    with translation.override(emails.language_of(user)):
        subject = translation.ngettext(
            "%(count)s new notice", "%(count)s new notices", len(titles)
        ) % {"count": len(titles)}
        return post(
            user,
            kind="notices.digest",
            subject=subject,
            body="\n\n".join(f"• {title}" for title in titles),
            url="/kabar/",
        )


def clean_up(*, now: datetime.datetime) -> int:
    """Forget e-mails and notices past their time; the audit trail keeps what counts."""
    mails, _mails = Email.objects.filter(
        created_at__lt=now - KEEP_EMAILS, state__in=(MailState.SENT, *MailState.RETRYABLE)
    ).delete()
    notices, _notices = Notice.objects.filter(created_at__lt=now - KEEP_NOTICES).delete()
    return mails + notices
