"""The life of a risk map and of a control, as data.

The models, the database triggers and the policies read these tables. What a transition does
lives in `mapping.workflow`. A map that is opened again is a new version of the year; the one
that was approved stays in force until the new one is approved.
"""

import enum
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MapState(TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed, waits for the Inspectorate")
    UNDER_REVIEW = "under_review", _("Under review")
    RETURNED = "returned", _("Returned for correction")
    APPROVED = "approved", _("Approved")
    SUPERSEDED = "superseded", _("Replaced by a later version")
    ARCHIVED = "archived", _("Archived")

    EDITABLE = enum.nonmember(("draft", "returned"))
    OPEN = enum.nonmember(("draft", "signed", "under_review", "returned"))
    TO_REVIEW = enum.nonmember(("signed", "under_review"))
    # What was once approved and not replaced within its year: the map of record of that year.
    OF_RECORD = enum.nonmember(("approved", "archived"))


class ControlState(TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Reported as done")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")

    UNFINISHED = enum.nonmember(("planned",))


@dataclass(frozen=True, slots=True)
class Transition:
    name: str
    model: str
    sources: tuple[str, ...]
    target: str

    @property
    def permission(self) -> str:
        return f"mapping.{self.name}_{self.model}"


M, C = MapState, ControlState

SIGN = Transition("sign", "riskmap", (M.DRAFT, M.RETURNED), M.SIGNED)
REVIEW = Transition("review", "riskmap", (M.SIGNED,), M.UNDER_REVIEW)
RETURN = Transition("return", "riskmap", (M.UNDER_REVIEW,), M.RETURNED)
APPROVE = Transition("approve", "riskmap", (M.UNDER_REVIEW,), M.APPROVED)
SUPERSEDE = Transition("supersede", "riskmap", (M.APPROVED, M.ARCHIVED), M.SUPERSEDED)
ARCHIVE = Transition(
    "archive", "riskmap", (M.DRAFT, M.SIGNED, M.UNDER_REVIEW, M.RETURNED, M.APPROVED), M.ARCHIVED
)
MAP_TRANSITIONS = (SIGN, REVIEW, RETURN, APPROVE, SUPERSEDE, ARCHIVE)

REPORT = Transition("report", "control", (C.PLANNED,), C.DONE)
CONFIRM = Transition("confirm", "control", (C.DONE,), C.CONFIRMED)
REFUSE = Transition("refuse", "control", (C.DONE,), C.PLANNED)
CANCEL = Transition("cancel", "control", (C.PLANNED, C.DONE), C.CANCELLED)
CONTROL_TRANSITIONS = (REPORT, CONFIRM, REFUSE, CANCEL)


def edges(transitions: tuple[Transition, ...]) -> list[tuple[str, str]]:
    return sorted({(str(s), str(t.target)) for t in transitions for s in t.sources})
