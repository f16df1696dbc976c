"""Two windows wrote different things: both texts in words, and what was chosen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from declarations.answers import clean_values
from declarations.content import Form
from declarations.drafts import Conflict
from declarations.presentation import format_value

CHOICE = "choice:"
MOST_CONFLICTS = 400
# What is carried through the merge page; anything more was no page of ours.
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "autosave"})


@dataclass(frozen=True, slots=True)
class ConflictInWords:
    name: str
    section: str
    row: str
    label: str
    theirs: str
    mine: str


def choices_in(data: Any) -> dict[str, str]:
    """Conflict → "mine" or "theirs", as chosen on the merge page."""
    found = {}
    for name in list(data)[:MOST_CONFLICTS]:
        if name.startswith(CHOICE) and data[name] in ("mine", "theirs"):
            found[name.removeprefix(CHOICE)] = data[name]
    return found


def posted_pairs(data: Any) -> Iterator[tuple[str, str]]:
    """Everything that was posted, to be shown again or posted again."""
    for name in data:
        if name in NOT_CARRIED or name.startswith(CHOICE):
            continue
        for value in data.getlist(name):
            yield name, value


def conflicts_in_words(
    form: Form, conflicts: Iterable[Conflict], language: str
) -> list[ConflictInWords]:
    return [_in_words(form, conflict, language) for conflict in conflicts]


def _in_words(form: Form, conflict: Conflict, language: str) -> ConflictInWords:
    section = form.section(conflict.section)
    row = next((v for v in (conflict.theirs, conflict.mine) if isinstance(v, dict)), {})
    if conflict.question == "nil":
        label, say = _("Nothing to declare"), _nil_in_words
    elif conflict.question is None:
        label, say = _("The whole row"), lambda value: _row_in_words(section, value, language)
    else:
        question = section.question(conflict.question)
        label = question.label.get(language)
        say = lambda value: _answer_in_words(section, question, value, language)  # noqa: E731 -- one of three
    return ConflictInWords(
        name=f"{CHOICE}{conflict.id}",
        section=section.title.get(language),
        row=_first_answer(section, row),
        label=label,
        theirs=say(conflict.theirs),
        mine=say(conflict.mine),
    )


def _nil_in_words(value: Any) -> str:
    return _("Nothing to declare") if value else _("There are rows")


def _row_in_words(section: Any, value: Any, language: str) -> str:
    if value is None:
        return _("Removed")
    parts = [
        _answer_in_words(section, question, value.get(question.key), language)
        for question in section.questions
        if value.get(question.key)
    ]
    return " · ".join(parts) or _("Empty")


def _answer_in_words(section: Any, question: Any, value: Any, language: str) -> str:
    if value in (None, "", []):
        return _("Not filled in")
    values, errors = clean_values(section, {question.key: value}, language=language)
    if question.key in errors or values[question.key] is None:
        return "; ".join(value) if isinstance(value, list) else str(value)
    return format_value(question, values[question.key], language)


def _first_answer(section: Any, row: dict[str, Any]) -> str:
    return next((str(row[q.key]) for q in section.questions if row.get(q.key)), "")
