"""What a decision on a case says of the flags it was opened for."""

from contextlib import suppress

from django.core.exceptions import PermissionDenied

from declarations.workflow.base import TransitionError
from people.models import User
from review.flag_states import FlagState
from review.models import Case
from review.states import Outcome
from review.workflow import flags


def judge(case: Case, *, by: User) -> None:
    """Nothing found: dismissed with the reasons of the decision; else confirmed with them.

    A flag that rests on what ties the decider, or that the data cleared meanwhile, stays as it
    is.
    """
    step = flags.dismiss if case.outcome in Outcome.FINAL else flags.confirm
    reason = f"{case.number}: {case.decision_reasons}"
    for flag in case.flags.filter(state=FlagState.OPEN).order_by("pk"):
        with suppress(PermissionDenied, TransitionError):
            step(flag, by=by, reason=reason)
