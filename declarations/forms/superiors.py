"""Small forms of F5 to F7: a reason, a question, what was done, filters of lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import CleanCharField, CleanTextarea, UploadField, plain_helper
from declarations.models.plans import Effect
from declarations.states import ConflictState, PlanState


class PlainForm(forms.Form):
    """One column of questions, in the order of the class."""

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class DataRequestForm(PlainForm):
    question = CleanTextarea(
        label=_("What you need to know"),
        help_text=_("You can ask only once, so ask for everything. Your own limit runs on."),
        example=_("Please send the deed of the company and the date when you sold the shares."),
        max_length=2_000,
    )


class PassOnForm(PlainForm):
    note = CleanTextarea(
        label=_("Why you cannot decide"),
        help_text=_("The next superior and the inspectors can read this."),
        example=_("The owner of the company is my brother-in-law."),
        max_length=300,
        rows=3,
    )


class ReasonForm(PlainForm):
    reason = CleanTextarea(
        label=_("Reason"),
        help_text=_("It stays in the history of the task."),
        max_length=500,
        rows=3,
    )


class RefusalForm(ReasonForm):
    reason = CleanTextarea(
        label=_("What is missing"),
        help_text=_("The owner of the task reads this and reports again."),
        example=_("The letter carries no signature; please add the signed one."),
        max_length=500,
        rows=3,
    )


class ReportForm(PlainForm):
    evidence_note = CleanTextarea(
        label=_("What was done"),
        help_text=_("Say when, by whom and with what result."),
        example=_("On 12 November 2026 the file was handed to the replacement official."),
        max_length=2_000,
    )
    obstacles = CleanTextarea(
        label=_("Obstacles"),
        help_text=_("Whatever made it late or incomplete."),
        example=_("The replacement official was ill for a week."),
        max_length=2_000,
        rows=3,
        required=False,
    )


class EvidenceForm(PlainForm):
    file = UploadField(label=_("File"), help_text=_("The evidence that was agreed on."))


class ConfirmForm(PlainForm):
    effect = forms.ChoiceField(
        label=_("Did it have its effect?"),
        help_text=_("Judge by the evidence, not by the effort."),
        choices=Effect,
        widget=forms.RadioSelect,
    )


class PeopleSearchForm(forms.Form):
    """A part of a name, or the first digits of a NIP."""

    cari = CleanCharField(label=_("Name or NIP"), max_length=100, required=False)


class QueueFilterForm(forms.Form):
    """What of one's own queue to show."""

    WAITING = [
        (state.value, state.label)
        for state in ConflictState
        if state.value in ConflictState.AWAITING_DECISION
    ]
    keadaan = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *WAITING], required=False
    )
    terlambat = forms.BooleanField(label=_("Overdue only"), required=False)

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class PlanFilterForm(forms.Form):
    keadaan = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *PlanState.choices], required=False
    )
    terlambat = forms.BooleanField(label=_("Overdue only"), required=False)

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class TaskFilterForm(PlanFilterForm):
    keadaan = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("To do")), ("semua", _("All my tasks"))],
        required=False,
    )
