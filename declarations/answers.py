"""What a draft says, once it is asked: typed values, what is missing, how far each section is.

Uses the same fields as the pages do, without making forms: a register may hold hundreds of rows.
"""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from declarations.answer_fields import fields_of
from declarations.builder import order_errors, row_prefix, shown_questions
from declarations.content import Form, Section
from declarations.drafts import check_row_count


class Status(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    RETURNED = "returned"

    @property
    def task_state(self) -> str:
        """The word of `{% task_item state=… %}`."""
        return {
            Status.NOT_STARTED: "todo",
            Status.IN_PROGRESS: "started",
            Status.COMPLETE: "done",
            Status.RETURNED: "returned",
        }[self]


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to do before signing; `anchor` is the id of the field on the section's page."""

    section: str
    row: str | None
    question: str | None
    message: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Typed values of the whole form; with errors, the values that are right."""

    values: dict[str, dict[str, Any]]
    errors: list[Missing] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        return not self.errors


def clean_values(
    section: Section, raw: Mapping[str, Any], *, language: str | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Typed values and messages for the answers of one section, or of one row of it."""
    language = language or get_language() or "id"
    fields = fields_of(section, language)
    values: dict[str, Any] = {question.key: None for question in section.questions}
    errors: dict[str, str] = {}
    for question in shown_questions(section, raw):
        blank: Any = [] if question.type == "multichoice" else ""
        try:
            values[question.key] = fields[question.key].clean(raw.get(question.key, blank))
        except ValidationError as error:
            errors[question.key] = " ".join(error.messages)
    for key, message in order_errors(section, values, language).items():
        errors.setdefault(key, message)
    return values, errors


def clean_answers(form: Form, draft: Mapping[str, Any]) -> Cleaned:
    """The whole draft as typed values: `{"section": {"question": value}}`, rows with their key.

    A question that isn't asked is None. Never raises for what people typed.
    """
    result = Cleaned(values={})
    for section in form.sections:
        content = draft.get(section.key)
        result.errors.extend(_of_section(section, content))
        if section.has_rows:
            rows = [{"key": row["key"], **clean_values(section, row)[0]} for row in _rows(content)]
            result.values[section.key] = {"nil": _is_nil(content), "rows": rows}
        else:
            result.values[section.key] = clean_values(section, content or {})[0]
    return result


def missing(form: Form, draft: Mapping[str, Any]) -> list[Missing]:
    """What stands between the draft and a signature, in the order of the form."""
    return [
        item for section in form.sections for item in _of_section(section, draft.get(section.key))
    ]


def section_status(
    section: Section, draft: Mapping[str, Any], *, returned: Collection[str] = ()
) -> Status:
    """`returned`: keys of the sections that were sent back and not saved since."""
    if section.key in returned:
        return Status.RETURNED
    content = draft.get(section.key)
    if content is None or (section.has_rows and not _rows(content) and not _is_nil(content)):
        return Status.NOT_STARTED
    return Status.IN_PROGRESS if _any(_of_section(section, content)) else Status.COMPLETE


def _any(items: Iterator[Missing]) -> bool:
    return next(items, None) is not None


def _of_section(section: Section, content: Mapping[str, Any] | None) -> Iterator[Missing]:
    if section.has_rows:
        yield from _of_rows(section, content)
        return
    _values, errors = clean_values(section, content or {})
    for key, message in errors.items():
        yield Missing(section.key, None, key, message, f"id_{section.key}-{key}")


def _of_rows(section: Section, content: Mapping[str, Any] | None) -> Iterator[Missing]:
    rows = _rows(content)
    title = section.title.get(get_language() or "id")
    if not rows and not _is_nil(content):
        message = _("Add what you have to “%(section)s”, or say that there is nothing.")
        yield Missing(
            section.key, None, None, message % {"section": title}, f"id_{section.key}-nil"
        )
    try:
        check_row_count(section, len(rows))
    except ValidationError as error:
        yield Missing(section.key, None, None, " ".join(error.messages), f"id_{section.key}-nil")
        return
    for number, row in enumerate(rows, 1):
        _values, errors = clean_values(section, row)
        prefix = row_prefix(section, row["key"])
        for key, message in errors.items():
            text = _("Row %(number)s: %(message)s") % {"number": number, "message": message}
            yield Missing(section.key, row["key"], key, text, f"id_{prefix}-{key}")


def _rows(content: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    return list((content or {}).get("rows", ()))


def _is_nil(content: Mapping[str, Any] | None) -> bool:
    return (content or {}).get("nil") is True


def as_json(value: Any) -> Any:
    """Typed values as JSON that can be frozen: dates and percentages as texts, no floats."""
    if isinstance(value, Mapping):
        return {name: as_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value
