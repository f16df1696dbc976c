"""The filters of the audit trail, all by GET."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from audit import presentation
from common.forms import BusinessDateField, CleanCharField, DigitsField

HOLE = re.compile(r"%\(\w+\)s")


def _actions() -> list[tuple[str, Any]]:
    """In words, by the kind of thing that is done something with."""
    named = [
        (action, HOLE.sub("…", str(sentence)))
        for action, sentence in sorted(presentation.actions().items())
    ]
    return [("", _("All actions")), *sorted(named, key=lambda pair: pair[1].casefold())]


def _target_types() -> list[tuple[str, Any]]:
    labels = sorted(presentation.kinds().items(), key=lambda pair: str(pair[1]))
    return [("", _("All objects")), *labels]


class EventFilterForm(forms.Form):
    nip = DigitsField(label=_("NIP of the person"), digits=(18,), required=False)
    action = forms.ChoiceField(label=_("Action"), choices=_actions, required=False)
    object = forms.ChoiceField(label=_("Object"), choices=_target_types, required=False)
    number = CleanCharField(label=_("Number of the object"), max_length=64, required=False)
    first_day = BusinessDateField(label=_("From"), required=False)
    last_day = BusinessDateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def criteria(self) -> dict[str, Any]:
        """As `AuditEventQuerySet.filtered` takes them."""
        given = self.cleaned_data
        return {
            "actor_id": self._actor_id(given["nip"]),
            "action": given["action"],
            "target_type": given["object"],
            "target_id": given["number"],
            "first_day": given["first_day"],
            "last_day": given["last_day"],
        }

    @staticmethod
    def _actor_id(nip: str | None) -> Any:
        """An unknown number finds nothing, rather than everything."""
        if not nip:
            return None
        found = get_user_model().objects.filter(nip=nip).values_list("pk", flat=True).first()
        return found or "00000000-0000-0000-0000-000000000000"
