"""Forms around reports from others; the questions of F4 themselves are data."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.forms import CleanCharField, CleanTextarea, UploadField, plain_helper
from people import nip
from people.models import User
from review.report_states import ReportOutcome, ReportState
from review.services import report_codes, report_files, reports

MOST_AT_ONCE = 3


class UncheckedUploadField(UploadField):
    """The file itself is checked by `prepare`, which has words for office files as well."""

    def to_python(self, data: Any) -> Any:
        return forms.FileField.to_python(self, data)


class EvidenceForm(forms.Form):
    """A few files at once; what can't be kept without traces of the sender is refused."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_AT_ONCE + 1):
            field = UncheckedUploadField(
                label=_("File %(number)s") % {"number": number},
                required=False,
                rules=report_files.RULES,
            )
            self.fields[f"file{number}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        prepared = []
        for name in (name for name in self.fields if name.startswith("file")):
            if upload := cleaned.get(name):
                try:
                    prepared += reports.prepare_files([upload])
                except ValidationError as error:
                    self.add_error(name, error)
        self.prepared = tuple(prepared)
        return cleaned


class GoodFaithForm(forms.Form):
    """The word that a report is made in good faith; the page's token."""

    use_required_attribute = False
    good_faith = forms.BooleanField(
        label=_("I have read this and report in good faith."),
        error_messages={"required": _("Tick the box to send the report.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class CodeForm(forms.Form):
    """The way back."""

    use_required_attribute = False
    code = CleanCharField(
        label=_("Receipt code"),
        max_length=80,
        help_text=_("The eight groups of four characters that you kept. Case doesn't matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if not report_codes.is_well_formed(code):
            raise ValidationError(
                _("There is a slip in the code; compare it with your note, group by group.")
            )
        return code


class OnceMixin(forms.Form):
    """A key given by the page, so that a button pressed twice does its work once."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid.uuid4

    def clean_once(self) -> uuid.UUID:
        return self.cleaned_data["once"] or uuid.uuid4()


class AnswerForm(EvidenceForm, OnceMixin):
    """What the reporter adds, by the code."""

    text = CleanTextarea(label=_("Your answer or addition"), max_length=8_000, rows=6)
    field_order = ("text", "file1", "file2", "file3", "once")


class MessageForm(OnceMixin):
    use_required_attribute = False
    text = CleanTextarea(
        label=_("Message to the reporter"),
        help_text=_("Name nobody whom the reporter hasn't named; leave numbers of people out."),
        max_length=4_000,
    )


class IdentityForm(forms.Form):
    use_required_attribute = False
    reason = CleanCharField(
        label=_("Why do you need the identity?"),
        help_text=_("Stays in the audit trail."),
        max_length=300,
    )


class SubjectForm(forms.Form):
    """Somebody else than the portal found, by the NIP."""

    use_required_attribute = False
    nip = CleanCharField(
        label=_("NIP of the person meant"), max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_nip(self) -> User:
        person = User.objects.filter(nip=nip.normalise(self.cleaned_data["nip"])).first()
        if person is None:
            raise ValidationError(_("Nobody with this NIP is in the portal."))
        return person


NOTE = {
    "reject": _("Why it can't be followed up"),
    "forward": _("To whom, and with which letter"),
    "refer": _("To which body, why, and with which letter"),
    "examine": _("What is to be examined"),
    "decide": _("What the finding rests on"),
    "follow_up": _("What is done now"),
    "close": _("How it ended"),
}


class StepForm(forms.Form):
    """The note of the Inspectorate, sealed; for some steps a word to the reporter."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=_("Finding"), choices=ReportOutcome.choices, widget=forms.RadioSelect
    )
    note = CleanTextarea(
        label=_("Note"),
        max_length=4_000,
        help_text=_("Only those who handle this report read it."),
    )
    feedback = CleanTextarea(
        label=_("Message to the reporter"),
        help_text=_("Name nobody whom the reporter hasn't named; leave numbers of people out."),
        max_length=4_000,
    )
    WITH_FEEDBACK = ("reject", "forward", "refer", "decide", "close")

    def __init__(self, *args: Any, step: str, report: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        self.fields["note"].label = NOTE[step]
        if step != "decide":
            del self.fields["outcome"]
        if step not in self.WITH_FEEDBACK:
            del self.fields["feedback"]

    def clean_feedback(self) -> str:
        reports.check_message(self.report, self.cleaned_data["feedback"])
        return self.cleaned_data["feedback"]


class ReportFilter(forms.Form):
    keadaan = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("All states")), ("open", _("To do")), ("overdue", _("Past the time limit")),
            *ReportState.choices,
        ],
    )  # fmt: skip
    jenis = forms.ChoiceField(
        label=_("Kind"), required=False,
        choices=[
            ("", _("All kinds")), ("named", pgettext_lazy("report", "Named")),
            ("anonymous", pgettext_lazy("report", "Anonymous")),
        ],
    )  # fmt: skip
    nomor = CleanCharField(label=_("Number"), required=False, max_length=20)

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)
