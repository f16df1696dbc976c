"""The decision on a case, by another than its reviewer, and what follows from it.

Source of the outcomes: fact sheet of the domain, section 4.2. The portal decides no sanction
(4.8): what may call for one is handed over by letter (`services.handovers`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.models import ConflictDeclaration
from declarations.workflow import oversight
from declarations.workflow.base import TransitionError, lock
from people import hierarchy
from people.models import User
from people.proof import Proof
from review import states
from review.models import Case, CaseDecision, CaseRequest
from review.states import Outcome
from review.workflow import case_flags, case_requests
from review.workflow.cases import advance, check_seen, new_limit
from statements.services import check_proof


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided; `conflict` is the declaration that goes back or is taken over."""

    outcome: str
    reasons: str
    conflict: ConflictDeclaration | None = None


@transaction.atomic
def decide(
    case: Case, *, ruling: Ruling, by: User, proof: Proof, revision: int | None = None
) -> Case:
    """The chief inspector decides on a recommendation of somebody else; exactly once a round."""
    check_proof(proof, by=by)
    case = lock(case, states.DECIDE, by=by)
    check_seen(case, revision)
    if ruling.outcome not in Outcome.values or not ruling.reasons.strip():
        raise TransitionError(_("A decision has an outcome and reasons."))
    now = timezone.now()
    advance(
        case,
        states.DECIDE,
        by=by,
        data={"outcome": str(Outcome(ruling.outcome).label), "proof": proof.method},
        outcome=ruling.outcome,
        decision_reasons=ruling.reasons,
        decided_by=by,
        decided_at=now,
    )
    _keep(case)
    case_flags.judge(case, by=by)
    if effect := EFFECTS.get(ruling.outcome):
        effect(case, ruling, by)
    elif ruling.outcome in Outcome.FINAL:
        advance(case, states.CLOSE, by=by, closed_at=now)
    return case


@transaction.atomic
def close(case: Case, *, by: User) -> Case:
    """What followed from the decision is through."""
    case = lock(case, states.CLOSE, by=by)
    if CaseRequest.objects.waiting().filter(case=case).exists():
        raise TransitionError(_("A correction is still awaited."))
    advance(case, states.CLOSE, by=by, closed_at=timezone.now())
    return case


@transaction.atomic
def reopen(case: Case, *, by: User, reason: str) -> Case:
    """New evidence: another round with a limit of its own; the former decision stays on record.

    Also when the document it was about has been superseded meanwhile: the case is about the
    person, and the pages show which of their documents hold.
    """
    case = lock(case, states.REOPEN, by=by)
    if not reason.strip():
        raise TransitionError(_("Say what is new."))
    now = timezone.now()
    limit, due_on = new_limit(now)
    case_requests.end_all(case, at=now)
    try:
        with transaction.atomic():
            advance(
                case,
                states.REOPEN,
                by=by,
                reason=reason,
                round=case.round + 1,
                opened_at=now,
                limit=limit,
                due_on=due_on,
                **_EMPTY,
            )
    except IntegrityError as error:
        other = Case.objects.open().filter(subject_id=case.subject_id).first()
        raise TransitionError(
            _("This person has another open case already: %(number)s. Add to that one.")
            % {"number": other.number if other else "–"}
        ) from error
    return case


_EMPTY = {
    "assignee": None,
    "assigned_at": None,
    "claimed_at": None,
    "recommendation": "",
    "recommendation_reasons": "",
    "recommended_by": None,
    "recommended_at": None,
    "outcome": "",
    "decision_reasons": "",
    "decided_by": None,
    "decided_at": None,
    "closed_at": None,
}


def _keep(case: Any) -> CaseDecision:
    """The round as it was decided; the row never changes."""
    return CaseDecision.objects.create(
        case=case,
        round=case.round,
        recommendation=case.recommendation,
        recommendation_reasons=case.recommendation_reasons,
        recommended_by=case.recommended_by,
        recommended_at=case.recommended_at,
        outcome=case.outcome,
        reasons=case.decision_reasons,
        decided_by=case.decided_by,
        decided_at=case.decided_at,
    )


def _needs_correction(case: Case, ruling: Ruling, by: User) -> None:
    """Back to the superior, with the reasons as the note."""
    superior = None
    if ruling.conflict is not None:
        _check_about(case, ruling.conflict)
        superior = oversight.send_back(ruling.conflict, by=by, note=ruling.reasons).handler
    if superior is None and case.subject is not None:
        superior = hierarchy.superior_of(case.subject, timezone.localdate())
    if superior is None:
        raise TransitionError(_("There is no superior to whom it could go back."))
    case_requests.send_back(
        case, to=superior, conflict=ruling.conflict, note=ruling.reasons, by=by
    )


def _take_over(case: Case, ruling: Ruling, by: User) -> None:
    """The chief inspector has the declaration on their own desk from now on."""
    if ruling.conflict is None:
        raise TransitionError(_("Choose the declaration of conflict that is taken over."))
    _check_about(case, ruling.conflict)
    oversight.take_over(ruling.conflict, by=by, reason=ruling.reasons)


def _check_about(case: Case, conflict: ConflictDeclaration) -> None:
    if conflict.declarant_id != case.subject_id:
        raise TransitionError(_("This declaration is not of the person the case is about."))


EFFECTS: dict[str, Callable[[Case, Ruling, User], None]] = {
    Outcome.NEEDS_CORRECTION: _needs_correction,
    Outcome.TAKE_OVER: _take_over,
}
