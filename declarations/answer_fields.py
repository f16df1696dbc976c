"""The field that asks a question of a form version, by the question's type."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.forms import (
    BusinessDateField,
    CleanCharField,
    CleanTextarea,
    Explained,
    NameField,
    NibField,
    NpwpField,
    RupiahField,
    YesNoField,
    today,
)
from common.text import ascii_digits, clean_text
from declarations.content import Question, Section
from people import nip
from statements.letters import validate_printable

MOST_RADIO_BUTTONS = 8
NAME_LENGTH = 200


class OneChoiceField(Explained, forms.ChoiceField):
    """Radio buttons while they fit on a screen, a list beyond.

    `gone`: choices that a draft may still hold; they are shown, so that nothing is lost, and
    refused with their name.
    """

    gone: Mapping[str, str] = {}

    def validate(self, value: Any) -> None:
        if value in self.gone:
            raise forms.ValidationError(
                _("“%(label)s” is no longer in the risk map of your OPD. Choose again, please."),
                code="gone",
                params={"label": self.gone[value]},
            )
        super().validate(value)


class ManyChoicesField(Explained, forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class WholeNumberField(Explained, forms.IntegerField):
    """A whole number; the spaces and dots that people add are ignored."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        return super().to_python(ascii_digits(value) if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {"inputmode": "numeric", "autocomplete": "off"}


class PercentField(Explained, forms.DecimalField):
    """0 to 100 with at most two decimals: `25`, `25 %`, `12,5`."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100, max_digits=5, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            text = re.sub(r"\s|%|persen|percent", "", clean_text(value, limit=60))
            value = text.replace(",", ".")
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return {"inputmode": "decimal", "autocomplete": "off"}


class NipField(CleanCharField):
    """Another official's number; spaces and dots are ignored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_length": 60})

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return ""
        digits = ascii_digits(value)
        nip.validate(digits)
        return digits

    def widget_attrs(self, widget: forms.Widget) -> dict:
        return super().widget_attrs(widget) | {"inputmode": "numeric", "autocomplete": "off"}


def build_field(question: Question, language: str) -> forms.Field:
    """The field for one question; which class it is follows from the question's type."""
    missing = _("Choose an answer to “{label}”.")
    if question.type not in ("choice", "multichoice", "yesno"):
        missing = _("Fill in “{label}”.")
    label = question.label.get(language)
    common: dict[str, Any] = {
        "label": label,
        "help_text": question.hint.get(language),
        "example": _example(question, language),
        "why": question.why.get(language) if question.why else "",
        "required": question.required,
        "error_messages": {"required": format_lazy(missing, label=label)},
    }
    return _BUILDERS[question.type](question, language, common)


def _example(question: Question, language: str) -> str:
    """None where it could only repeat one of the choices that stand below it."""
    example = question.example.get(language)
    if question.type in ("choice", "multichoice"):
        return ""
    words = (_("Yes"), _("No"))
    return "" if question.type == "yesno" and example in words else example


def _with_length(field_class: type[CleanCharField], default: int) -> Any:
    return lambda question, language, common: field_class(
        max_length=question.max_length or default, validators=[validate_printable], **common
    )


def _date(question: Question, language: str, common: dict[str, Any]) -> forms.Field:
    limits = {"past": {"latest": today}, "future": {"earliest": today}}
    return BusinessDateField(**limits.get(question.when or "", {}), **common)


def _choice(question: Question, language: str, common: dict[str, Any]) -> forms.Field:
    field = _one_choice(question, language, common)
    field.gone = {
        choice.value: choice.label.get(language) for choice in question.choices if choice.is_gone
    }
    return field


def _one_choice(question: Question, language: str, common: dict[str, Any]) -> OneChoiceField:
    if any(choice.group for choice in question.choices):
        choices = _grouped(question, language)
        return OneChoiceField(choices=[("", _("Choose …")), *choices], **common)
    choices = [(choice.value, choice.label.get(language)) for choice in question.choices]
    if len(choices) <= MOST_RADIO_BUTTONS:
        return OneChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return OneChoiceField(choices=[("", _("Choose …")), *choices], **common)


def _grouped(question: Question, language: str) -> list[tuple[Any, Any]]:
    """Under the names of their groups, in the order of the choices; those without stay alone."""
    found: list[tuple[Any, Any]] = []
    for choice in question.choices:
        entry = (choice.value, choice.label.get(language))
        if choice.group is None:
            found.append(entry)
            continue
        name = _("No longer in the map") if choice.is_gone else choice.group.get(language)
        if not found or found[-1][0] != name or not isinstance(found[-1][1], list):
            found.append((name, []))
        found[-1][1].append(entry)
    return found


def _choices(question: Question, language: str, common: dict[str, Any]) -> forms.Field:
    choices = [(choice.value, choice.label.get(language)) for choice in question.choices]
    return ManyChoicesField(choices=choices, **common)


def _integer(question: Question, language: str, common: dict[str, Any]) -> forms.Field:
    return WholeNumberField(
        min_value=question.minimum or 0,
        max_value=question.maximum if question.maximum is not None else 1_000_000,
        **common,
    )


_BUILDERS = {
    "text": _with_length(CleanCharField, 250),
    "name": _with_length(NameField, NAME_LENGTH),
    "textarea": _with_length(CleanTextarea, 2_000),
    "choice": _choice,
    "multichoice": _choices,
    "yesno": lambda question, language, common: YesNoField(**common),
    "date": _date,
    "integer": _integer,
    "percent": lambda question, language, common: PercentField(**common),
    "money": lambda question, language, common: RupiahField(**common),
    "nip": lambda question, language, common: NipField(**common),
    "npwp": lambda question, language, common: NpwpField(**common),
    "nib": lambda question, language, common: NibField(**common),
}


@lru_cache(maxsize=512)
def fields_of(section: Section, language: str) -> Mapping[str, forms.Field]:
    """The fields of a section, to check answers with; forms work on copies of them."""
    return {question.key: build_field(question, language) for question in section.questions}
