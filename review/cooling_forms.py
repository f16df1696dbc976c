"""Forms of the register of former officials."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import (
    BusinessDateField,
    CleanCharField,
    CleanTextarea,
    NameField,
    plain_helper,
    today,
)
from common.text import clean_name
from people.models import Opd
from review.services.cooling_off import Body, Entry

MOST_BODIES = 20


class FormerForm(forms.Form):
    use_required_attribute = False
    name = NameField(label=_("Name"), max_length=200, example=_("Ahmad Fauzi"))
    last_post = CleanCharField(
        label=_("Last post"), max_length=200, example=_("Head of the roads division")
    )
    opd = forms.ModelChoiceField(
        label="OPD", queryset=Opd.objects.order_by("name"), empty_label=_("Choose …")
    )
    ended_on = BusinessDateField(label=_("Last day in the post"), latest=today)
    restricted = CleanTextarea(
        label=_("Subjects to keep out of"),
        required=False,
        max_length=2_000,
        help_text=_("Licences, procurement, supervision or advice tied to the former post."),
    )
    bodies = CleanTextarea(
        label=_("Companies and bodies the person serves or owns"),
        required=False,
        max_length=4_000,
        help_text=_("One a line; the role after a semicolon."),
        example=_("PT Rafflesia Jaya; commissioner"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_bodies(self) -> tuple[Body, ...]:
        lines = [line for line in self.cleaned_data["bodies"].split("\n") if line.strip()]
        if len(lines) > MOST_BODIES:
            raise ValidationError(
                _("At most %(count)s companies and bodies."), params={"count": MOST_BODIES}
            )
        found = []
        for line in lines:
            name, _semicolon, role = line.partition(";")
            found.append(Body(clean_name(name, limit=200), role.strip()[:120]))
        return tuple(found)

    def entry(self) -> Entry:
        said: dict[str, Any] = self.cleaned_data
        return Entry(
            name=said["name"], last_post=said["last_post"], opd=said["opd"],
            ended_on=said["ended_on"], restricted=said["restricted"], bodies=said["bodies"],
        )  # fmt: skip


class RemoveForm(forms.Form):
    use_required_attribute = False
    reason = CleanCharField(label=_("Reason"), max_length=300)


class FormerFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("running", _("Waiting now")), ("all", _("All")), ("removed", _("Removed")),
        ],
        initial="running",
    )  # fmt: skip
    q = CleanCharField(label=_("Name"), required=False, max_length=100)

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)
