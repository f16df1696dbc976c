"""Asking the declarant to clarify marked places, and the superior to correct a decision."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations.models import ConflictDeclaration
from declarations.services import limits
from declarations.workflow.base import TransitionError, lock, lock_row
from people.models import User
from review import case_messages as messages
from review import states
from review.models import Case, CaseRequest
from review.services import marking
from review.states import CaseState, RequestKind
from review.workflow.cases import advance, check_seen

CLARIFICATION_LIMIT = "SLA_KLARIFIKASI"
CORRECTION_LIMIT = "SLA_PERBAIKAN_ATASAN"
MOST_PLACES = 30


@transaction.atomic
def ask(
    case: Case, *, by: User, question: str, keys: list[str], revision: int | None = None
) -> CaseRequest:
    """Put a question to the declarant on the marked places; the clock of the case goes on.

    Who has signed nothing yet is asked without a place.
    """
    case = lock(case, states.ASK, by=by)
    check_seen(case, revision)
    if case.subject is None or not case.subject.is_active:
        raise TransitionError(_("There is nobody with an account who could answer."))
    fields = marking.marked(case.subject, keys)
    if not fields and marking.has_places(case.subject):
        raise TransitionError(_("Mark at least one place of a signed document."))
    if len(fields) > MOST_PLACES:
        raise TransitionError(_("Mark %(most)s places at most.") % {"most": MOST_PLACES})
    request = _create(
        case, RequestKind.CLARIFICATION, case.subject, by=by, question=question, fields=fields,
        limit=CLARIFICATION_LIMIT,
    )  # fmt: skip
    advance(case, states.ASK, by=by, data={"places": len(fields)})
    messages.tell_asked(request)
    return request


def send_back(
    case: Case, *, to: User, conflict: ConflictDeclaration | None, note: str, by: User
) -> CaseRequest:
    """The correction that a decision asks of the superior; part of the decision's transaction."""
    request = _create(
        case, RequestKind.CORRECTION, to, by=by, question=note, conflict=conflict,
        limit=CORRECTION_LIMIT,
    )  # fmt: skip
    record("case.send_back", by=by, target=case, to=str(to))
    messages.tell_asked(request)
    return request


@transaction.atomic
def answer(request: CaseRequest, *, by: User, answers: dict[str, str], text: str) -> CaseRequest:
    """The addressee answers, once, on the marked places only; the review goes on."""
    case: Case = lock_row(request.case)
    request = lock_row(request)
    if not by.has_perm("review.answer_caserequest", request):
        raise PermissionDenied
    if not request.is_waiting:
        raise TransitionError(_("This question is closed; nothing was changed."))
    asked = {item["key"] for item in request.fields}
    kept = {key: value.strip() for key, value in answers.items() if key in asked}
    if not text.strip() and not any(kept.values()):
        raise TransitionError(_("Write the answer, please."))
    request.answers, request.answer, request.answered_at = kept, text.strip(), timezone.now()
    request.save(update_fields=["answers", "answer", "answered_at"])
    record("case.answer", by=by, target=case, kind=str(RequestKind(request.kind).label))
    _go_on(case, request)
    messages.tell_changed(case, f"answer:{request.pk}")
    return request


@transaction.atomic
def end(request: CaseRequest, *, by: User | None) -> CaseRequest:
    """No answer is awaited any more: the day has passed (`by=None`), or it was taken back."""
    case: Case = lock_row(request.case)
    if by is not None and not by.has_perm(states.RESUME.permission, case):
        raise PermissionDenied
    request = lock_row(request)
    if not request.is_waiting:
        raise TransitionError(_("This question is closed; nothing was changed."))
    request.ended_at = timezone.now()
    request.save(update_fields=["ended_at"])
    record("case.end_request", by=by, target=case, kind=str(RequestKind(request.kind).label))
    _go_on(case, request)
    messages.tell_changed(case, f"end:{request.pk}")
    return request


def end_all(case: Case, *, at: datetime.datetime) -> None:
    """When a case is opened again, what was asked before waits no longer."""
    CaseRequest.objects.waiting().filter(case=case).update(ended_at=at)


def _create(
    case: Case, kind: str, to: User, *, by: User, question: str, limit: str, **values: Any
) -> CaseRequest:
    if not question.strip():
        raise TransitionError(_("Write the question, please."))
    if to.pk == by.pk:
        raise TransitionError(_("Nobody asks themselves."))
    now = timezone.now()
    today = timezone.localdate(now)
    return CaseRequest.objects.create(
        case=case,
        kind=kind,
        addressee=to,
        question=question,
        asked_at=now,
        asked_by=by,
        due_on=limits.due_on(limits.limit(limit, on=today), start=today),
        **values,
    )


def _go_on(case: Case, request: CaseRequest) -> None:
    if request.kind == RequestKind.CLARIFICATION and case.state == CaseState.AWAITING:
        advance(case, states.RESUME, by=None)
