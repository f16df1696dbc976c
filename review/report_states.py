"""The life of a report from others (F4), as data: the fact sheet of the domain, section 4.6.

The model, the database triggers and the policies read these tables; what a step does is in
`review.workflow.reports`.
"""

import enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from review.states import Transition


class ReportState(TextChoices):
    RECEIVED = "received", pgettext_lazy("report", "Received")
    VERIFYING = "verifying", _("First check")
    NOT_ELIGIBLE = "not_eligible", _("Can't be followed up")
    FORWARDED = "forwarded", _("Passed on to the UPG")
    REFERRED = "referred", pgettext_lazy("report", "Passed on to another body")
    EXAMINING = "examining", pgettext_lazy("report", "Being examined")
    DECIDED = "decided", pgettext_lazy("report", "Decided")
    FOLLOW_UP = "follow_up", pgettext_lazy("report", "Being followed up")
    CLOSED = "closed", pgettext_lazy("report", "Finished")

    # The Inspectorate has something to do.
    OPEN = enum.nonmember(("received", "verifying", "examining", "decided", "follow_up"))
    # The clock of the first check, and that of the decision, are running.
    UNVERIFIED = enum.nonmember(("received", "verifying"))
    UNDECIDED = enum.nonmember(("received", "verifying", "examining"))
    # The reporter may still add something.
    TAKES_ANSWERS = enum.nonmember(
        ("received", "verifying", "forwarded", "referred", "examining", "decided", "follow_up")
    )


class ReportOutcome(TextChoices):
    """What the examination found; whether it is a violation others decide (4.8)."""

    SUBSTANTIATED = "substantiated", _("A conflict of interest was found")
    UNSUBSTANTIATED = "unsubstantiated", _("No conflict of interest was found")
    UNPROVABLE = "unprovable", _("It can't be established")


class SubjectStanding(TextChoices):
    CANDIDATE = "candidate", _("May be meant")
    CONFIRMED = "confirmed", _("Is meant")
    RULED_OUT = "ruled_out", _("Isn't meant")

    # These persons and their line never see the report.
    KEPT_OUT = enum.nonmember(("candidate", "confirmed"))


R = ReportState

VERIFY = Transition("verify", "conflictreport", (R.RECEIVED,), R.VERIFYING)
REJECT = Transition("reject", "conflictreport", (R.VERIFYING,), R.NOT_ELIGIBLE)
FORWARD = Transition("forward", "conflictreport", (R.VERIFYING,), R.FORWARDED)
# By the regional secretary, of a report that nobody in the Inspectorate may handle.
REFER = Transition("refer", "conflictreport", (R.VERIFYING,), R.REFERRED)
EXAMINE = Transition("examine", "conflictreport", (R.VERIFYING,), R.EXAMINING)
DECIDE = Transition("decide", "conflictreport", (R.EXAMINING,), R.DECIDED)
FOLLOW_UP = Transition("follow_up", "conflictreport", (R.DECIDED,), R.FOLLOW_UP)
CLOSE = Transition("close", "conflictreport", (R.FOLLOW_UP, R.FORWARDED, R.REFERRED), R.CLOSED)

REPORT_TRANSITIONS = (VERIFY, REJECT, FORWARD, REFER, EXAMINE, DECIDE, FOLLOW_UP, CLOSE)
