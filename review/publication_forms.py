"""What is asked before a report is frozen, a bundle made, a threshold set, a year published."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.forms import BusinessDateField, CleanCharField, UploadField, today
from people.forms import HelperMixin
from people.models import Opd, User
from review.forms import YEARS_BACK
from review.models.publications import Period


def _years(first: int) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in range(first, first - YEARS_BACK, -1)]


class FreezeForm(HelperMixin, forms.Form):
    opd = forms.ModelChoiceField(
        label=_("About"), queryset=Opd.objects.none(), required=False,
        empty_label=_("The whole province"),
    )  # fmt: skip
    period = forms.ChoiceField(label=_("Period"), choices=Period)
    day = BusinessDateField(
        label=_("A day of the period"),
        initial=today,
        latest=today,
        help_text=_("The month, quarter or year that holds this day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = Opd.objects.in_force(on=timezone.localdate()).order_by("name", "pk")
        self.fields["opd"].queryset = in_force  # type: ignore[attr-defined]


class BundleForm(HelperMixin, forms.Form):
    """For the OPDs that a person may ask for."""

    opd = forms.ModelChoiceField(
        label="OPD", queryset=Opd.objects.none(), empty_label=_("Choose …")
    )
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, opds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opd"].queryset = opds  # type: ignore[attr-defined]
        self.fields["year"].choices = _years(timezone.localdate().year)  # type: ignore[attr-defined]


class MinutesForm(HelperMixin, forms.Form):
    """For the OPDs that `by` may add minutes to."""

    opd = forms.ModelChoiceField(label="OPD", queryset=Opd.objects.none())
    held_on = BusinessDateField(label=_("Held on"), latest=today)
    topic = CleanCharField(label=_("What it was about"), max_length=200)
    attendees = forms.IntegerField(label=_("People who came"), min_value=1, max_value=100_000)
    file = UploadField(label=_("Minutes as a file"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opds = Opd.objects.in_force(on=timezone.localdate()).order_by("name", "pk")
        if not by.has_perm("review.freeze_monitoring"):
            own = by.standing.headed_opd_ids | by.standing.officer_opd_ids
            opds = opds.filter(pk__in=own)
        self.fields["opd"].queryset = opds  # type: ignore[attr-defined]


class ThresholdForm(HelperMixin, forms.Form):
    value = forms.IntegerField(label=_("Smallest number shown"), min_value=3, max_value=100)
    reason = CleanCharField(label=_("Reason"), max_length=300)


class PublishForm(HelperMixin, forms.Form):
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = _years(timezone.localdate().year - 1)[: YEARS_BACK - 1]
        self.fields["year"].choices = years  # type: ignore[attr-defined]
