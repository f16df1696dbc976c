"""F3: beginning a declaration or its correction, the clock, what happened so far."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import drafts
from declarations.models import (
    Attachment,
    ConflictDeclaration,
    DataRequest,
    FormVersion,
    HandlerChange,
)
from declarations.services import attachments, limits
from declarations.services.configuration import bare_version, form_in_use
from declarations.states import ConflictState
from people import calendar
from people.models import User

CODE = "F3"
SENDING = "SLA_KIRIM_DEKLARASI"


class ConflictError(Exception):
    """Not possible now; the text is for the user."""


# --- Beginning -------------------------------------------------------------------------------


@transaction.atomic
def start_conflict(*, by: User) -> ConflictDeclaration:
    """An empty draft; one that was begun and never touched is taken again."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    version = form_in_use(CODE)
    untouched = ConflictDeclaration.objects.open().filter(
        declarant=by, revision=0, draft={}, origin__isnull=True, supersedes__isnull=True
    )
    if found := untouched.filter(form_version=version).first():
        return found
    return _create(by=by, version=version)


@transaction.atomic
def start_correction(conflict: ConflictDeclaration, *, by: User) -> ConflictDeclaration:
    """A draft with the answers and files of the one that was sent; the open one if there is one.

    The one that was sent runs on until the correction is sent in its place.
    """
    locked = ConflictDeclaration.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    if locked.declarant_id != by.pk:
        raise PermissionDenied
    if locked.state not in ConflictState.AWAITING_DECISION:
        raise ConflictError(
            _("It can be corrected until the superior has decided; afterwards begin a new one.")
        )
    if found := ConflictDeclaration.objects.filter(supersedes=locked).first():
        return found
    version = form_in_use(CODE)
    draft, _left = drafts.carry_over(locked.draft, bare_version(version))
    correction = _create(by=by, version=version, draft=draft, supersedes=locked)
    _copy_files(locked, correction)
    return correction


def _create(*, by: User, version: FormVersion, **values: Any) -> ConflictDeclaration:
    standing = by.standing
    if standing.post is None:
        raise ConflictError(_("You hold no post today, so there is no superior to declare to."))
    conflict = ConflictDeclaration.objects.create(
        declarant=by,
        opd=standing.post.opd,
        post=standing.post,
        year=timezone.localdate().year,
        form_version=version,
        **values,
    )
    former = values.get("supersedes")
    record(
        "conflictdeclaration.create",
        by=by,
        target=conflict,
        **({"corrects": str(former.pk)} if former else {}),
    )
    return conflict


def _copy_files(former: ConflictDeclaration, correction: ConflictDeclaration) -> None:
    """The same stored files under new rows; one is deleted when no row names it any more."""
    Attachment.objects.bulk_create(
        Attachment(
            conflict=correction,
            name=item.name,
            content_type=item.content_type,
            size=item.size,
            sha256=item.sha256,
            file=item.file.name,
            uploaded_by_id=item.uploaded_by_id,
        )
        for item in attachments.of(former)
    )


def baseline(conflict: ConflictDeclaration) -> Mapping[str, Any] | None:
    """The answers of the declaration that this one corrects, in this form's words."""
    former = conflict.supersedes
    if former is None:
        return None
    form = bare_version(conflict.form_version)
    return drafts.carry_over(former.draft, form)[0]


# --- The clock -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """How long the superior still has, in working days; none left: overdue."""

    due_on: datetime.date
    days_left: int
    is_overdue: bool

    @property
    def is_close(self) -> bool:
        return not self.is_overdue and self.days_left <= 1


def clock_of(conflict: ConflictDeclaration, *, on: datetime.date) -> Clock | None:
    """None when nobody has to decide any more."""
    if conflict.due_on is None or not conflict.awaits_decision:
        return None
    is_overdue = conflict.due_on < on
    days = 0 if is_overdue else calendar.working_days_left(conflict.due_on, on)
    return Clock(conflict.due_on, days, is_overdue)


def is_late_to_send(conflict: ConflictDeclaration, *, on: datetime.date) -> bool:
    """Known for longer than the limit for sending; said kindly, never refused."""
    try:
        known = datetime.date.fromisoformat(str(conflict.draft["conflict"]["known_since"]))
    except (KeyError, TypeError, ValueError):
        return False
    if not datetime.date(1990, 1, 1) <= known <= on:
        return False
    return limits.due_on(limits.limit(SENDING, on=on), start=known) < on


# --- What happened ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happening:
    """One step of the case, for the timeline."""

    at: datetime.datetime
    title: str
    by: str = ""
    text: str = ""
    tone: str = "neutral"
    icon: str = ""


def happenings(
    conflict: ConflictDeclaration,
    changes: list[HandlerChange],
    request: DataRequest | None,
) -> list[Happening]:
    """The steps in their order, from rows that the page has already."""
    found = [*_steps_of(conflict), *_turns(changes), *_data_steps(request)]
    return sorted(found, key=lambda item: item.at)


def _steps_of(conflict: ConflictDeclaration) -> Iterator[Happening]:
    if conflict.sent_at:
        yield Happening(conflict.sent_at, _("Signed and sent"), conflict.declarant.full_name,
                        _("The suspension began."), "info", "sign")  # fmt: skip
    if conflict.review_started_at:
        yield Happening(conflict.review_started_at, _("Review began"), tone="info")
    if conflict.decided_at:
        yield Happening(conflict.decided_at, _("Decided"), tone="success")
    if conflict.closed_at:
        yield Happening(conflict.closed_at, _("Closed"), tone="success")
    if conflict.withdrawn_at:
        yield Happening(conflict.withdrawn_at, _("Withdrawn"), text=conflict.withdrawal_reason)


def _turns(changes: list[HandlerChange]) -> Iterator[Happening]:
    for change in changes:
        name = change.to_user.full_name if change.to_user else _("nobody yet")
        is_first = change.from_user_id is None
        yield Happening(
            change.changed_at,
            _("It is the turn of %(name)s") % {"name": name},
            text=". ".join(filter(None, (change.get_reason_display(), change.note))),
            tone="neutral" if is_first and change.to_user else "warning",
        )


def _data_steps(request: DataRequest | None) -> Iterator[Happening]:
    if request is None:
        return
    yield Happening(request.asked_at, _("More data asked"), request.asked_by.full_name,
                    request.question, "warning")  # fmt: skip
    if request.answered_at:
        yield Happening(request.answered_at, _("Data given"), text=request.answer, tone="info")
    elif request.lapsed_at:
        yield Happening(
            request.lapsed_at, _("The day for the answer passed"), tone="warning",
            text=_("The review goes on without it."),
        )  # fmt: skip


# --- Reading somebody else's -----------------------------------------------------------------


def note_reading(conflict: ConflictDeclaration, *, by: User) -> None:
    """Who reads somebody else's declaration leaves a trace, in the transaction of the page."""
    if not by.has_perm("declarations.view_conflictdeclaration", conflict):
        raise PermissionDenied
    if by.pk != conflict.declarant_id:
        record("conflictdeclaration.view", by=by, target=conflict)
