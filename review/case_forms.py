"""Forms of the steps on a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import SHORTEST_REASON, CleanTextarea, UploadField, plain_helper
from declarations.models import ConflictDeclaration
from people.models import User
from review.models import Case, HandoverRecipient
from review.services.assignment import Candidate
from review.services.marking import MarkedDocument
from review.states import Outcome

LARGEST = 2_147_483_647


def field_of(form: forms.Form, name: str) -> Any:
    """The field, whose own attributes the types don't know."""
    return form.fields[name]


class CaseForm(forms.Form):
    """A step on a case: `revision` is the case as the page showed it."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=LARGEST
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        kwargs.setdefault("initial", {}).setdefault("revision", case.revision)
        super().__init__(*args, **kwargs)

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class NoteForm(forms.Form):
    text = CleanTextarea(
        label=_("Note"),
        help_text=_("For the inspectors and the auditors. A note stays as it was written."),
        max_length=4_000,
        rows=3,
    )

    @property
    def helper(self) -> Any:
        return plain_helper(self, "text")


class CaseFileForm(forms.Form):
    file = UploadField(label=_("File"))

    @property
    def helper(self) -> Any:
        return plain_helper(self, "file")


class ReasonForm(CaseForm):
    reason = CleanTextarea(
        label=_("Reason"),
        min_length=SHORTEST_REASON,
        help_text=_("It stays in the history of the case."),
        max_length=1_000,
        rows=3,
    )


class ReopenForm(ReasonForm):
    reason = CleanTextarea(
        label=_("What is new"),
        min_length=SHORTEST_REASON,
        help_text=_("The former decision stays on record; the case gets a new limit."),
        example=_("The vendor's deed names the wife as a shareholder."),
        max_length=1_000,
        rows=3,
    )


class ReturnForm(CaseForm):
    note = CleanTextarea(
        label=_("What is missing"),
        help_text=_("The reviewer reads this; it stays as a note of the case."),
        max_length=2_000,
        rows=4,
    )


class AssignForm(CaseForm):
    """Only those who may take it are offered; the page says why the others can't."""

    to = forms.ChoiceField(label=_("Inspector"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, candidates: list[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = [candidate for candidate in candidates if candidate.is_possible]
        field_of(self, "to").choices = [
            (str(candidate.user.pk), _label(candidate)) for candidate in possible
        ]
        if possible:
            self.initial.setdefault("to", str(possible[0].user.pk))
        self.people = {str(candidate.user.pk): candidate.user for candidate in possible}

    @property
    def chosen(self) -> User:
        return self.people[self.cleaned_data["to"]]


def _label(candidate: Candidate) -> str:
    return str(
        _("%(name)s, %(load)s cases on the desk")
        % {"name": candidate.user.full_name, "load": candidate.load}
    )


class OutcomeForm(CaseForm):
    """What the reviewer recommends."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect, choices=Outcome.choices
    )
    reasons = CleanTextarea(
        label=_("Reasons"),
        min_length=SHORTEST_REASON,
        help_text=_("What was looked at, and what it shows. The portal decides no sanction."),
        max_length=8_000,
        rows=8,
    )


class DecisionForm(OutcomeForm):
    """The decision; the declaration is asked for where the outcome concerns one."""

    conflict = forms.ModelChoiceField(
        label=_("Declaration of conflict"),
        help_text=_("Which one goes back to the superior; needed where one is taken over."),
        queryset=ConflictDeclaration.objects.none(),
        required=False,
        empty_label=_("None"),
    )

    field_order = ("outcome", "conflict", "reasons", "revision")

    def __init__(self, *args: Any, conflicts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "conflict").queryset = conflicts
        field_of(self, "conflict").label_from_instance = _conflict_label
        self.initial.setdefault("outcome", self.case.recommendation)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Outcome.TAKE_OVER and not cleaned.get("conflict"):
            self.add_error("conflict", _("Choose the declaration that is taken over."))
        return cleaned


def _conflict_label(conflict: ConflictDeclaration) -> str:
    parts = (conflict.number, conflict.subject_title, conflict.get_state_display())
    return ", ".join(str(part) for part in parts if part)


class ClarificationForm(CaseForm):
    """A question on marked places of the person's signed documents."""

    question = CleanTextarea(
        label=_("Question"),
        help_text=_("The person sees this question and the places you mark, nothing else."),
        max_length=2_000,
        rows=4,
    )
    places = forms.MultipleChoiceField(
        label=_("Marked places"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, documents: list[MarkedDocument], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not any(group.places for group in documents):
            del self.fields["places"]
            self.fields["question"].help_text = _(
                "The person has no signed document to mark a place of: the question stands alone."
            )
            return
        field_of(self, "places").choices = [
            (
                f"{group.document.title} {group.document.number}",
                [
                    (place.key, f"{place.section} – {place.label}: {place.value or '–'}")
                    for place in group.places
                ],
            )
            for group in documents
        ]


class AnswerForm(forms.Form):
    """An answer to each marked place, and one in general where nothing was marked."""

    def __init__(self, *args: Any, fields: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"place_{number}": item["key"] for number, item in enumerate(fields)}
        for name, item in zip(self.names, fields, strict=True):
            self.fields[name] = CleanTextarea(
                label=f"{item['section']} – {item['label']}",
                help_text=_("You declared: %(value)s") % {"value": item["value"] or "–"},
                max_length=2_000,
                rows=3,
                required=False,
            )
        self.fields["text"] = CleanTextarea(
            label=_("Your answer") if not fields else _("Anything else on these places"),
            max_length=4_000,
            rows=5,
            required=not fields,
        )
        self.fields["file"] = UploadField(label=_("File"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("text") and not any(self.answers.values()):
            raise forms.ValidationError(_("Write the answer, please."))
        return cleaned

    @property
    def answers(self) -> dict[str, str]:
        return {key: self.cleaned_data.get(name, "") for name, key in self.names.items()}

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class HandoverForm(CaseForm):
    recipient = forms.ModelChoiceField(
        label=_("Recipient"), queryset=HandoverRecipient.objects.none(), empty_label=None
    )
    summary = CleanTextarea(
        label=_("What is handed over"),
        help_text=_(
            "It stands in the letter as you write it. Describe facts; name no sanction: that is "
            "for the recipient to decide."
        ),
        max_length=6_000,
        rows=8,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "recipient").queryset = HandoverRecipient.objects.filter(is_active=True)
