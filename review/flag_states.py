"""The life of a flag, as data.

A flag is a reason to look, never a finding of guilt. What a person decides (dismiss, confirm)
is in `review.workflow.flags`; what the data decide (raise, clear) in
`review.services.evaluation`.
"""

import enum

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class FlagState(TextChoices):
    OPEN = "open", pgettext_lazy("flag", "To be looked at")
    DISMISSED = "dismissed", pgettext_lazy("flag", "Dismissed")
    CONFIRMED = "confirmed", pgettext_lazy("flag", "Confirmed")
    CLEARED = "cleared", pgettext_lazy("flag", "Cleared: the facts are gone")

    # Counts towards the score.
    LIVE = enum.nonmember(("open", "confirmed"))
    # A person has judged it: what the precision of a rule is computed from.
    JUDGED = enum.nonmember(("dismissed", "confirmed"))


S = FlagState

# A dismissed flag opens again when its facts change; a cleared one comes back as it was judged.
FLAG_EDGES = sorted(
    (str(source), str(target))
    for source, targets in {
        S.OPEN: (S.DISMISSED, S.CONFIRMED, S.CLEARED),
        S.DISMISSED: (S.OPEN, S.CLEARED),
        S.CONFIRMED: (S.OPEN, S.CLEARED),
        S.CLEARED: (S.OPEN, S.DISMISSED, S.CONFIRMED),
    }.items()
    for target in targets
)
