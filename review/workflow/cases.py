"""A case: opened, taken up, recommended on. Deciding is in `workflow.case_decisions`.

gather(subject_id, at=now)                     # from the queued flags of a person
open_case(origin=…, subject=…, opd=…, at=now)  # from a report, the sample, an escalation
"""

import datetime
import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations.models import TimeLimit
from declarations.services import limits
from declarations.workflow.base import TransitionError, lock, move
from people.models import Opd, User
from review import case_messages as messages
from review import states
from review.conflict_free import subject_key
from review.flag_states import FlagState
from review.models import Case, CaseNote, CaseSeries, Flag
from review.services import assignment
from review.states import CaseOrigin, CaseState, Outcome, Transition

REVIEW_LIMIT = "SLA_REVIU_KASUS"


@transaction.atomic
def gather(subject_id: uuid.UUID, *, at: datetime.datetime) -> Case | None:
    """Put the person's queued flags into their one open case, opening it if there is none.

    Safe to call at any time, twice, and by two at once: the person's row is held. A flag that
    was judged in an earlier case brings a new one only when its facts opened it again.
    """
    subject = User.objects.select_for_update(no_key=True, of=("self",)).get(pk=subject_id)
    live = Flag.objects.filter(subject=subject, state=FlagState.OPEN)
    case = Case.objects.open().filter(subject=subject).select_for_update(of=("self",)).first()
    new = live.filter(is_queued=True)
    new = new if case is None else new.exclude(case=case)
    rules = sorted(set(new.values_list("rule", flat=True)))
    if case is None and not rules:
        return None
    if case is None:
        case = open_case(origin=CaseOrigin.FLAGS, subject=subject, opd=_opd_of(subject), at=at)
    if live.exclude(case=case).update(case=case) and rules:
        record("case.gather", by=None, target=case, rules=rules)
        messages.tell_changed(case, f"flags:{at.isoformat()}")
    score = live.aggregate(sum=Sum("weight"))["sum"] or 0
    if score != case.score:
        case.score = score
        case.save(update_fields=["score", "updated_at"])
    return case


@transaction.atomic
def open_case(
    *,
    origin: str,
    subject: User | None,
    opd: Opd | None,
    at: datetime.datetime,
    by: User | None = None,
    title: str = "",
    score: int = 0,
) -> Case:
    """A new case, or the open one of that person; the constraint settles two at once."""
    found = _open_of(subject)
    if found is None:
        limit, due_on = new_limit(at)
        case = Case(
            number=_next_number(timezone.localdate(at).year),
            year=timezone.localdate(at).year,
            subject=subject,
            subject_key=subject_key(subject),
            opd=opd or (_opd_of(subject) if subject else None),
            origin=origin,
            title=title[:200],
            score=score,
            opened_at=at,
            due_on=due_on,
            limit=limit,
        )
        try:
            with transaction.atomic():
                case.save(force_insert=True)
        except IntegrityError:
            found = _open_of(subject)
            if found is None:
                raise
        else:
            record("case.open", by=by, target=case, origin=str(CaseOrigin(origin).label))
            return case
    record("case.join", by=by, target=found, origin=str(CaseOrigin(origin).label))
    messages.tell_changed(found, f"{origin}:{at.isoformat()}")
    return found


@transaction.atomic
def claim(case: Case, *, by: User) -> Case:
    """Take a free case, or begin with one that was assigned to oneself."""
    case = lock(case, states.CLAIM, by=by)
    if case.state == CaseState.ASSIGNED and case.assignee_id != by.pk:
        raise TransitionError(_("The case is assigned to somebody else."))
    now = timezone.now()
    given = case.assigned_at if case.assignee_id else now
    advance(case, states.CLAIM, by=by, assignee=by, assigned_at=given, claimed_at=now)
    return case


@transaction.atomic
def assign(case: Case, *, to: User, by: User) -> Case:
    """Give it to an inspector who is free of conflict; the reasons of the others are on record."""
    case = lock(case, states.ASSIGN, by=by)
    pool = assignment.pool(on=timezone.localdate())
    candidate = next((c for c in pool.candidates(case) if c.user.pk == to.pk), None)
    if candidate is None:
        raise TransitionError(_("%(name)s is not an inspector today.") % {"name": to.full_name})
    if not candidate.is_possible:
        raise TransitionError(
            _("%(name)s may not take it: %(reasons)s.")
            % {
                "name": to.full_name,
                "reasons": ", ".join(str(bar.label) for bar in candidate.bars),
            }
        )
    return _give(case, to, by=by)


@transaction.atomic
def assign_to_best(case: Case, *, by: User, pool: assignment.Pool | None = None) -> Case:
    """To the inspector with the fewest cases and ties; `pool` is shared by a bulk action."""
    case = lock(case, states.ASSIGN, by=by)
    pool = pool or assignment.pool(on=timezone.localdate())
    best = pool.best(case)
    if best is None:
        raise TransitionError(
            _("No inspector is free of conflict. Somebody from another OPD has to be appointed.")
        )
    pool.add_load(best.user)
    return _give(case, best.user, by=by)


@transaction.atomic
def release(case: Case, *, by: User, reason: str = "") -> Case:
    """Back to the queue."""
    case = lock(case, states.RELEASE, by=by)
    advance(
        case,
        states.RELEASE,
        by=by,
        reason=reason,
        assignee=None,
        assigned_at=None,
        claimed_at=None,
    )
    return case


@transaction.atomic
def recommend(
    case: Case, *, by: User, outcome: str, reasons: str, revision: int | None = None
) -> Case:
    """The reviewer's word; somebody else decides."""
    case = lock(case, states.RECOMMEND, by=by)
    check_seen(case, revision)
    if outcome not in Outcome.values or not reasons.strip():
        raise TransitionError(_("A recommendation has an outcome and reasons."))
    advance(
        case,
        states.RECOMMEND,
        by=by,
        data={"outcome": str(Outcome(outcome).label)},
        recommendation=outcome,
        recommendation_reasons=reasons,
        recommended_by=by,
        recommended_at=timezone.now(),
    )
    messages.tell_to_decide(case, assignment.leaders(case, on=timezone.localdate()))
    return case


@transaction.atomic
def return_to_reviewer(case: Case, *, by: User, note: str, revision: int | None = None) -> Case:
    """The recommendation does not convince; the note says why and stays."""
    case = lock(case, states.RETURN, by=by)
    check_seen(case, revision)
    if not note.strip():
        raise TransitionError(_("Say what is missing."))
    CaseNote.objects.create(case=case, text=note, written_by=by)
    advance(
        case,
        states.RETURN,
        by=by,
        recommendation="",
        recommendation_reasons="",
        recommended_by=None,
        recommended_at=None,
    )
    messages.tell_returned(case)
    return case


def new_limit(at: datetime.datetime) -> tuple[TimeLimit, datetime.date]:
    """The limit in force, and the last day it gives."""
    today = timezone.localdate(at)
    limit = limits.limit(REVIEW_LIMIT, on=today)
    return limit, limits.due_on(limit, start=today)


def advance(case: Case, transition: Transition, *, by: User | None, **changes: Any) -> None:
    """`move`, counted; what the wall in the database refuses is said in words."""
    try:
        with transaction.atomic():
            move(case, transition, by=by, revision=case.revision + 1, **changes)
    except IntegrityError as error:
        if "case wall" not in str(error):
            raise
        raise TransitionError(
            _("The role or the ties of this person changed; they may not work on the case.")
        ) from error


def check_seen(case: Case, revision: int | None) -> None:
    """Nobody recommends or decides on what they have not seen."""
    if revision is not None and revision != case.revision:
        raise TransitionError(_("The case has moved on since you opened the page; look again."))


def _give(case: Case, to: User, *, by: User) -> Case:
    advance(
        case,
        states.ASSIGN,
        by=by,
        data={"to": str(to)},
        assignee=to,
        assigned_at=timezone.now(),
        claimed_at=None,
    )
    if to.pk != by.pk:
        messages.tell_assigned(case)
    return case


def _open_of(subject: User | None) -> Case | None:
    return Case.objects.open().filter(subject=subject).first() if subject else None


def _opd_of(subject: User) -> Opd | None:
    """Where they work today, or worked last."""
    if subject.standing.opd is not None:
        return subject.standing.opd
    last = subject.assignments.select_related("post__opd").order_by("-starts_on", "-pk").first()
    return last.post.opd if last else None


def _next_number(year: int) -> str:
    """One upwards in the year; the row stays locked until the caller's transaction ends."""
    CaseSeries.objects.bulk_create([CaseSeries(year=year)], ignore_conflicts=True)
    CaseSeries.objects.filter(year=year).update(last=F("last") + 1)
    last = CaseSeries.objects.values_list("last", flat=True).get(year=year)
    return f"K/{year}/{last:06d}"
