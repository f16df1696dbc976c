"""One step on many cases: each for itself, each with its result."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.workflow.base import TransitionError
from people.models import User
from people.proof import Proof
from review.models import Case
from review.services import assignment
from review.states import CaseState, Outcome
from review.workflow import case_decisions, cases
from review.workflow.case_decisions import Ruling


@dataclass(frozen=True, slots=True)
class Result:
    """`case` None: there is no such case for this person."""

    case: Case | None
    is_done: bool
    text: str


def known_keys(values: Iterable[str]) -> list[uuid.UUID]:
    """The keys among what a browser sent, each once, in its order."""
    found: dict[uuid.UUID, None] = {}
    for value in values:
        try:
            found[uuid.UUID(value)] = None
        except ValueError:
            continue
    return list(found)


def run(
    step: str, keys: list[uuid.UUID], *, by: User, reasons: str, proof: Proof | None
) -> list[Result]:
    """What one may not see gets the same answer as what is not there."""
    visible = Case.objects.visible_to(by).for_list().in_bulk(keys)
    perform = _Step(by, reasons, proof).named(step)
    return [_one(visible.get(key), perform) for key in keys]


def _one(case: Case | None, perform: Callable[[Case], str]) -> Result:
    if case is None:
        return Result(None, False, _("There is no such case."))
    try:
        with transaction.atomic():
            text = perform(case)
    except TransitionError as error:
        return Result(case, False, str(error))
    except PermissionDenied:
        return Result(case, False, _("You may not do this with the case."))
    return Result(case, True, text)


class _Step:
    """The steps by the names of the form; the pool of inspectors is read once for all."""

    def __init__(self, by: User, reasons: str, proof: Proof | None) -> None:
        self.by, self.reasons, self.proof = by, reasons, proof
        self._pool: assignment.Pool | None = None

    def named(self, step: str) -> Callable[[Case], str]:
        return {
            "ambil": self.claim,
            "lepas": self.release,
            "tugaskan": self.assign,
            "sesuai": lambda case: self.recommend(case, Outcome.CONFORMING),
            "tutup": lambda case: self.recommend(case, Outcome.CLOSED),
            "putuskan": self.decide,
        }[step]

    def claim(self, case: Case) -> str:
        cases.claim(case, by=self.by)
        return _("On your desk now.")

    def release(self, case: Case) -> str:
        cases.release(case, by=self.by)
        return _("Back in the queue.")

    def assign(self, case: Case) -> str:
        if self._pool is None:
            self._pool = assignment.pool(on=timezone.localdate())
        given = cases.assign_to_best(case, by=self.by, pool=self._pool)
        return _("Assigned to %(name)s.") % {
            "name": given.assignee.full_name if given.assignee else "–"
        }

    def recommend(self, case: Case, outcome: str) -> str:
        """A case that nobody has is taken first."""
        if case.state in (*CaseState.FREE, CaseState.ASSIGNED):
            case = cases.claim(case, by=self.by)
        cases.recommend(case, by=self.by, outcome=outcome, reasons=self.reasons)
        return _("Recommended; it waits for the decision.")

    def decide(self, case: Case) -> str:
        if self.proof is None:
            raise PermissionDenied
        if case.recommendation not in Outcome.FINAL:
            raise TransitionError(_("This recommendation has to be decided on its own page."))
        ruling = Ruling(case.recommendation, self.reasons)
        case_decisions.decide(
            case, ruling=ruling, by=self.by, proof=self.proof, revision=case.revision
        )
        return _("Decided as recommended.")
