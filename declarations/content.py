"""A version of a form, as frozen dataclasses read from the JSON that an administrator edits.

What may stand in that JSON is checked by `declarations.content_checks` before it is stored.
Nothing here touches the database or speaks of requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parent / "reference"
LANGUAGES = ("id", "en")
# Names of a draft's own: a section of rows holds "nil" and "rows", a row its "key".
RESERVED_KEYS = frozenset({"key", "nil", "rows"})
MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; Indonesian is the one that counts."""

    id: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language.startswith("en") else self.id


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: Text
    group: Text | None = None
    # Stands in a draft, but is offered no longer: readable, and no answer any more.
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class ShownIf:
    """The question is asked only when another one of its section has one of these answers."""

    question: str
    equals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    type: str
    label: Text
    hint: Text
    example: Text
    required: bool
    personal: bool
    short: Text | None = None
    why: Text | None = None
    max_length: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    when: str | None = None
    choices: tuple[Choice, ...] = ()
    choices_from: str | None = None
    shown_if: ShownIf | None = None
    maps_to: str | None = None

    @property
    def heading(self) -> Text:
        """The label where there is little room: columns of a table."""
        return self.short or self.label

    def choice_label(self, value: str, language: str) -> str:
        """What people read for a stored value; the value itself when the form forgot it."""
        for choice in self.choices:
            if choice.value == value:
                return choice.label.get(language)
        return value


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: Text
    hint: Text
    kind: str
    questions: tuple[Question, ...]
    why: Text | None = None
    row_name: Text | None = None
    nil_label: Text | None = None
    max_rows: int = MAX_ROWS
    ordered: tuple[tuple[str, str], ...] = ()

    @property
    def has_rows(self) -> bool:
        return self.kind == "rows"

    def question(self, key: str) -> Question:
        return next(question for question in self.questions if question.key == key)


@dataclass(frozen=True, slots=True)
class LegalBasis:
    text: Text
    status: str
    source: str

    @property
    def is_confirmed(self) -> bool:
        return self.status == "sourced"


@dataclass(frozen=True, slots=True)
class Signature:
    slot: str
    caption: Text


@dataclass(frozen=True, slots=True)
class Form:
    code: str
    title: Text
    intro: Text
    minutes: int
    sections: tuple[Section, ...]
    statement: Mapping[str, tuple[str, ...]]
    legal_basis: tuple[LegalBasis, ...]
    signatures: tuple[Signature, ...]

    def section(self, key: str) -> Section:
        """Raises `KeyError` for an unknown one (an old address, a forged field)."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def statement_for(self, language: str) -> tuple[str, ...]:
        return self.statement["en" if language.startswith("en") else "id"]

    def legal_basis_for_document(self) -> list[str]:
        """What a signed document may state as law: confirmed entries only, in Indonesian."""
        return [basis.text.id for basis in self.legal_basis if basis.is_confirmed]

    def legal_basis_for_screen(self, language: str) -> list[tuple[str, bool]]:
        """(text, is confirmed); the page marks what is still to be confirmed."""
        return [(basis.text.get(language), basis.is_confirmed) for basis in self.legal_basis]


# --- Reading ---------------------------------------------------------------------------------


def read(data: Mapping[str, Any], *, lists: Mapping[str, list[Choice]] | None = None) -> Form:
    """The form in `data`, which was checked when it was stored."""
    form = Form(
        code=data["code"],
        title=Text(**data["title"]),
        intro=Text(**data["intro"]),
        minutes=data["minutes"],
        sections=tuple(_section(item) for item in data["sections"]),
        statement={language: tuple(data["statement"][language]) for language in LANGUAGES},
        legal_basis=tuple(
            LegalBasis(Text(**item["text"]), item["status"], item["source"])
            for item in data["legal_basis"]
        ),
        signatures=tuple(
            Signature(item["slot"], Text(**item["caption"])) for item in data["signatures"]
        ),
    )
    return with_lists(form, lists) if lists else form


def with_lists(form: Form, lists: Mapping[str, list[Choice]]) -> Form:
    """The form with the choices that stand in the portal's own tables (`choices_from`)."""

    def filled(question: Question) -> Question:
        if question.choices_from is None or question.choices_from not in lists:
            return question
        return replace(question, choices=tuple(lists[question.choices_from]))

    sections = (
        replace(section, questions=tuple(filled(question) for question in section.questions))
        for section in form.sections
    )
    return replace(form, sections=tuple(sections))


def without_choice(form: Form, section: str, question: str, value: str) -> Form:
    """The form without one choice that a setting switches off."""

    def kept(each: Question) -> Question:
        choices = tuple(choice for choice in each.choices if choice.value != value)
        return replace(each, choices=choices) if each.key == question else each

    sections = (
        replace(each, questions=tuple(kept(asked) for asked in each.questions))
        if each.key == section
        else each
        for each in form.sections
    )
    return replace(form, sections=tuple(sections))


def _section(data: Mapping[str, Any]) -> Section:
    return Section(
        key=data["key"],
        title=Text(**data["title"]),
        hint=Text(**data["hint"]),
        kind=data["kind"],
        questions=tuple(_question(item) for item in data["questions"]),
        why=_optional_text(data, "why"),
        row_name=_optional_text(data, "row_name"),
        nil_label=_optional_text(data, "nil_label"),
        max_rows=data.get("max_rows", MAX_ROWS),
        ordered=tuple((first, last) for first, last in data.get("ordered", [])),
    )


def _question(data: Mapping[str, Any]) -> Question:
    plain = ("max_length", "minimum", "maximum", "when", "choices_from", "maps_to")
    shown_if = data.get("shown_if")
    return Question(
        key=data["key"],
        type=data["type"],
        label=Text(**data["label"]),
        hint=Text(**data["hint"]),
        example=Text(**data["example"]),
        required=data["required"],
        personal=data["personal"],
        short=_optional_text(data, "short"),
        why=_optional_text(data, "why"),
        choices=tuple(
            Choice(item["value"], Text(**item["label"])) for item in data.get("choices", [])
        ),
        shown_if=_shown_if(shown_if) if shown_if else None,
        **{name: data[name] for name in plain if name in data},
    )


def _optional_text(data: Mapping[str, Any], name: str) -> Text | None:
    return Text(**data[name]) if name in data else None


def _shown_if(data: Mapping[str, Any]) -> ShownIf:
    equals = data["equals"]
    return ShownIf(data["question"], (equals,) if isinstance(equals, str) else tuple(equals))
