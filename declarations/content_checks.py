"""What may stand in a version of a form: the schema, then the rules a schema cannot say.

Every fault names its place, so that the person who edits the form finds it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError

from common.text import clean_text
from declarations.content import (
    REFERENCE,
    RESERVED_KEYS,
    Choice,
    Form,
    Question,
    Section,
    ShownIf,
    read,
)

CHOICE_TYPES = ("choice", "multichoice")
SIGNIFICANT_TYPES = ("choice", "multichoice", "yesno")  # what `shown_if` may ask
ORDERED_TYPES = ("date", "integer", "percent", "money")
# The columns of the typed rows that answers are written to, by form and section.
INTEREST = frozenset(
    {
        "name", "relation", "relative", "organisation", "role", "share_percent", "identifier",
        "is_related_to_government", "started_on", "ended_on",
    }
)  # fmt: skip
MATTER = frozenset({"kind", "number", "title", "value", "risk_area", "own_role"})
PARTY = frozenset({"name", "npwp", "nib", "role"})
REGISTER_SECTIONS = (
    "business", "family", "outside_work", "posts_held", "affiliations", "gifts",
    "previous_posts", "assets",
)  # fmt: skip
COLUMNS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "F1": dict.fromkeys(REGISTER_SECTIONS, INTEREST),
    "F2": {"decision": MATTER, "parties": PARTY},
    "F3": {
        "conflict": frozenset({"conflict_kind", "source", "situation", "known_since"}),
        "decision": MATTER - {"own_role"} | {"stage"},
        "parties": PARTY,
        "follow_up": frozenset({"is_confidential"}),
    },
    "F4": {
        "reported": frozenset({"reported_name", "reported_opd"}),
        "identity": frozenset({"reporter_name", "reporter_contact"}),
    },
    "F5": {
        "findings": frozenset({"finding", "truth_analysis", "impact_analysis"}),
        "risk": frozenset({"likelihood", "impact"}),
        "measures": frozenset({"measure", "replacement", "note"}),
        "validity": frozenset({"reasons", "valid_from", "valid_until"}),
    },
    "F6": {
        "plan": frozenset({"review_on"}),
        "tasks": frozenset({"action", "measure", "owner", "due_on", "expected_evidence"}),
    },
    "F7": {
        "evaluation": frozenset(
            {
                "evaluated_on", "period_from", "period_until", "effect", "findings",
                "recommendation", "next_steps",
            }
        ),
    },
}  # fmt: skip

# "UU 30/2014", "PermenPANRB Nomor 17 Tahun 2024", "Peraturan Gubernur … Nomor 48 Tahun 2017".
CITATION = re.compile(
    r"\b(?:UU|PP|Perpres|Permen\w*|Pergub|Perda|Perka|Perban|SE|Undang-Undang|Peraturan|Keputusan"
    r"|Law|Regulation)\b[^.;]{0,80}?\b(\d{1,5})\s*(?:/|Tahun|of)\s*((?:19|20)\d{2})\b",
    re.IGNORECASE,
)
ARTICLE = re.compile(r"\b(?:Pasal|Article|Ps\.)\s*\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a form's content: where, and what to do about it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ContentError(ValidationError):
    """The content cannot be a form; `problems` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__([str(problem) for problem in problems])


def load(data: Any, *, lists: Mapping[str, list[Choice]] | None = None) -> Form:
    """Check `data` and read it; raises `ContentError`."""
    if found := problems(data):
        raise ContentError(found)
    return read(data, lists=lists)


def problems(data: Any) -> list[Problem]:
    """Everything that is wrong with `data`; an empty list means that it may be published."""
    structural = [
        Problem(_place(data, error.absolute_path), _schema_message(error))
        for error in sorted(_schema().iter_errors(data), key=lambda error: str(error.path))
    ]
    if structural:
        return structural
    form = read(data)
    return [
        *_unclean_texts(data),
        *_duplicates("", [section.key for section in form.sections]),
        *_duplicates(_("signatures"), [signature.slot for signature in form.signatures]),
        *(problem for section in form.sections for problem in _in_section(form, section)),
        *_unconfirmed_law(data, form),
    ]


@lru_cache(maxsize=1)
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((REFERENCE / "form.schema.json").read_text("utf-8")))


def _schema_message(error: SchemaError) -> str:
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return _("is missing: %(names)s.") % {"names": ", ".join(missing)}
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = sorted(set(error.instance) - set(known))
            return _("is not known here: %(names)s.") % {"names": ", ".join(extra)}
        case "minLength" | "minItems" | "pattern" if not error.instance:
            return _("must not be empty.")
        case "enum":
            values = ", ".join(map(str, error.validator_value))
            return _("must be one of: %(values)s.") % {"values": values}
        case "maximum" | "minimum" | "maxLength" | "maxItems":
            return _("exceeds the limit of %(limit)s.") % {"limit": error.validator_value}
        case "pattern":
            return _("is not written in the expected way.")
    return _("is not of the expected kind.")


def _place(data: Any, path: Any) -> str:
    """The way to a fault in words: keys of sections and questions instead of positions."""
    words, here = [], data
    for step in path:
        here = here[step]
        name = here.get("key") or here.get("slot") if isinstance(here, dict) else None
        if isinstance(step, int):
            words.append(name if isinstance(name, str) else str(step + 1))
        else:
            words.append(step)
    return " › ".join(words)


def texts(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Every string of the content with the way to it."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for name, item in data.items():
            yield from texts(item, (*path, name))
    elif isinstance(data, list):
        for number, item in enumerate(data):
            yield from texts(item, (*path, number))


def _unclean_texts(data: Any) -> Iterator[Problem]:
    for path, text in texts(data):
        try:
            clean = clean_text(text, multiline=True, limit=None)
        except ValidationError as error:
            yield Problem(_place(data, path), " ".join(error.messages))
        else:
            if clean != text:
                yield Problem(_place(data, path), _("holds invisible characters or stray spaces."))


def _duplicates(place: str, keys: list[str]) -> Iterator[Problem]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield Problem(place, _("“%(key)s” is used twice.") % {"key": key})


def _in_section(form: Form, section: Section) -> Iterator[Problem]:
    keys = [question.key for question in section.questions]
    yield from _duplicates(section.key, keys)
    mapped = [question.maps_to for question in section.questions if question.maps_to]
    yield from _duplicates(section.key, mapped)
    if section.has_rows and not (section.row_name and section.nil_label):
        yield Problem(section.key, _("a section of rows needs row_name and nil_label."))
    for pair in section.ordered:
        types = {q.type for q in section.questions if q.key in pair}
        if not set(pair) <= set(keys) or len(types) != 1 or not types <= set(ORDERED_TYPES):
            yield Problem(
                f"{section.key} › ordered",
                _("“%(first)s” and “%(last)s” must be two dates or two numbers of this section.")
                % {"first": pair[0], "last": pair[1]},
            )
    for number, question in enumerate(section.questions):
        place = f"{section.key} › {question.key}"
        before = section.questions[:number]
        for message in _in_question(form, section, question, before):
            yield Problem(place, message)


def _in_question(
    form: Form, section: Section, question: Question, before: tuple[Question, ...]
) -> Iterator[str]:
    if question.key in RESERVED_KEYS:
        yield _("this name is used by the portal itself; choose another one.")
    has_choices = bool(question.choices) != bool(question.choices_from)
    if question.type in CHOICE_TYPES and not has_choices:
        yield _("a question with choices needs either its own choices or a list of the portal.")
    if question.type not in CHOICE_TYPES and (question.choices or question.choices_from):
        yield _("this type of question has no choices.")
    values = [choice.value for choice in question.choices]
    for value in sorted({value for value in values if values.count(value) > 1}):
        yield _("the choice “%(value)s” stands twice.") % {"value": value}
    columns = COLUMNS.get(form.code, {}).get(section.key, frozenset())
    if question.maps_to and question.maps_to not in columns:
        yield _("there is no column “%(name)s” to write the answer to.") % {
            "name": question.maps_to
        }
    if (question.minimum or 0) > (question.maximum if question.maximum is not None else 10**15):
        yield _("the smallest value is above the largest one.")
    if question.shown_if:
        yield from _in_condition(question.shown_if, before)


def _in_condition(condition: ShownIf, before: tuple[Question, ...]) -> Iterator[str]:
    asked = next((question for question in before if question.key == condition.question), None)
    if asked is None:
        yield _("depends on “%(name)s”, which is not an earlier question of this section.") % {
            "name": condition.question
        }
    elif asked.type not in SIGNIFICANT_TYPES:
        yield _("depends on “%(name)s”, which has no choices.") % {"name": condition.question}
    elif not asked.choices_from:
        known = {choice.value for choice in asked.choices} or {"yes", "no"}
        for value in sorted(set(condition.equals) - known):
            yield _("depends on the answer “%(value)s”, which “%(name)s” does not offer.") % {
                "value": value,
                "name": condition.question,
            }


def _unconfirmed_law(data: Any, form: Form) -> Iterator[Problem]:
    """What was not confirmed is never stated as law: no citation outside the confirmed basis."""
    confirmed = {
        match.groups()
        for basis in form.legal_basis
        if basis.is_confirmed
        for match in CITATION.finditer(basis.text.id)
    }
    for number, basis in enumerate(form.legal_basis, 1):
        if basis.is_confirmed and not basis.source:
            yield Problem(
                f"legal_basis › {number}", _("a confirmed legal basis names where it was read.")
            )
    for path, text in texts(data):
        if path[0] == "legal_basis":
            continue
        cited = {match.groups() for match in CITATION.finditer(text)}
        if cited - confirmed or (ARTICLE.search(text) and not cited):
            yield Problem(
                _place(data, path),
                _("cites a rule that the legal basis does not hold as confirmed."),
            )
