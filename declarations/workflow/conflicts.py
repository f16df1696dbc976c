"""F3: from the draft to the superior's desk, upwards when it has to be, and to the end.

What a superior decides is in `declarations.workflow.decisions`.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations import answers, states
from declarations.content import Form
from declarations.differences import difference
from declarations.documents import (
    attachment_sections,
    classification_of,
    signature,
    statement_content,
)
from declarations.messages import conflicts as messages
from declarations.models import (
    ConflictDeclaration,
    ConflictParty,
    DataRequest,
    DecisionKind,
    DecisionStatement,
)
from declarations.models.conflicts import HandlerChangeReason as Reason
from declarations.services import areas, attachments, handlers, limits, matters, suspensions
from declarations.services import conflicts as services
from declarations.services.configuration import read_form_of
from declarations.services.drafting import forget_revisions
from declarations.states import ConflictState, StatementState
from declarations.workflow.base import (
    TransitionError,
    check_revision,
    lock,
    lock_row,
    move,
)
from mapping.models import ConflictSource
from matching.names import name_key
from people.models import RoleGrant, User
from people.proof import Proof
from people.roles import Role
from statements import services as documents

MAX_LEVEL = 30


@transaction.atomic
def send(
    conflict: ConflictDeclaration, *, by: User, proof: Proof, revision: int | None = None
) -> ConflictDeclaration:
    """Sign and send: from now on the declarant keeps out of the matter.

    A clean statement that they had signed on the same matter is revoked in the same
    transaction. Raises TransitionError with what is missing.
    """
    conflict = lock(conflict, states.CONFLICT_SEND, by=by)
    check_revision(conflict, revision)
    form = read_form_of(conflict)
    cleaned = answers.clean_answers(form, conflict.draft)
    if not cleaned.is_valid:
        raise TransitionError(" ".join(item.message for item in cleaned.errors))
    changes = _typed(conflict, cleaned.values)
    # Held: a statement on the same matter is signed before or after, never beside.
    matters.hold(changes["matter"])
    for field, value in changes.items():
        setattr(conflict, field, value)
    _write_parties(conflict, cleaned.values["parties"]["rows"])
    now = timezone.now()
    former = _former(conflict)
    changes |= _turn_of(conflict, former, now=now)
    if former is not None:
        _supersede(former, by=by)
    changes["document"] = _issue(conflict, form, former, by=by, proof=proof)
    move(conflict, states.CONFLICT_SEND, by=by, sent_at=now, sent_by=by, **changes)
    suspensions.start(conflict, by=by)
    _revoke_clean_statements(conflict, by=by)
    forget_revisions(conflict)
    messages.tell_sent(conflict)
    _tell_whose_turn(conflict)
    return conflict


@transaction.atomic
def review(conflict: ConflictDeclaration, *, by: User) -> ConflictDeclaration:
    """The superior begins; a superior who is involved can't, and passes it on instead."""
    conflict = lock(conflict, states.CONFLICT_REVIEW, by=by)
    check_may_decide(conflict, by=by)
    move(conflict, states.CONFLICT_REVIEW, by=by, review_started_at=timezone.now())
    return conflict


def check_may_decide(conflict: ConflictDeclaration, *, by: User) -> None:
    if not handlers.may_decide(conflict, by):
        raise TransitionError(
            _("You are involved in this conflict. Pass it to the next superior, please.")
        )


@transaction.atomic
def ask_data(conflict: ConflictDeclaration, *, by: User, question: str) -> ConflictDeclaration:
    """Ask the declarant, once; the limit of the decision goes on (fact sheet, 4.2)."""
    conflict = lock(conflict, states.CONFLICT_ASK_DATA, by=by)
    if DataRequest.objects.filter(conflict=conflict).exists():
        raise TransitionError(_("More data can be asked for only once."))
    now = timezone.now()
    limit = limits.limit(limits.DATA_REQUEST, on=timezone.localdate(now))
    DataRequest.objects.create(
        conflict=conflict,
        question=question,
        asked_at=now,
        asked_by=by,
        due_on=limits.due_on(limit, start=timezone.localdate(now)),
    )
    move(conflict, states.CONFLICT_ASK_DATA, by=by)
    messages.tell_data_asked(conflict)
    return conflict


@transaction.atomic
def complete(conflict: ConflictDeclaration, *, by: User, answer: str) -> ConflictDeclaration:
    """The declarant answers; the review goes on."""
    conflict = lock(conflict, states.CONFLICT_COMPLETE, by=by)
    if not answer.strip():
        raise TransitionError(_("Write the answer, please."))
    DataRequest.objects.filter(conflict=conflict).update(answer=answer, answered_at=timezone.now())
    move(conflict, states.CONFLICT_COMPLETE, by=by)
    messages.tell_data_given(conflict)
    return conflict


@transaction.atomic
def lapse_data_request(conflict: ConflictDeclaration) -> ConflictDeclaration:
    """Nobody answered in time: the review goes on without."""
    conflict = lock(conflict, states.CONFLICT_COMPLETE, by=None)
    DataRequest.objects.filter(conflict=conflict).update(lapsed_at=timezone.now())
    move(conflict, states.CONFLICT_COMPLETE, by=None, data={"lapsed": True})
    messages.tell_data_given(conflict)
    return conflict


@transaction.atomic
def escalate(
    conflict: ConflictDeclaration,
    *,
    by: User | None,
    reason: Reason,
    note: str = "",
    seen: ConflictDeclaration | None = None,
) -> ConflictDeclaration:
    """To the next superior up who is not involved, with a limit of their own.

    `seen`: the case as the scheduler read it; when its turn has passed on since, it stays.

    `by=None`: the scheduler, because the limit had passed, the post is vacant or the superior
    moved. A superior passes on what concerns themselves (`Reason.CONFLICTED`). With nobody
    left the conflict keeps no handler and the system administrators are told.
    """
    conflict = lock(conflict, states.CONFLICT_ESCALATE, by=by)
    if seen is not None and (conflict.handler_id, conflict.due_on, conflict.escalation_level) != (
        seen.handler_id, seen.due_on, seen.escalation_level,
    ):  # fmt: skip
        raise TransitionError(_("Its turn has passed on already."))
    if conflict.escalation_level >= MAX_LEVEL:
        raise TransitionError(_("This declaration has been passed on too often."))
    former = conflict.handler
    now = timezone.now()
    # One who moved away is replaced by whoever holds the post; the others are passed.
    above = None if reason in (Reason.MOVED, Reason.VACANT) else former
    choice = handlers.choose_handler(
        conflict,
        on=timezone.localdate(now),
        above=above,
        passed=handlers.passed_over(conflict) if above is None else (),
    )
    if choice.handler is None and former is not None and reason == Reason.OVERDUE:
        raise TransitionError(_("There is no superior above who could decide."))
    handlers.record_change(conflict, to=choice.handler, reason=reason, note=note)
    move(
        conflict,
        states.CONFLICT_ESCALATE,
        by=by,
        reason=str(Reason(reason).label),
        handler=choice.handler,
        handler_since=now if choice.handler else None,
        escalation_level=conflict.escalation_level + 1,
        review_started_at=None,
        **new_limit(now),
    )
    discard_open_decision(conflict, by=by)
    messages.tell_passed_on(conflict, former)
    _tell_whose_turn(conflict)
    return conflict


@transaction.atomic
def withdraw(conflict: ConflictDeclaration, *, by: User, reason: str) -> ConflictDeclaration:
    """Before the review begins; the reason stays in the log, the suspension ends."""
    conflict = lock(conflict, states.CONFLICT_WITHDRAW, by=by)
    if not reason.strip() and needs_reason_to_withdraw(conflict):
        raise TransitionError(_("Say why you withdraw it."))
    was_sent = conflict.sent_at is not None
    # The one that was sent can be corrected again.
    changes = {} if was_sent or conflict.supersedes_id is None else {"supersedes": None}
    move(
        conflict,
        states.CONFLICT_WITHDRAW,
        by=by,
        reason=reason,
        withdrawn_at=timezone.now(),
        withdrawn_by=by,
        withdrawal_reason=reason[:500],
        **changes,
    )
    forget_revisions(conflict)
    if was_sent:
        suspensions.end(conflict, by=by, reason=_("The declaration was withdrawn."))
        if conflict.document is not None:
            documents.revoke(conflict.document, by=by, reason=reason)
        messages.tell_withdrawn(conflict)
    return conflict


def needs_reason_to_withdraw(conflict: ConflictDeclaration) -> bool:
    """A draft is put away without a word, unless a statement had already said "yes"."""
    return conflict.sent_at is not None or conflict.origin_id is not None


@transaction.atomic
def close(conflict: ConflictDeclaration, *, by: User | None) -> ConflictDeclaration:
    """The end: nothing was found, or the control plan is through."""
    conflict = lock(conflict, states.CONFLICT_CLOSE, by=by)
    if (
        conflict.state == ConflictState.CONTROLLED
        and conflict.plans.exclude(state__in=("closed", "replaced")).exists()
    ):
        raise TransitionError(_("The control plan is still running."))
    move(conflict, states.CONFLICT_CLOSE, by=by, closed_at=timezone.now())
    messages.tell_closed(conflict)
    return conflict


@transaction.atomic
def reopen(conflict: ConflictDeclaration, *, by: User, reason: str) -> ConflictDeclaration:
    """New evidence: the review begins again, with a new limit and the suspension in force."""
    conflict = lock(conflict, states.CONFLICT_REOPEN, by=by)
    if not reason.strip():
        raise TransitionError(_("Say what is new."))
    now = timezone.now()
    choice = handlers.choose_handler(conflict, on=timezone.localdate(now))
    handlers.record_change(conflict, to=choice.handler, reason=Reason.REOPENED, note=reason[:300])
    move(
        conflict,
        states.CONFLICT_REOPEN,
        by=by,
        reason=reason,
        handler=choice.handler,
        handler_since=now if choice.handler else None,
        closed_at=None,
        **new_limit(now),
    )
    suspensions.start(conflict, by=by)
    messages.tell_reopened(conflict)
    _tell_whose_turn(conflict)
    return conflict


def _typed(conflict: ConflictDeclaration, values: dict[str, Any]) -> dict[str, Any]:
    """The columns of a sent declaration, from the checked answers."""
    about, decision, follow_up = values["conflict"], values["decision"], values["follow_up"]
    kind = DecisionKind.objects.get(code=decision["kind"])
    area = areas.picked(conflict.opd, decision["risk_area"])
    matter = matters.find_or_create(
        conflict.opd,
        matters.MatterData(
            kind=kind,
            title=decision["title"],
            number=decision["number"] or "",
            value=decision["value"],
            area=area,
        ),
        by=conflict.declarant,
    )
    return {
        "matter": matter,
        "conflict_kind": about["conflict_kind"],
        "source": ConflictSource.objects.get(code=about["source"]),
        "situation": about["situation"],
        "known_since": about["known_since"],
        "stage": decision["stage"],
        "is_confidential": bool(follow_up["is_confidential"]),
        "answers": answers.as_json(follow_up),
        "area_said": area.said,
    }


def _write_parties(conflict: ConflictDeclaration, rows: list[dict[str, Any]]) -> None:
    ConflictParty.objects.filter(conflict=conflict).delete()
    ConflictParty.objects.bulk_create(
        ConflictParty(
            conflict=conflict,
            row_key=row["key"],
            position=position,
            name=row["name"],
            name_key=name_key(row["name"]),
            npwp=row["npwp"] or "",
            nib=row["nib"] or "",
            role=row["role"] or "",
        )
        for position, row in enumerate(rows, start=1)
    )


def _former(conflict: ConflictDeclaration) -> ConflictDeclaration | None:
    """The declaration that this one corrects, locked, if it may still be corrected."""
    if conflict.supersedes_id is None:
        return None
    former = lock_row(ConflictDeclaration(pk=conflict.supersedes_id))
    if former.state not in states.CONFLICT_SUPERSEDE.sources:
        raise TransitionError(
            _("The declaration that you correct is “%(state)s” now; begin a new one.")
            % {"state": former.get_state_display()}
        )
    return former


def _turn_of(
    conflict: ConflictDeclaration, former: ConflictDeclaration | None, *, now: datetime.datetime
) -> dict[str, Any]:
    """A correction stays with the one who has the case, within the same limit."""
    if former is None or former.handler is None:
        return _first_turn(conflict, now=now)
    if not handlers.may_decide(conflict, former.handler):
        return _first_turn(conflict, now=now)
    handlers.record_change(
        conflict, to=former.handler, reason=Reason.FIRST, note=_("Takes over from the correction.")
    )
    return {
        "handler": former.handler,
        "handler_since": now,
        "escalation_level": former.escalation_level,
        "limit": former.limit,
        "due_on": former.due_on,
    }


def _supersede(former: ConflictDeclaration, *, by: User) -> None:
    discard_open_decision(former, by=by)
    suspensions.end(former, by=by, reason=_("The declaration was replaced by a correction."))
    move(former, states.CONFLICT_SUPERSEDE, by=by)


def _first_turn(conflict: ConflictDeclaration, *, now: datetime.datetime) -> dict[str, Any]:
    choice = handlers.choose_handler(conflict, on=timezone.localdate(now))
    if choice.handler is None:
        reason = Reason.VACANT
    else:
        reason = Reason.CONFLICTED if choice.passed_over else Reason.FIRST
    handlers.record_change(conflict, to=choice.handler, reason=reason)
    return {
        "handler": choice.handler,
        "handler_since": now if choice.handler else None,
        **new_limit(now),
    }


def new_limit(now: datetime.datetime) -> dict[str, Any]:
    today = timezone.localdate(now)
    limit = limits.limit(limits.DECISION_ON_DECLARATION, on=today)
    return {"limit": limit, "due_on": limits.due_on(limit, start=today)}


def _issue(
    conflict: ConflictDeclaration,
    form: Form,
    former: ConflictDeclaration | None,
    *,
    by: User,
    proof: Proof,
) -> Any:
    before = services.baseline(conflict)
    content = statement_content(
        form=form,
        version=conflict.form_version,
        draft=conflict.draft,
        person=by,
        post=conflict.post,
        opd=conflict.opd,
        difference=None if before is None else difference(form, before, conflict.draft),
        after=attachment_sections(attachments.of(conflict)),
        classification=classification_of(conflict),
        data={
            "declaration": str(conflict.pk),
            "matter": str(conflict.matter_id),
            **areas.frozen(conflict.area_said),
        },
    )
    return documents.issue(
        kind="F3",
        content=content,
        subject=by,
        opd=conflict.opd,
        year=conflict.year,
        title=form.title.id,
        signatures=[signature(form, "declarant", signer=by, post=conflict.post)],
        supersedes=former.document if former is not None else None,
        by=by,
        proof=proof,
    )


def _revoke_clean_statements(conflict: ConflictDeclaration, *, by: User) -> None:
    """One cannot have declared the same decision free of conflict as well."""
    same = Q(matter_id=conflict.matter_id)
    if conflict.origin is not None:
        # The statement was the correction of a clean one, perhaps of a matter written otherwise.
        same |= Q(pk=conflict.origin.supersedes_id)
    issued = DecisionStatement.objects.filter(
        same, declarant_id=conflict.declarant_id, state=StatementState.ISSUED
    )
    for found in issued.order_by("pk"):
        statement = lock_row(found)
        if statement.state == StatementState.ISSUED:
            _revoke_clean_statement(statement, by=by)


def _revoke_clean_statement(statement: DecisionStatement, *, by: User) -> None:
    reason = _("A conflict of interest was declared on this decision.")
    move(
        statement,
        states.STATEMENT_WITHDRAW,
        by=by,
        reason=reason,
        withdrawn_at=timezone.now(),
        withdrawn_by=by,
        withdrawal_reason=reason,
    )
    if statement.document is not None:
        documents.revoke(statement.document, by=by, reason=reason)


def discard_open_decision(conflict: ConflictDeclaration, *, by: User | None) -> None:
    """What the former superior was still writing; it stays readable in the history."""
    for decision in conflict.decisions.filter(state="draft"):
        move(decision, states.DECISION_DISCARD, by=by)


def _tell_whose_turn(conflict: ConflictDeclaration) -> None:
    if conflict.handler is not None:
        messages.tell_handler(conflict)
        return
    grants = RoleGrant.objects.running(on=timezone.localdate()).filter(
        role=Role.SYSTEM_ADMINISTRATOR, user__is_active=True
    )
    administrators = [grant.user for grant in grants.select_related("user")]
    messages.tell_nobody_left(conflict, administrators)
    record("conflictdeclaration.nobody_left", by=None, target=conflict)
