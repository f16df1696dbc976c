"""What a decision on a case says of the flags it was opened for."""

from typing import Any

from people.models import User
from review.flag_states import FlagState
from review.models import Case
from review.states import Outcome


def judge(case: Case, *, by: User) -> None:
    """Nothing found: dismissed with the reasons of the decision; else confirmed with them.

    Held row by row: what an evaluation clears meanwhile stays cleared.
    """
    is_nothing = case.outcome in Outcome.FINAL
    for flag in case.flags.filter(state=FlagState.OPEN).select_for_update(of=("self",)):
        if is_nothing:
            flag.state, flag.dismissed_fingerprint = FlagState.DISMISSED, flag.fingerprint
            _write(flag, "dismissed", case, by, "dismissed_fingerprint")
        else:
            flag.state = FlagState.CONFIRMED
            _write(flag, "confirmed", case, by)


def _write(flag: Any, word: str, case: Case, by: User, *more: str) -> None:
    values = {f"{word}_at": case.decided_at, f"{word}_by": by}
    values[f"{word}_reason"] = f"{case.number}: {case.decision_reasons}"
    for name, value in values.items():
        setattr(flag, name, value)
    flag.save(update_fields=["state", *values, *more])
