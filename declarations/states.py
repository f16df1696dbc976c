"""The life of each kind of declaration, as data.

The models, the database triggers, the policies and the diagrams in the docs all read
these tables. What a transition does lives in the workflow modules.
Source: fact sheet of the domain, section 4.2.
"""

import enum
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step; `permission` says which policy decides who may take it."""

    name: str
    model: str
    sources: tuple[str, ...]
    target: str

    @property
    def permission(self) -> str:
        return f"declarations.{self.name}_{self.model}"


def edges(transitions: tuple[Transition, ...]) -> list[tuple[str, str]]:
    """The (source, target) pairs for the database trigger, in a stable order."""
    return sorted({(str(s), str(t.target)) for t in transitions for s in t.sources})


class RegisterState(TextChoices):
    """F1, register of interests. "Not started" is the absence of a row; late is computed."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    RETURNED = "returned", _("Returned for completion")
    ACCEPTED = "accepted", _("Accepted")
    RENEWED = "renewed", _("Renewed")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    EDITABLE = enum.nonmember(("draft",))
    SIGNED = enum.nonmember(("sent", "returned", "accepted", "renewed", "expired"))


class StatementState(TextChoices):
    """F2, statement before a decision."""

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Signed: free of conflict")
    CONVERTED = "converted", _("Became a declaration of conflict")
    SUPERSEDED = "superseded", _("Replaced by a correction")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    EDITABLE = enum.nonmember(("draft",))


class ConflictState(TextChoices):
    """F3, declaration of conflict."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    UNDER_REVIEW = "under_review", _("Under review")
    NEEDS_DATA = "needs_data", _("More data asked")
    ESCALATED = "escalated", _("Passed to the next superior")
    CONFLICT_FOUND = "conflict_found", _("Decided: conflict")
    NO_CONFLICT = "no_conflict", _("Decided: no conflict")
    CONTROLLED = "controlled", _("Under control measures")
    CLOSED = "closed", _("Closed")
    SUPERSEDED = "superseded", _("Replaced by a correction")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    EDITABLE = enum.nonmember(("draft",))
    # The superior's clock runs in these; asking for data does not stop it.
    AWAITING_DECISION = enum.nonmember(("sent", "under_review", "needs_data", "escalated"))
    DECIDED = enum.nonmember(("conflict_found", "no_conflict", "controlled", "closed"))
    SENT_STATES = enum.nonmember(
        (
            "sent",
            "under_review",
            "needs_data",
            "escalated",
            "conflict_found",
            "no_conflict",
            "controlled",
            "closed",
        )
    )


class DecisionState(TextChoices):
    """F5, the superior's decision."""

    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    SUPERSEDED = "superseded", _("Replaced")
    DISCARDED = "discarded", _("Discarded")

    EDITABLE = enum.nonmember(("draft",))


class PlanState(TextChoices):
    """F6, control plan."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Running")
    CLOSED = "closed", _("Closed")
    REPLACED = "replaced", _("Replaced")

    EDITABLE = enum.nonmember(("draft",))


class TaskState(TextChoices):
    """A task of a control plan."""

    OPEN = "open", pgettext_lazy("task", "Open")
    DONE = "done", _("Reported as done")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


R, S, C, D, P, T = (
    RegisterState,
    StatementState,
    ConflictState,
    DecisionState,
    PlanState,
    TaskState,
)

REGISTER_SEND = Transition("send", "interestregister", (R.DRAFT,), R.SENT)
REGISTER_RETURN = Transition("return", "interestregister", (R.SENT,), R.RETURNED)
REGISTER_RESUME = Transition("resume", "interestregister", (R.RETURNED,), R.DRAFT)
REGISTER_ACCEPT = Transition("accept", "interestregister", (R.SENT,), R.ACCEPTED)
REGISTER_RENEW = Transition("renew", "interestregister", (R.ACCEPTED, R.EXPIRED), R.RENEWED)
REGISTER_EXPIRE = Transition("expire", "interestregister", (R.ACCEPTED,), R.EXPIRED)
REGISTER_WITHDRAW = Transition(
    "withdraw", "interestregister", (R.DRAFT, R.SENT, R.RETURNED), R.WITHDRAWN
)
REGISTER_TRANSITIONS = (
    REGISTER_SEND,
    REGISTER_RETURN,
    REGISTER_RESUME,
    REGISTER_ACCEPT,
    REGISTER_RENEW,
    REGISTER_EXPIRE,
    REGISTER_WITHDRAW,
)

STATEMENT_ISSUE = Transition("issue", "decisionstatement", (S.DRAFT,), S.ISSUED)
STATEMENT_CONVERT = Transition("convert", "decisionstatement", (S.DRAFT,), S.CONVERTED)
STATEMENT_SUPERSEDE = Transition("supersede", "decisionstatement", (S.ISSUED,), S.SUPERSEDED)
STATEMENT_WITHDRAW = Transition("withdraw", "decisionstatement", (S.DRAFT, S.ISSUED), S.WITHDRAWN)
STATEMENT_TRANSITIONS = (
    STATEMENT_ISSUE,
    STATEMENT_CONVERT,
    STATEMENT_SUPERSEDE,
    STATEMENT_WITHDRAW,
)

CONFLICT_SEND = Transition("send", "conflictdeclaration", (C.DRAFT,), C.SENT)
CONFLICT_REVIEW = Transition(
    "review", "conflictdeclaration", (C.SENT, C.ESCALATED), C.UNDER_REVIEW
)
CONFLICT_ASK_DATA = Transition("ask_data", "conflictdeclaration", (C.UNDER_REVIEW,), C.NEEDS_DATA)
CONFLICT_COMPLETE = Transition("complete", "conflictdeclaration", (C.NEEDS_DATA,), C.UNDER_REVIEW)
CONFLICT_FIND = Transition("find", "conflictdeclaration", (C.UNDER_REVIEW,), C.CONFLICT_FOUND)
CONFLICT_CLEAR = Transition("clear", "conflictdeclaration", (C.UNDER_REVIEW,), C.NO_CONFLICT)
CONFLICT_CONTROL = Transition("control", "conflictdeclaration", (C.CONFLICT_FOUND,), C.CONTROLLED)
CONFLICT_CLOSE = Transition(
    "close", "conflictdeclaration", (C.NO_CONFLICT, C.CONTROLLED), C.CLOSED
)
CONFLICT_ESCALATE = Transition(
    "escalate",
    "conflictdeclaration",
    (C.SENT, C.UNDER_REVIEW, C.NEEDS_DATA, C.ESCALATED),
    C.ESCALATED,
)
CONFLICT_WITHDRAW = Transition("withdraw", "conflictdeclaration", (C.DRAFT, C.SENT), C.WITHDRAWN)
# A corrected version takes the case over, with its handler and its limit.
CONFLICT_SUPERSEDE = Transition(
    "supersede",
    "conflictdeclaration",
    (C.SENT, C.UNDER_REVIEW, C.NEEDS_DATA, C.ESCALATED),
    C.SUPERSEDED,
)
# New evidence, or the Inspectorate sends the decision back to the superior.
CONFLICT_REOPEN = Transition(
    "reopen",
    "conflictdeclaration",
    (C.CLOSED, C.CONTROLLED, C.CONFLICT_FOUND, C.NO_CONFLICT),
    C.UNDER_REVIEW,
)
# The Inspectorate decides itself (AMBIL_ALIH): the case passes to its chief.
CONFLICT_TAKE_OVER = Transition(
    "take_over",
    "conflictdeclaration",
    (C.SENT, C.UNDER_REVIEW, C.NEEDS_DATA, C.ESCALATED),
    C.ESCALATED,
)
CONFLICT_TRANSITIONS = (
    CONFLICT_SEND,
    CONFLICT_REVIEW,
    CONFLICT_ASK_DATA,
    CONFLICT_COMPLETE,
    CONFLICT_FIND,
    CONFLICT_CLEAR,
    CONFLICT_CONTROL,
    CONFLICT_CLOSE,
    CONFLICT_ESCALATE,
    CONFLICT_WITHDRAW,
    CONFLICT_SUPERSEDE,
    CONFLICT_REOPEN,
    CONFLICT_TAKE_OVER,
)

DECISION_SIGN = Transition("sign", "superiordecision", (D.DRAFT,), D.SIGNED)
DECISION_SUPERSEDE = Transition("supersede", "superiordecision", (D.SIGNED,), D.SUPERSEDED)
DECISION_DISCARD = Transition("discard", "superiordecision", (D.DRAFT,), D.DISCARDED)
DECISION_TRANSITIONS = (DECISION_SIGN, DECISION_SUPERSEDE, DECISION_DISCARD)

PLAN_START = Transition("start", "controlplan", (P.DRAFT,), P.ACTIVE)
PLAN_CLOSE = Transition("close", "controlplan", (P.ACTIVE,), P.CLOSED)
PLAN_REPLACE = Transition("replace", "controlplan", (P.DRAFT, P.ACTIVE, P.CLOSED), P.REPLACED)
PLAN_TRANSITIONS = (PLAN_START, PLAN_CLOSE, PLAN_REPLACE)

TASK_REPORT = Transition("report", "controltask", (T.OPEN,), T.DONE)
TASK_CONFIRM = Transition("confirm", "controltask", (T.DONE,), T.CONFIRMED)
TASK_REFUSE = Transition("refuse", "controltask", (T.DONE,), T.OPEN)
TASK_CANCEL = Transition("cancel", "controltask", (T.OPEN, T.DONE), T.CANCELLED)
TASK_TRANSITIONS = (TASK_REPORT, TASK_CONFIRM, TASK_REFUSE, TASK_CANCEL)

ALL_TRANSITIONS = {
    "interestregister": (RegisterState, REGISTER_TRANSITIONS),
    "decisionstatement": (StatementState, STATEMENT_TRANSITIONS),
    "conflictdeclaration": (ConflictState, CONFLICT_TRANSITIONS),
    "superiordecision": (DecisionState, DECISION_TRANSITIONS),
    "controlplan": (PlanState, PLAN_TRANSITIONS),
    "controltask": (TaskState, TASK_TRANSITIONS),
}
