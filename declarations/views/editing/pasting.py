"""Rows pasted from a spreadsheet: one line a row, columns by tab or semicolon."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from declarations.content import Question, Section
from declarations.drafts import check_row_count, new_key
from matching.names import words

YES = frozenset({"ya", "y", "yes", "true", "1"})
NO = frozenset({"tidak", "t", "no", "n", "false", "0", "bukan"})


class PasteError(Exception):
    """The text can't be read as rows; the words are for the person."""


@dataclass(frozen=True, slots=True)
class Pasted:
    rows: list[dict[str, Any]]
    repeated: int


def parse_rows(section: Section, text: str, *, known: Sequence[Mapping[str, Any]]) -> Pasted:
    """Rows for the draft, right or wrong: their faults are shown where they then stand."""
    lines = [cells for cells in _cells(text) if any(cells)]
    order = list(section.questions)
    if lines and (header := _header(section, lines[0])):
        order, lines = header, lines[1:]
    if not lines:
        raise PasteError(_("No row was found in the text."))
    check_row_count(section, len(known) + len(lines))
    seen = {identity_of(section, row) for row in known}
    rows: list[dict[str, Any]] = []
    for number, cells in enumerate(lines, 1):
        if len(cells) > len(order) and any(cells[len(order) :]):
            raise PasteError(
                _("Line %(number)s has %(found)s columns; at most %(limit)s fit.")
                % {"number": number, "found": len(cells), "limit": len(order)}
            )
        row = {
            question.key: value
            for question, cell in zip(order, cells, strict=False)
            if question is not None and (value := value_of(question, cell))
        }
        identity = identity_of(section, row)
        if identity not in seen:
            seen.add(identity)
            rows.append({"key": new_key(), **row})
    return Pasted(rows, len(lines) - len(rows))


def _cells(text: str) -> list[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = "\t" if "\t" in text else ";" if ";" in first else "\t"
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise PasteError(_("The text can't be read as rows and columns.")) from None
    return [[cell.strip() for cell in line] for line in lines]


def _header(section: Section, cells: list[str]) -> list[Question | None] | None:
    """The first line names columns when its first cell is the name of a question."""
    named: dict[str, Question] = {}
    for question in section.questions:
        for text in (question.heading, question.label):
            named |= {_plain(text.id): question, _plain(text.en): question}
        named[_plain(question.key)] = question
    found = [named.get(_plain(cell)) for cell in cells]
    return found if found and found[0] is not None else None


def _plain(text: str) -> str:
    return " ".join(words(text))


def value_of(question: Question, cell: str) -> Any:
    """What the person meant, as the draft holds it: choices by their words, yes and no."""
    if question.type == "yesno":
        word = cell.casefold()
        return "yes" if word in YES else "no" if word in NO else cell
    if question.type in ("choice", "multichoice"):
        for choice in question.choices:
            if _plain(cell) in (_plain(choice.label.id), _plain(choice.label.en), choice.value):
                return [choice.value] if question.type == "multichoice" else choice.value
        return [cell] if question.type == "multichoice" and cell else cell
    return cell


def identity_of(section: Section, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(question.key) or "").casefold() for question in section.questions)
