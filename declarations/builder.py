"""Pages of questions, built from a form version.

A section of questions is one form (`section_form`), a row of a section of rows another
(`row_form`). What is posted goes into the draft as it was typed (`typed`), right or wrong; the
answers are checked when they are asked for (`declarations.answers`), by the same fields.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.forms import plain_helper
from common.text import clean_text
from declarations.answer_fields import fields_of
from declarations.content import Question, Section

# What a draft takes for one answer, however wrong it is; more is no answer to any question.
LONGEST_TYPED = 20_000
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


# --- Rules over several answers --------------------------------------------------------------


def is_shown(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether the question is asked, given the answers as typed."""
    if question.shown_if is None:
        return True
    given = answers.get(question.shown_if.question)
    values = given if isinstance(given, list) else [given]
    return any(value in question.shown_if.equals for value in values)


def shown_questions(section: Section, answers: Mapping[str, Any]) -> list[Question]:
    """Those that are asked; one that hangs on a hidden one is hidden as well."""
    asked: dict[str, Any] = {}
    shown = []
    for question in section.questions:
        if is_shown(question, asked):
            shown.append(question)
            asked[question.key] = answers.get(question.key)
    return shown


def order_errors(section: Section, values: Mapping[str, Any], language: str) -> dict[str, str]:
    """Pairs that stand the wrong way round (start after end), by the second of them."""
    errors = {}
    for first, last in section.ordered:
        start, end = values.get(first), values.get(last)
        if start is not None and end is not None and start > end:
            errors[last] = _("“%(last)s” must not come before “%(first)s”.") % {
                "first": section.question(first).label.get(language),
                "last": section.question(last).label.get(language),
            }
    return errors


# --- Forms -----------------------------------------------------------------------------------


class AnswerForm(forms.Form):
    """The questions of one section, or of one row of it."""

    section: Section
    language: str
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in self.section.questions:
            widget = self.fields[question.key].widget
            if question.shown_if:
                widget.attrs["data-coi-shown-by"] = self.add_prefix(question.shown_if.question)
                widget.attrs["data-coi-shown-for"] = " ".join(question.shown_if.equals)
            if question.type == "date" and not self._fits_calendar(question.key):
                widget.input_type = "text"

    def _fits_calendar(self, name: str) -> bool:
        """A browser shows nothing of a text that is no date, so it would be lost."""
        value = self[name].value()
        return not isinstance(value, str) or not value or bool(ISO_DATE.fullmatch(value))

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self, *self.fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        shown = {question.key for question in shown_questions(self.section, self._typed())}
        for name in set(self.fields) - shown:
            self.errors.pop(name, None)
            cleaned[name] = None
        for name, message in order_errors(self.section, cleaned, self.language).items():
            self.add_error(name, message)
        return cleaned

    def _typed(self) -> dict[str, Any]:
        return typed(self.section, self.data, self.prefix).values


class NilForm(forms.Form):
    """ "I have nothing to declare here.\""""

    use_required_attribute = False
    nil = forms.BooleanField(required=False)

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self, "nil")


@lru_cache(maxsize=512)
def _form_class(section: Section, language: str) -> type[AnswerForm]:
    declared = {"section": section, "language": language, **fields_of(section, language)}
    return type("SectionForm", (AnswerForm,), declared)


def section_form(
    section: Section,
    *,
    language: str,
    data: Any = None,
    initial: Mapping[str, Any] | None = None,
    prefix: str | None = None,
) -> AnswerForm:
    """The questions of a section; `initial` is the section's part of the draft, as typed."""
    form_class = _form_class(section, language)
    prefix = section.key if prefix is None else prefix
    return form_class(data=data, initial=dict(initial or {}), prefix=prefix)


def row_form(
    section: Section,
    *,
    language: str,
    data: Any = None,
    initial: Mapping[str, Any] | None = None,
    prefix: str | None = None,
) -> AnswerForm:
    """One row; `initial` is the row of the draft. Several on a page need `row_prefix`."""
    return section_form(section, language=language, data=data, initial=initial, prefix=prefix)


def row_prefix(section: Section, row_key: str) -> str:
    return f"{section.key}-{row_key}"


def nil_form(
    section: Section, *, language: str, data: Any = None, is_nil: bool = False
) -> NilForm:
    form = NilForm(data=data, initial={"nil": is_nil}, prefix=section.key)
    label = section.nil_label
    form.fields["nil"].label = label.get(language) if label else _("Nothing to declare")
    return form


# --- What was typed --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typed:
    """What the draft may take over, and what cannot be stored at all (message by question)."""

    values: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def typed(section: Section, data: Any, prefix: str | None = None) -> Typed:
    """The answers of a posted page as they were typed, for the draft.

    Only control characters and texts beyond any measure are refused. A text field that wasn't
    posted keeps what the draft holds; boxes and buttons that weren't posted are not chosen.
    """
    result = Typed()
    prefix = section.key if prefix is None else prefix
    for question in section.questions:
        name = f"{prefix}-{question.key}" if prefix else question.key
        try:
            if question.type == "multichoice":
                result.values[question.key] = [_storable(text) for text in _all_of(data, name)]
            elif name in data:
                result.values[question.key] = _storable(data.get(name))
            elif question.type in ("choice", "yesno"):
                result.values[question.key] = ""
        except ValidationError as error:
            result.refused[question.key] = " ".join(error.messages)
    return result


def _storable(text: Any) -> str:
    return clean_text(_as_text(text), multiline=True, limit=LONGEST_TYPED)


def _as_text(value: Any) -> str:
    """Typed values come back from a row of the tables as well as from a browser."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)


def _all_of(data: Any, name: str) -> list[Any]:
    if isinstance(data, QueryDict):
        return data.getlist(name)
    values = data.get(name) or []
    return values if isinstance(values, list) else [values]


def as_typed(section: Section, values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values (a date, a number, True) as the texts that a draft holds."""
    return typed(section, values, prefix="").values
