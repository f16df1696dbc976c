"""What is counted on the pages of `review`."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from declarations.models.conflicts import ConflictKind

YEARS_BACK = 3
MEASURES = {
    "konflik": ("conflicts", gettext_lazy("Declared conflicts")),
    "pernyataan": ("statements", gettext_lazy("Signed statements")),
    "pengendalian": ("overdue", gettext_lazy("Overdue controls")),
}


class RowsForm(forms.Form):
    """Which rows behind a number: sent since a day (of all years then), of one kind."""

    sejak = forms.DateField(label=gettext_lazy("Since"), required=False)
    macam = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", ""), *ConflictKind.choices]
    )


class YearForm(forms.Form):
    """The year that is counted; the map is always the one in force."""

    tahun = forms.TypedChoiceField(label=gettext_lazy("Year"), required=False, coerce=int)
    ukuran = forms.ChoiceField(
        label=gettext_lazy("Figure"),
        required=False,
        choices=[(key, label) for key, (_name, label) in MEASURES.items()],
        initial="konflik",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localdate().year
        years = range(now, now - YEARS_BACK, -1)
        field = cast(forms.TypedChoiceField, self.fields["tahun"])
        field.choices = [(str(year), str(year)) for year in years]
        field.initial = now
