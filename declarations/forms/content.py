"""Forms of the administrator for the content of a form version.

Each reads the content (`initial_of`) and gives back the changes for `form_editing`.
"""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import CleanCharField, CleanTextarea, plain_helper
from declarations.answer_fields import WholeNumberField
from declarations.content_checks import CHOICE_TYPES

LANGUAGE_NAMES = (("id", _("Indonesian")), ("en", _("English")))
TYPES = (
    ("text", _("One line of text")),
    ("textarea", _("Several lines of text")),
    ("name", _("Name of a person or company")),
    ("choice", _("One choice")),
    ("multichoice", _("Several choices")),
    ("yesno", _("Yes or no")),
    ("date", _("Date")),
    ("integer", _("Whole number")),
    ("percent", _("Percentage")),
    ("money", _("Amount in rupiah")),
    ("nip", _("NIP of an official")),
    ("npwp", _("NPWP")),
    ("nib", _("NIB")),
)


Texts = tuple[tuple[str, Any, bool, bool], ...]  # name, label, is long, is compulsory


class _ContentForm(forms.Form):
    """`texts` come in both languages; a text that isn't compulsory is left out when empty."""

    texts: Texts = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = {}
        for name, label, is_long, required in self.texts:
            field_class = CleanTextarea if is_long else CleanCharField
            for language, language_name in LANGUAGE_NAMES:
                fields[f"{name}_{language}"] = field_class(
                    label=_("%(name)s (%(language)s)")
                    % {"name": label, "language": language_name},
                    max_length=2_000,
                    required=required,
                )
        self.fields = fields | self.fields
        self.order_fields(self.field_order)

    @property
    def helper(self) -> FormHelper:
        return plain_helper(self, *self.fields)

    @classmethod
    def initial_texts(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            f"{name}_{language}": data[name][language]
            for name, *_rest in cls.texts
            if name in data
            for language, _name in LANGUAGE_NAMES
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, _label, _is_long, required in self.texts:
            both = [cleaned.get(f"{name}_{language}") for language, _name in LANGUAGE_NAMES]
            if not required and any(both) and not all(both):
                self.add_error(
                    f"{name}_{'en' if both[0] else 'id'}", _("Write it in both languages.")
                )
        return cleaned

    def changed_texts(self) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, *_rest in self.texts:
            text = {
                language: self.cleaned_data[f"{name}_{language}"]
                for language, _name in LANGUAGE_NAMES
            }
            result[name] = text if all(text.values()) else None
        return result


class GeneralForm(_ContentForm):
    """Title, introduction, minutes, and the text that is signed."""

    texts = (("title", _("Title"), False, True), ("intro", _("Introduction"), True, True))
    minutes = WholeNumberField(
        label=_("Minutes it takes"), min_value=1, max_value=240, example="10"
    )
    statement_id = CleanTextarea(
        label=_("Statement that is signed (Indonesian)"),
        help_text=_("An empty line separates paragraphs. Being in a conflict is no violation."),
        max_length=8_000,
        rows=10,
    )
    statement_en = CleanTextarea(
        label=_("Statement that is signed (English)"),
        help_text=_("For reading only; the Indonesian text is what counts."),
        max_length=8_000,
        rows=10,
    )

    @classmethod
    def initial_of(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        statements = {
            f"statement_{language}": "\n\n".join(paragraphs)
            for language, paragraphs in content["statement"].items()
        }
        return cls.initial_texts(content) | statements | {"minutes": content["minutes"]}

    def changes(self) -> dict[str, Any]:
        statement = {
            language: _paragraphs(self.cleaned_data[f"statement_{language}"])
            for language, _name in LANGUAGE_NAMES
        }
        return self.changed_texts() | {
            "minutes": self.cleaned_data["minutes"],
            "statement": statement,
        }


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


class SectionTextsForm(_ContentForm):
    texts: Texts = (
        ("title", _("Title"), False, True),
        ("hint", _("Hint"), True, True),
        ("why", _("Why we ask"), True, False),
    )

    @classmethod
    def initial_of(cls, section: Mapping[str, Any]) -> dict[str, Any]:
        return cls.initial_texts(section)

    def changes(self) -> dict[str, Any]:
        return self.changed_texts()


class RowSectionTextsForm(SectionTextsForm):
    """A section of rows: what one row is called, and the words for "nothing"."""

    texts = (
        *SectionTextsForm.texts,
        ("row_name", _("What one row is called"), False, True),
        ("nil_label", _("Words for “nothing to declare”"), False, True),
    )


class QuestionForm(_ContentForm):
    """The words of a question; its name and type stay as they are."""

    texts = (
        ("label", _("Question"), False, True),
        ("short", _("Short heading for tables"), False, False),
        ("hint", _("Hint"), True, True),
        ("example", _("Example of an answer"), True, True),
        ("why", _("Why we ask"), True, False),
    )
    required = forms.BooleanField(label=_("An answer is compulsory"), required=False)
    personal = forms.BooleanField(label=_("The answer is personal data"), required=False)
    max_length = WholeNumberField(
        label=_("Longest answer (characters)"), required=False, min_value=1, max_value=8_000
    )
    choices = CleanTextarea(
        label=_("Choices"),
        help_text=_("One a line: value | Indonesian | English. A value in use must stay."),
        example="owner | Pemilik | Owner",
        required=False,
        max_length=8_000,
        rows=8,
    )
    shown_by = CleanCharField(
        label=_("Asked only after the question"),
        help_text=_("Name of an earlier question of this section; empty: always asked."),
        example="is_reported",
        required=False,
        max_length=40,
    )
    shown_for = CleanCharField(
        label=_("… when its answer is"),
        help_text=_("Values, separated by spaces."),
        example="yes",
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, question_type: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if question_type and question_type not in CHOICE_TYPES:
            del self.fields["choices"]
        if question_type and question_type not in ("text", "name", "textarea"):
            del self.fields["max_length"]

    @classmethod
    def initial_of(cls, question: Mapping[str, Any]) -> dict[str, Any]:
        initial = cls.initial_texts(question)
        for name in ("required", "personal", "max_length"):
            initial[name] = question.get(name)
        initial["choices"] = "\n".join(
            f"{choice['value']} | {choice['label']['id']} | {choice['label']['en']}"
            for choice in question.get("choices", [])
        )
        if shown_if := question.get("shown_if"):
            equals = shown_if["equals"]
            initial["shown_by"] = shown_if["question"]
            initial["shown_for"] = equals if isinstance(equals, str) else " ".join(equals)
        return initial

    def clean_choices(self) -> list[dict[str, Any]] | None:
        choices = []
        for line in self.cleaned_data["choices"].splitlines():
            parts = [part.strip() for part in line.split("|")]
            if not line.strip():
                continue
            if len(parts) != 3 or not all(parts):
                raise ValidationError(
                    _("“%(line)s” is not of the form value | Indonesian | English."),
                    params={"line": line[:80]},
                )
            choices.append({"value": parts[0], "label": {"id": parts[1], "en": parts[2]}})
        return choices or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("shown_by")) != bool(cleaned.get("shown_for")):
            self.add_error("shown_for", _("Give the question and its answer, or neither."))
        return cleaned

    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        changes = self.changed_texts() | {
            "required": data["required"],
            "personal": data["personal"],
            "shown_if": self._shown_if(),
        }
        for name in ("max_length", "choices"):
            if name in self.fields:
                changes[name] = data[name]
        return changes

    def _shown_if(self) -> dict[str, Any] | None:
        values = self.cleaned_data["shown_for"].split()
        if not values:
            return None
        equals = values[0] if len(values) == 1 else values
        return {"question": self.cleaned_data["shown_by"], "equals": equals}


class NewQuestionForm(QuestionForm):
    key = CleanCharField(
        label=_("Name of the question"),
        help_text=_("Small letters, digits and underscores; it never changes afterwards."),
        example="family_card_number",
        max_length=40,
    )
    type = forms.ChoiceField(label=_("Type"), choices=TYPES)
    field_order = ("key", "type")

    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"key": data["key"], "type": data["type"]} | super().changes()


class LegalBasisForm(_ContentForm):
    """One line of the legal basis; only confirmed ones are printed as such."""

    texts = (("text", _("Regulation"), True, True),)
    status = forms.ChoiceField(
        label=_("Confirmed?"),
        choices=(
            ("unverified", _("To be confirmed: not printed")),
            ("sourced", _("Confirmed: printed in documents")),
        ),
    )
    source = CleanCharField(
        label=_("Where it was read"), required=False, max_length=200, example="JDIH, 23/11/2026"
    )

    def changes(self) -> dict[str, Any]:
        data = self.cleaned_data
        return self.changed_texts() | {"status": data["status"], "source": data["source"]}


LegalBasisFormSet = forms.formset_factory(
    LegalBasisForm, extra=1, can_delete=True, max_num=30, validate_max=True, absolute_max=40
)
