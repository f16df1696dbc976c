"""The form of a campaign, and of what one says when it pauses or stops."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import BusinessDateField, CleanCharField
from declarations.services.compliance import yearly_due_on
from people.forms import HelperMixin
from review.models import Campaign

MOST_ROUNDS = 12
LONGEST = 180


class DaysField(CleanCharField):
    """Numbers of days, "14, 7, 3"; the value is a sorted list without repetitions."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, required=False, example="14, 7, 3, 1", **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(", ".join(map(str, value)) if isinstance(value, list) else value)
        parts = [part for part in re.split(r"[,;\s]+", text or "") if part]
        if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            raise ValidationError(_("Write numbers of days with commas between them."))
        days = sorted({int(part) for part in parts}, reverse=True)
        if len(days) > MOST_ROUNDS or any(day > LONGEST for day in days):
            raise ValidationError(_("At most twelve numbers, none above 180."))
        return days

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


def _after(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=LONGEST,
        help_text=_("Days after the last day. Empty: nobody is told."),
    )


def _time(label: Any, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs
    )


class CampaignForm(HelperMixin, forms.ModelForm):
    """The window, the reminder days, who is told later, and when nothing is sent."""

    name = CleanCharField(label=_("Name"), max_length=120)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    opens_on = BusinessDateField(label=_("Opens on"))
    due_on = BusinessDateField(
        label=_("Last day"),
        help_text=_("The last day of the yearly register; it does not move anybody's own limit."),
    )
    days_before = DaysField(label=_("Remind, days before the last day"))
    days_after = DaysField(label=_("Remind, days after the last day"))
    superior_after = _after(_("Tell the direct superior"))
    head_after = _after(_("Tell the head of the OPD"))
    quiet_from = _time(_("Quiet from"))
    quiet_until = _time(
        _("Quiet until"),
        help_text=_("Nothing is sent in quiet hours, on weekends, holidays and collective leave."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    class Meta:
        model = Campaign
        fields = (
            "name", "year", "opens_on", "due_on", "days_before", "days_after", "superior_after",
            "head_after", "quiet_from", "quiet_until",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.instance.revision

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        year, opens, due = (values.get(name) for name in ("year", "opens_on", "due_on"))
        if year and opens and due and {opens.year, due.year} != {year}:
            self.add_error("due_on", _("The first and the last day lie in the campaign's year."))
        elif year and due and due != (limit := yearly_due_on(year, on=due)):
            message = _(
                "The portal's limit for the yearly register ends on %(day)s; use that day."
            )
            self.add_error("due_on", ValidationError(message, params={"day": f"{limit:%d/%m/%Y}"}))
        if not any(values.get(name) for name in ("days_before", "days_after")) and not self.errors:
            self.add_error("days_before", _("A campaign reminds at least once."))
        return values


class CampaignReasonForm(HelperMixin, forms.Form):
    """Why a campaign pauses or stops."""

    reason = CleanCharField(label=_("Reason"), max_length=300)
