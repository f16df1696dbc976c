"""Forms of the administrator: lists, limits, and the reason of a change."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.forms import (
    BusinessDateField,
    CleanCharField,
    clean_formfield,
    plain_helper,
    today,
)
from declarations.answer_fields import WholeNumberField


class ReasonForm(forms.Form):
    """Why somebody does this; the trail keeps it."""

    reason = CleanCharField(
        label=_("Reason"),
        help_text=_("Kept in the audit trail for everybody who may read it."),
        example=_("Wording agreed with the legal bureau on 23 November 2026"),
        max_length=300,
    )

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self, *self.fields)


class NoteForm(forms.Form):
    """What the new version is for."""

    note = CleanCharField(
        label=_("What will change"),
        help_text=_("One sentence for the list of versions."),
        example=_("Plainer questions on gifts"),
        max_length=300,
    )

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self, *self.fields)


class LimitForm(ReasonForm):
    value = WholeNumberField(label=_("New value"), min_value=1, max_value=1_000, example="5")
    valid_from = BusinessDateField(
        label=_("Valid from"),
        help_text=_("Cases that run keep the limit they began with."),
        earliest=today,
    )
    basis = CleanCharField(label=_("Basis"), required=False, max_length=300)
    is_verified = forms.BooleanField(label=_("The basis is confirmed"), required=False)
    field_order = ("value", "valid_from", "basis", "is_verified", "reason")


def entry_form(model: type[models.Model], *, is_new: bool) -> type[forms.ModelForm]:
    """The form of one entry of a list, with the reason of the change."""
    hidden = {"id"} if is_new else {"id", "code"}
    names = [field.name for field in model._meta.fields if field.name not in hidden]
    return forms.modelform_factory(
        model,
        form=_EntryForm,
        fields=names,
        formfield_callback=clean_formfield,  # type: ignore[arg-type]
    )


class _EntryForm(ReasonForm, forms.ModelForm):
    @property
    def helper(self) -> FormHelper:
        names = [name for name in self.fields if name != "reason"]
        return plain_helper(self, *names, "reason")

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
