"""Forms of the registers of decrees and contracts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import CleanCharField, UploadField, plain_helper
from people.forms import HelperMixin
from people.models import Opd
from review.models.acts import ActKind
from review.services.acts import RULES


class ActFilterForm(forms.Form):
    """Filters of the list; they stand in the address."""

    q = CleanCharField(
        label=_("Number, subject, name or NIP of the signatory"), required=False, max_length=120
    )
    jenis = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Any")), *ActKind.choices]
    )
    opd = forms.ModelChoiceField(
        label="OPD", queryset=Opd.objects.none(), required=False, empty_label=_("All OPDs")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opds = Opd.objects.only("pk", "code", "name").order_by("code")
        self.fields["opd"].queryset = opds  # type: ignore[attr-defined]

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class ActImportForm(HelperMixin, forms.Form):
    file = UploadField(
        label=_("File"),
        help_text=_("XLSX or CSV; the first row holds the names of the columns."),
        rules=RULES,
    )


class ActRemoveForm(HelperMixin, forms.Form):
    reason = CleanCharField(
        label=_("Reason"), help_text=_("It stays with the row."), max_length=300
    )
