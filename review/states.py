"""The life of a case on the Inspectorate's desk, as data.

The model, the database triggers and the policies read these tables; what a transition does is
in `review.workflow.cases`. Outcomes are those of the fact sheet of the domain, section 4.2: the
portal recommends and hands over, it never decides a sanction (4.8).
"""

import enum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from declarations import states as declarations


class CaseState(TextChoices):
    NEW = "new", _("Waits for an inspector")
    ASSIGNED = "assigned", _("Assigned")
    IN_REVIEW = "in_review", _("Being reviewed")
    AWAITING = "awaiting_clarification", _("Waits for a clarification")
    RECOMMENDED = "recommended", _("Waits for the decision")
    DECIDED = "decided", pgettext_lazy("case", "Decided, being followed up")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Opened again")

    # Not judged yet: at most one such case a person.
    OPEN = enum.nonmember(
        ("new", "assigned", "in_review", "awaiting_clarification", "recommended", "reopened")
    )
    # On nobody's desk.
    FREE = enum.nonmember(("new", "reopened"))
    # On the desk of the assignee.
    HELD = enum.nonmember(("assigned", "in_review", "awaiting_clarification"))
    JUDGED = enum.nonmember(("decided", "closed"))


class CaseOrigin(TextChoices):
    FLAGS = "flags", _("Flags of the rules")
    REPORT = "report", _("Report from somebody else")
    SAMPLE = "sample", _("Random sample")
    ESCALATION = "escalation", _("Passed on by a superior")


class Outcome(TextChoices):
    """What the Inspectorate says in the end; the words of the fact sheet beside the codes."""

    CONFORMING = "conforming", _("Conforming (SESUAI)")
    NEEDS_CORRECTION = "needs_correction", _("Needs correction by the superior (PERLU_PERBAIKAN)")
    TAKE_OVER = "take_over", _("The Inspectorate takes it over (AMBIL_ALIH)")
    EXAMINATION = "examination", _("Examination is recommended (REKOMENDASI_PEMERIKSAAN)")
    CLOSED = "dismissed", _("Closed without a finding (DITUTUP)")

    # Nothing is left to do once it is decided.
    FINAL = enum.nonmember(("conforming", "dismissed"))
    # May go to another body, by a signed letter.
    HANDED_OVER = enum.nonmember(("examination", "take_over"))


class RequestKind(TextChoices):
    CLARIFICATION = "clarification", _("Clarification by the declarant")
    CORRECTION = "correction", _("Correction by the superior")


class Transition(declarations.Transition):
    """As those of declarations, which `declarations.workflow.base` takes; of this app."""

    __slots__ = ()

    @property
    def permission(self) -> str:
        return f"review.{self.name}_{self.model}"


C = CaseState

ASSIGN = Transition("assign", "case", (C.NEW, C.REOPENED, C.ASSIGNED, C.IN_REVIEW), C.ASSIGNED)
CLAIM = Transition("claim", "case", (C.NEW, C.REOPENED, C.ASSIGNED), C.IN_REVIEW)
RELEASE = Transition("release", "case", (C.ASSIGNED, C.IN_REVIEW), C.NEW)
ASK = Transition("ask", "case", (C.IN_REVIEW,), C.AWAITING)
# The answer is there, the day has passed, or the question was taken back.
RESUME = Transition("resume", "case", (C.AWAITING,), C.IN_REVIEW)
RECOMMEND = Transition("recommend", "case", (C.IN_REVIEW,), C.RECOMMENDED)
RETURN = Transition("return", "case", (C.RECOMMENDED,), C.IN_REVIEW)
DECIDE = Transition("decide", "case", (C.RECOMMENDED,), C.DECIDED)
CLOSE = Transition("close", "case", (C.DECIDED,), C.CLOSED)
REOPEN = Transition("reopen", "case", (C.DECIDED, C.CLOSED), C.REOPENED)

CASE_TRANSITIONS = (
    ASSIGN, CLAIM, RELEASE, ASK, RESUME, RECOMMEND, RETURN, DECIDE, CLOSE, REOPEN,
)  # fmt: skip


def edges(transitions: tuple[Transition, ...]) -> list[tuple[str, str]]:
    """The (source, target) pairs for the database trigger, in a stable order."""
    return sorted(
        {(str(s), str(t.target)) for t in transitions for s in t.sources if s != t.target}
    )
