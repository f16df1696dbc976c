"""Answers for readers: "check your answers" and the signed document.

The words of a document are Indonesian whatever the reader's language is, so the few words that
are not part of a form version stand here in both.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from declarations.answers import clean_values
from declarations.builder import shown_questions
from declarations.content import Form, Question, Section, Text
from declarations.differences import Change, Difference, FieldChange, SectionDifference
from people import nip

BLANK = Text("Tidak diisi", "Not filled in")
NIL = Text("Nihil", "Nothing to declare")
YES = Text("Ya", "Yes")
NO = Text("Tidak", "No")
UNCHANGED = Text(
    "Tidak berubah sejak versi sebelumnya.", "Unchanged since the version before this one."
)
MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
        "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
}  # fmt: skip
# A wider table isn't legible on a portrait page; beyond, each row is a list of its own.
MOST_COLUMNS = 6


# --- Values ----------------------------------------------------------------------------------


def format_value(question: Question, value: Any, language: str) -> str:
    """A typed value as people read it; an empty text for a blank."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return (YES if value else NO).get(language)
    if isinstance(value, datetime.date):
        return format_date(value, language)
    if question.type == "nip":
        return nip.display(value)
    if question.type == "multichoice":
        return "; ".join(question.choice_label(each, language) for each in value)
    if question.type == "choice":
        return question.choice_label(value, language)
    return _format_number(question, value, language)


def _format_number(question: Question, value: Any, language: str) -> str:
    mark = "," if language.startswith("en") else "."
    if question.type == "money":
        return f"Rp{int(value):,}".replace(",", mark)
    if question.type == "percent":
        number = format(Decimal(value).normalize(), "f")
        return f"{number if mark == ',' else number.replace('.', ',')}%"
    if question.type == "integer":
        return f"{int(value):,}".replace(",", mark)
    return str(value)


def format_date(day: datetime.date, language: str = "id") -> str:
    months = MONTHS["en" if language.startswith("en") else "id"]
    return f"{day.day} {months[day.month - 1]} {day.year}"


def _display(
    section: Section, raw: Mapping[str, Any], language: str
) -> dict[str, tuple[str, bool]]:
    """Question → (text, is right) for everything that is asked; a wrong text as it was typed."""
    values, errors = clean_values(section, raw, language=language)
    result = {}
    for question in shown_questions(section, raw):
        typed = raw.get(question.key) or ""
        if question.key in errors and typed:
            text = "; ".join(typed) if isinstance(typed, list) else str(typed)
            # An area that has left the map is refused, but people know it by its name.
            text = question.choice_label(text, language) if question.type == "choice" else text
        else:
            text = format_value(question, values[question.key], language)
        result[question.key] = (text, question.key not in errors)
    return result


# --- Check your answers ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DisplayField:
    key: str
    label: str
    value: str
    is_blank: bool
    is_valid: bool
    is_personal: bool
    change: Change | None = None
    before: str = ""

    @property
    def introduction(self) -> str:
        """The label before its answer on one line."""
        return self.label if self.label.endswith("?") else f"{self.label}:"


@dataclass(frozen=True, slots=True)
class DisplayRow:
    key: str
    title: str
    fields: tuple[DisplayField, ...]
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class DisplaySection:
    """`fields` of a section of questions, `rows` of the other kind; `nil` in words, or empty."""

    key: str
    title: str
    has_rows: bool
    nil: str = ""
    fields: tuple[DisplayField, ...] = ()
    rows: tuple[DisplayRow, ...] = ()
    is_changed: bool = False


def answers_for_display(
    form: Form,
    draft: Mapping[str, Any],
    language: str,
    *,
    difference: Difference | None = None,
) -> list[DisplaySection]:
    """The whole draft in words; with a difference, marked, removed rows and answers included."""
    return [section_for_display(each, draft, language, difference) for each in form.sections]


def section_for_display(
    section: Section,
    draft: Mapping[str, Any],
    language: str,
    difference: Difference | None = None,
) -> DisplaySection:
    content = draft.get(section.key) or {}
    delta = (difference or Difference()).of(section.key)
    nil = ""
    if content.get("nil") is True:
        nil = (section.nil_label or NIL).get(language)
    return DisplaySection(
        key=section.key,
        title=section.title.get(language),
        has_rows=section.has_rows,
        nil=nil,
        fields=() if section.has_rows else _fields(section, content, language, delta.fields),
        rows=_rows(section, content, language, delta) if section.has_rows else (),
        is_changed=not delta.is_empty,
    )


def _fields(
    section: Section,
    raw: Mapping[str, Any],
    language: str,
    changes: Mapping[str, FieldChange],
    *,
    always: Change | None = None,
) -> tuple[DisplayField, ...]:
    shown = _display(section, raw, language)
    result = []
    for question in section.questions:
        change = changes.get(question.key)
        if question.key not in shown and change is None:
            continue
        value, is_valid = shown.get(question.key, ("", True))
        result.append(
            DisplayField(
                key=question.key,
                label=question.label.get(language),
                value=value or BLANK.get(language),
                is_blank=not value,
                is_valid=is_valid,
                is_personal=question.personal,
                change=always or (change.kind if change else None),
                before=_raw_in_words(question, change.before, language) if change else "",
            )
        )
    return tuple(result)


def _raw_in_words(question: Question, raw: Any, language: str) -> str:
    """An answer of the version before, which may have had other rules."""
    alone = Section("", question.label, question.hint, "questions", (_unconditional(question),))
    return _display(alone, {question.key: raw}, language)[question.key][0]


def _unconditional(question: Question) -> Question:
    return replace(question, shown_if=None, required=False)


def _rows(
    section: Section, content: Mapping[str, Any], language: str, delta: SectionDifference
) -> tuple[DisplayRow, ...]:
    rows = []
    for row in content.get("rows", ()):
        changes = delta.changed.get(row["key"], {})
        change: Change | None = "added" if row["key"] in delta.added else None
        rows.append(
            _row(section, row, language, changes, change or ("changed" if changes else None))
        )
    rows += [_row(section, row, language, {}, "removed") for row in delta.removed.values()]
    return tuple(rows)


def _row(
    section: Section,
    row: Mapping[str, Any],
    language: str,
    changes: Mapping[str, FieldChange],
    change: Change | None,
) -> DisplayRow:
    whole = change if change in ("added", "removed") else None
    fields = _fields(section, row, language, changes, always=whole)
    first = next((each.value for each in fields if not each.is_blank), BLANK.get(language))
    return DisplayRow(row["key"], first, fields, change)


# --- The signed document ---------------------------------------------------------------------


def as_statement_sections(
    form: Form, draft: Mapping[str, Any], difference: Difference | None = None
) -> list[dict[str, Any]]:
    """The sections of the frozen content (schema "coi-statement/1"), in Indonesian."""
    displayed = answers_for_display(form, draft, "id", difference=difference)
    result = []
    for section, shown in zip(form.sections, displayed, strict=True):
        document: dict[str, Any] = {"title": shown.title, "blocks": _blocks(section, shown)}
        if difference is not None and not shown.is_changed:
            document["note"] = UNCHANGED.id
        result.append(document)
    return result


def _blocks(section: Section, shown: DisplaySection) -> list[dict[str, Any]]:
    if not section.has_rows:
        return [{"type": "fields", "rows": [_field_block(each) for each in shown.fields]}]
    if shown.rows and len(section.questions) > MOST_COLUMNS:
        return [
            block for number, row in enumerate(shown.rows, 1) for block in _row_blocks(number, row)
        ]
    return [_table_block(section, shown)]


def _field_block(shown: DisplayField) -> dict[str, Any]:
    block = {"label": shown.label, "value": shown.value}
    if shown.change:
        block["change"] = shown.change
        if shown.before:
            block["before"] = shown.before
    return block


def _row_blocks(number: int, row: DisplayRow) -> list[dict[str, Any]]:
    return [
        {"type": "paragraph", "text": f"{number}. {row.title}"},
        {"type": "fields", "rows": [_field_block(each) for each in row.fields]},
    ]


def _table_block(section: Section, shown: DisplaySection) -> dict[str, Any]:
    columns = [question.heading.id for question in section.questions]
    rows = []
    for row in shown.rows:
        fields = {each.key: each for each in row.fields}
        block: dict[str, Any] = {"cells": [_cell(fields.get(q.key)) for q in section.questions]}
        if row.change:
            block["change"] = row.change
        if row.change == "changed":
            block["before"] = [_cell_before(fields.get(q.key)) for q in section.questions]
        rows.append(block)
    return {"type": "table", "columns": columns, "rows": rows, "empty": NIL.id}


def _cell(shown: DisplayField | None) -> str:
    return "–" if shown is None or shown.is_blank else shown.value


def _cell_before(shown: DisplayField | None) -> str:
    if shown is not None and shown.change:
        return shown.before or "–"
    return _cell(shown)
