"""Edits of a form's content, each a pure function that returns a new content.

Questions are found by section and key; a key never changes, since drafts and difference hang on
it. What may not be taken away once a version was in use is said by `losses`.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from declarations.content_checks import Problem

Content = dict[str, Any]


def section_of(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Raises `KeyError`."""
    return _found(content["sections"], key)


def question_of(content: Mapping[str, Any], section: str, key: str) -> dict[str, Any]:
    return _found(section_of(content, section)["questions"], key)


def with_general(content: Content, **changes: Any) -> Content:
    """Title, introduction, minutes, statement, legal basis, captions."""
    return {**deepcopy(content), **deepcopy(changes)}


def with_section_texts(content: Content, key: str, **texts: Any) -> Content:
    new = deepcopy(content)
    _replace(section_of(new, key), texts)
    return new


def with_question(content: Content, section: str, key: str, **changes: Any) -> Content:
    """`changes` by the name of the property; None takes an optional one away."""
    new = deepcopy(content)
    _replace(question_of(new, section, key), changes)
    return new


def with_new_question(content: Content, section: str, question: Mapping[str, Any]) -> Content:
    new = deepcopy(content)
    filled = {name: value for name, value in question.items() if value is not None}
    section_of(new, section)["questions"].append(filled)
    return new


def without_question(content: Content, section: str, key: str) -> Content:
    new = deepcopy(content)
    questions = section_of(new, section)["questions"]
    questions.remove(_found(questions, key))
    return new


def with_question_moved(content: Content, section: str, key: str, *, by: int) -> Content:
    """One place up (-1) or down (1); at the end of the list nothing happens."""
    new = deepcopy(content)
    questions = section_of(new, section)["questions"]
    place = questions.index(_found(questions, key))
    target = place + by
    if 0 <= target < len(questions):
        questions.insert(target, questions.pop(place))
    return new


def is_removable(question: Mapping[str, Any]) -> bool:
    """What is written to a column of the tables is searched, matched and counted there."""
    return "maps_to" not in question


def losses(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Problem]:
    """What `old` promises to the rest of the portal and `new` doesn't keep."""
    found = []
    now = {section["key"]: section for section in new["sections"]}
    for section in old["sections"]:
        if section["key"] not in now:
            found.append(Problem(section["key"], _("this section may not be removed.")))
        elif now[section["key"]]["kind"] != section["kind"]:
            found.append(Problem(section["key"], _("the kind of this section may not change.")))
        else:
            found.extend(_lost_questions(section, now[section["key"]]))
    slots = {signature["slot"] for signature in new["signatures"]}
    lost = [each["slot"] for each in old["signatures"] if each["slot"] not in slots]
    return found + [Problem(slot, _("this signature may not be removed.")) for slot in lost]


def _lost_questions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Problem]:
    now = {question["key"]: question for question in new["questions"]}
    for question in old["questions"]:
        place = f"{old['key']} › {question['key']}"
        kept = now.get(question["key"])
        if kept is None and not is_removable(question):
            yield Problem(place, _("this question feeds the register and may not be removed."))
        elif kept and not is_removable(question) and kept.get("maps_to") != question["maps_to"]:
            yield Problem(place, _("this question must go on feeding the same column."))
        elif kept and kept["type"] != question["type"]:
            yield Problem(place, _("the type of a question may not change; add a new question."))


def missing_sources(content: Mapping[str, Any], codes: Iterable[str]) -> list[Problem]:
    """F2 asks one yes/no question for each source of conflict in use."""
    asked = {
        question["key"]
        for question in section_of(content, "sources")["questions"]
        if question["type"] == "yesno"
    }
    return [
        Problem("sources", _("there is no question for the source “%(code)s”.") % {"code": code})
        for code in codes
        if code.lower() not in asked
    ]


# --- Comparing two versions ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContentChange:
    """One thing that reads otherwise in another version; an empty text for what isn't there."""

    place: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ContentChange]:
    """What an administrator should read before publishing, in the order of the new version."""
    was, now = dict(_leaves(old, ())), dict(_leaves(new, ()))
    return [
        ContentChange(" › ".join(path), was.get(path, ""), now.get(path, ""))
        for path in dict.fromkeys([*now, *was])
        if was.get(path, "") != now.get(path, "")
    ]


def _leaves(item: Any, path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], str]]:
    """Every word and number with the way to it, by key where things have one."""
    if isinstance(item, Mapping):
        for name, part in item.items():
            if name not in ("key", "slot"):
                yield from _leaves(part, (*path, name))
    elif isinstance(item, list):
        keys = [_name(part) for part in item]
        if any(keys):
            yield (*path, _("order")), ", ".join(key or "?" for key in keys)
        for number, part in enumerate(item):
            yield from _leaves(part, (*path, keys[number] or str(number + 1)))
    elif isinstance(item, bool):
        yield path, _("yes") if item else _("no")
    else:
        yield path, str(item)


def _name(part: Any) -> str:
    if not isinstance(part, Mapping):
        return ""
    return str(part.get("key") or part.get("slot") or part.get("value") or "")


def _found(items: list[dict[str, Any]], key: str) -> dict[str, Any]:
    for item in items:
        if item["key"] == key:
            return item
    raise KeyError(key)


def _replace(target: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = deepcopy(value)
