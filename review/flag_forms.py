"""Forms of flags and rules."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.forms import SHORTEST_REASON, CleanCharField, CleanTextarea, plain_helper
from people.models import Opd
from review.flag_states import FlagState
from review.models import RuleVersion
from review.rules import RULES, Rule
from review.rules.base import Parameter
from review.services import rule_settings

# The levels of `flag_querysets.LEVELS`, in words.
LEVEL_WORDS = {
    "tinggi": _("High (0.7 and more)"),
    "sedang": _("Medium (0.3 to 0.7)"),
    "rendah": _("Low (less than 0.3)"),
}
LIVE, ALL = "aktif", "semua"


def rule_choices() -> list[tuple[str, Any]]:
    """With the number in the catalogue, where a rule is from there."""
    return [
        (code, str(rule.title) if rule.catalogue == "-" else f"{rule.catalogue} · {rule.title}")
        for code, rule in RULES.items()
    ]


class FlagFilterForm(forms.Form):
    """Filters of the list; they stand in the address."""

    keadaan = forms.ChoiceField(
        label=_("State"),
        required=False,
        initial=LIVE,
        choices=[(LIVE, _("Open or confirmed")), *FlagState.choices, (ALL, _("All"))],
    )
    aturan = forms.ChoiceField(label=_("Rule"), required=False)
    tingkat = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[("", _("Any")), *LEVEL_WORDS.items()],
    )
    opd = forms.ModelChoiceField(
        label="OPD", queryset=Opd.objects.none(), required=False, empty_label=_("All OPDs")
    )
    tahun = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["aturan"].choices = [("", _("All rules")), *rule_choices()]
        self.fields["opd"].queryset = Opd.objects.only("pk", "code", "name").order_by("code")

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class JudgeForm(forms.Form):
    """A judgement: `seen` is the fingerprint of the facts that the page showed."""

    reason = CleanTextarea(
        label=_("Reason"),
        min_length=SHORTEST_REASON,
        help_text=_("It stays with the flag, for whoever looks at it after you."),
        max_length=2_000,
        rows=4,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class QuestionForm(forms.Form):
    question = CleanTextarea(
        label=_("Your question"),
        help_text=_(
            "The declarant reads these words and nothing else of the flag. Do not name a "
            "reporter or a third person."
        ),
        max_length=2_000,
        rows=5,
    )

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class AnswerForm(forms.Form):
    answer = CleanTextarea(
        label=_("Your answer"),
        help_text=_("It is shown beside the finding. Once it is sent it stays as it is."),
        max_length=4_000,
        rows=6,
    )

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class _Settings(forms.Form):
    """Weight, parameters and the switch of one rule, with a field for each parameter."""

    weight = forms.IntegerField(
        label=_("Weight (thousandths)"),
        help_text=_("0 to 1000; 700 is 0.7 of the catalogue."),
        min_value=0,
        max_value=1000,
    )
    is_enabled = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, rule: Rule, version: RuleVersion, **kwargs: Any) -> None:
        self.rule = rule
        kwargs["initial"] = _initial(rule, version) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for parameter in rule.parameters:
            self.fields[_name(parameter)] = _field(parameter)
        self.order_fields(["weight", *map(_name, rule.parameters), "is_enabled", "reason"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        given = {
            parameter.name: _value(parameter, cleaned[_name(parameter)])
            for parameter in self.rule.parameters
        }
        try:
            cleaned["parameters"] = rule_settings.check(
                self.rule, weight=cleaned["weight"], parameters=given
            )
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return cleaned

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


class LabForm(_Settings):
    """What to try; in the address, so that a trial can be shown to somebody."""


class RuleForm(_Settings):
    reason = CleanCharField(
        label=_("Reason"),
        help_text=_("Why the rule is changed; it stays with the version."),
        min_length=SHORTEST_REASON,
        max_length=500,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1_000_000)


class DrawForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)

    @property
    def helper(self) -> Any:
        return plain_helper(self, *self.fields)


def _name(parameter: Parameter) -> str:
    return f"p_{parameter.name}"


def _initial(rule: Rule, version: RuleVersion) -> dict[str, Any]:
    values = {**rule.defaults, **version.parameters}
    return {
        "weight": version.weight,
        "is_enabled": version.is_enabled,
        "seen": version.number,
        **{
            _name(p): ", ".join(values[p.name]) if p.is_list else values[p.name]
            for p in rule.parameters
        },
    }


def _field(parameter: Parameter) -> forms.Field:
    if parameter.is_list:
        return CleanTextarea(
            label=capfirst(parameter.label),
            help_text=_("Words with commas between them."),
            max_length=4_000,
            rows=2,
        )
    return forms.IntegerField(
        label=capfirst(parameter.label), min_value=parameter.least, max_value=parameter.most
    )


def _value(parameter: Parameter, given: Any) -> Any:
    if not parameter.is_list:
        return given
    return [word.strip() for word in given.replace("\n", ",").split(",") if word.strip()]
