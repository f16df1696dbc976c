"""How somebody wants to be told."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import plain_helper
from notices import kinds
from notices.states import Delivery

# By what stands before the point in a kind's name.
GROUPS = {
    "register": _("Register of interests"),
    "statement": _("Statements before a decision"),
    "conflict": _("Declarations of conflict"),
    "plan": _("Control plans"),
    "riskmap": _("Risk maps"),
    "case": _("Cases and reports"),
    "review": _("Cases and reports"),
}


def _kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {str(label): [] for label in GROUPS.values()}
    for kind in kinds.optional():
        label = GROUPS.get(kind.name.split(".")[0], _("Other things"))
        groups.setdefault(str(label), []).append((kind.name, kind.label))
    return [(label, choices) for label, choices in groups.items() if choices]


class PreferenceForm(forms.Form):
    delivery = forms.ChoiceField(
        label=_("E-mail"), choices=Delivery, widget=forms.RadioSelect, initial=Delivery.EACH
    )
    kinds = forms.MultipleChoiceField(
        label=_("E-mail about"),
        choices=_kinds,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "You only get what concerns your post and your roles. Notices always appear in the "
            "portal. Security e-mails are always sent."
        ),
    )

    @property
    def muted_kinds(self) -> list[str]:
        wanted = self.cleaned_data["kinds"]
        return [kind.name for kind in kinds.optional() if kind.name not in wanted]

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self)
