"""How somebody wants to be told."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import plain_helper
from notices import kinds
from notices.states import Delivery


def _kinds() -> list[tuple[str, str]]:
    return [(kind.name, kind.label) for kind in kinds.optional()]


class PreferenceForm(forms.Form):
    delivery = forms.ChoiceField(
        label=_("E-mail"), choices=Delivery, widget=forms.RadioSelect, initial=Delivery.EACH
    )
    kinds = forms.MultipleChoiceField(
        label=_("E-mail about"),
        choices=_kinds,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Notices always appear in the portal. Security e-mails are always sent."),
    )

    @property
    def muted_kinds(self) -> list[str]:
        wanted = self.cleaned_data["kinds"]
        return [kind.name for kind in kinds.optional() if kind.name not in wanted]

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self)
