"""The life of a flag, as data.

A flag is a reason to look, never a finding of guilt. What a person decides (dismiss, confirm)
is in `review.workflow.flags`; what the data decide (raise, clear) in
`review.services.evaluation`.
"""

import enum

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from review.states import Transition, edges


class FlagState(TextChoices):
    OPEN = "open", pgettext_lazy("flag", "To be looked at")
    DISMISSED = "dismissed", pgettext_lazy("flag", "Dismissed")
    CONFIRMED = "confirmed", pgettext_lazy("flag", "Confirmed")
    CLEARED = "cleared", pgettext_lazy("flag", "Cleared: the facts are gone")

    # Counts towards the score.
    LIVE = enum.nonmember(("open", "confirmed"))
    # A person has judged it: what the precision of a rule is computed from.
    JUDGED = enum.nonmember(("dismissed", "confirmed"))


# The rule whose flags rest on a report; their keys begin so, then the report's and the person's.
ON_REPORT, ON_REPORT_KEY = "Q7_REPORT_ON_NIL", "report:"

S = FlagState

# What people decide; both by the permission `review.judge_flag`.
DISMISS = Transition("dismiss", "flag", (S.OPEN,), S.DISMISSED)
CONFIRM = Transition("confirm", "flag", (S.OPEN,), S.CONFIRMED)
# What the data decide. Changed facts open a judged flag again; gone ones clear it; the same ones
# bring a cleared flag back as it was judged.
CLEAR = Transition("clear", "flag", (S.OPEN, S.DISMISSED, S.CONFIRMED), S.CLEARED)
RAISE = Transition("raise", "flag", (S.DISMISSED, S.CONFIRMED, S.CLEARED), S.OPEN)
RETURN_DISMISSED = Transition("return", "flag", (S.CLEARED,), S.DISMISSED)
RETURN_CONFIRMED = Transition("return", "flag", (S.CLEARED,), S.CONFIRMED)

FLAG_TRANSITIONS = (DISMISS, CONFIRM, CLEAR, RAISE, RETURN_DISMISSED, RETURN_CONFIRMED)
FLAG_EDGES = edges(FLAG_TRANSITIONS)
