"""Drafts: what somebody typed so far, and how two copies of it become one again.

A draft is plain JSON of the texts as they were typed, right or wrong:
`{"section": {"question": "text"}}`, and for a section of rows
`{"section": {"nil": true, "rows": [{"key": "…", "question": "text"}]}}`.
Every function here is pure and returns a new draft. Nothing that somebody typed is lost:
where two people (or two tabs) wrote different things, both stand in the conflict.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from declarations.content import MAX_ROWS, Form, Section

Draft = dict[str, dict[str, Any]]
Row = dict[str, Any]
BLANKS: tuple[Any, ...] = (None, "", [], ())


# --- Changing a draft ------------------------------------------------------------------------


def new_key() -> str:
    return str(uuid.uuid4())


def rows_of(draft: Mapping[str, Any], section_key: str) -> list[Row]:
    return list(draft.get(section_key, {}).get("rows", ()))


def row_of(draft: Mapping[str, Any], section_key: str, row_key: str) -> Row | None:
    rows = rows_of(draft, section_key)
    return next((row for row in rows if row["key"] == row_key), None)


def with_values(draft: Draft, section: Section, values: Mapping[str, Any]) -> Draft:
    """The draft with these answers of a section of questions; a blank takes an answer away."""
    old = draft.get(section.key, {})
    return {**draft, section.key: _filled({**old, **values})}


def with_row(draft: Draft, section: Section, values: Mapping[str, Any], *, key: str = "") -> Draft:
    """The draft with a row added, or the row `key` changed; the section is not nil any more."""
    rows = rows_of(draft, section.key)
    key = key or new_key()
    old = next((row for row in rows if row["key"] == key), None)
    row = _filled({**(old or {}), **values, "key": key})
    changed = [row if each is old else each for each in rows] if old else [*rows, row]
    return with_rows(draft, section, changed)


def with_rows(draft: Draft, section: Section, rows: Sequence[Row]) -> Draft:
    check_row_count(section, len(rows))
    return {**draft, section.key: {"rows": list(rows)}}


def without_row(draft: Draft, section: Section, key: str) -> Draft:
    kept = [row for row in rows_of(draft, section.key) if row["key"] != key]
    return {**draft, section.key: {"rows": kept}}


def with_nil(draft: Draft, section: Section) -> Draft:
    """The section says "nothing to declare"; refused while rows stand in it."""
    if rows_of(draft, section.key):
        raise ValidationError(
            _("Remove the rows first, then say that there is nothing to declare."), code="rows"
        )
    return {**draft, section.key: {"nil": True, "rows": []}}


def with_all_nil(draft: Draft, form: Form) -> Draft:
    """Every section of rows says "nothing to declare"; refused while any row stands."""
    for section in form.sections:
        if section.has_rows:
            draft = with_nil(draft, section)
    return draft


def is_all_nil(draft: Mapping[str, Any], form: Form) -> bool:
    sections = [section for section in form.sections if section.has_rows]
    return bool(sections) and all(draft.get(each.key, {}).get("nil") is True for each in sections)


def check_row_count(section: Section, count: int) -> None:
    limit = min(section.max_rows, MAX_ROWS)
    if count > limit:
        raise ValidationError(
            _("%(count)s rows are too many; “%(section)s” takes %(limit)s."),
            code="too_many_rows",
            params={"count": count, "section": section.title.id, "limit": limit},
        )


def carry_over(draft: Mapping[str, Any], form: Form) -> tuple[Draft, Draft]:
    """Last year's answers in this year's form, and what has no place in it any more."""
    kept: Draft = {}
    left: Draft = {}
    for key, content in draft.items():
        section = next((each for each in form.sections if each.key == key), None)
        if section is None:
            left[key] = deepcopy(content)
            continue
        known = {"key"} | {question.key for question in section.questions}
        if section.has_rows:
            rows = content.get("rows", [])
            kept[key] = {"rows": [_only(row, known) for row in rows]}
            if content.get("nil"):
                kept[key]["nil"] = True
            if lost := [
                _only(row, set(row) - known | {"key"}) for row in rows if set(row) - known
            ]:
                left[key] = {"rows": lost}
        else:
            kept[key] = _only(content, known)
            if lost_values := _only(content, set(content) - known):
                left[key] = lost_values
    return kept, left


def _only(values: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {name: deepcopy(value) for name, value in values.items() if name in keys}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in BLANKS}


# --- Merging two copies ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conflict:
    """One place where both sides changed the same thing to something different.

    `question` is None when a whole row is meant (removed here, changed there); None as a value
    means "not filled in", for a row "removed". Until somebody chooses, the result holds what was
    stored (`theirs`), or the row that still exists.
    """

    section: str
    row: str | None
    question: str | None
    base: Any
    theirs: Any
    mine: Any

    @property
    def id(self) -> str:
        return "/".join((self.section, self.row or "", self.question or ""))


@dataclass(frozen=True, slots=True)
class Merged:
    result: Draft
    conflicts: tuple[Conflict, ...]

    def settled(self, choices: Mapping[str, Literal["mine", "theirs"]]) -> "Merged":
        """The conflicts that `choices` (by `Conflict.id`) decides are applied; the rest stays."""
        result = deepcopy(self.result)
        left = []
        for conflict in self.conflicts:
            choice = choices.get(conflict.id)
            if choice not in ("mine", "theirs"):
                left.append(conflict)
            else:
                _apply(result, conflict, conflict.mine if choice == "mine" else conflict.theirs)
        return Merged(result, tuple(left))


def merge(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Merged:
    """`mine` and `theirs` both grew out of `base`; `theirs` is what is stored now.

    Works per answer and per row: what only one side changed is taken over, the rest conflicts.
    """
    result: Draft = {}
    conflicts: list[Conflict] = []
    for key in _in_order(theirs, mine):
        was, stored, typed = base.get(key), theirs.get(key), mine.get(key)
        if any("rows" in (side or {}) for side in (was, stored, typed)):
            content = _merge_rows(key, was or {}, stored or {}, typed or {}, conflicts)
        else:
            content = _merge_values(key, None, was or {}, stored or {}, typed or {}, conflicts)
        if content or _was_kept(was, stored, typed):
            result[key] = content
    return Merged(result, tuple(conflicts))


def _was_kept(base: Any, theirs: Any, mine: Any) -> bool:
    """An empty section still says that somebody opened it."""
    if base is None:
        return theirs is not None or mine is not None
    return theirs is not None and mine is not None


def _merge_values(
    section: str,
    row: str | None,
    base: Mapping[str, Any],
    theirs: Mapping[str, Any],
    mine: Mapping[str, Any],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in _in_order(theirs, mine):
        was, stored, typed = (_value(side, name) for side in (base, theirs, mine))
        if stored == typed or typed == was:
            chosen = stored
        elif stored == was:
            chosen = typed
        else:
            chosen = stored
            conflicts.append(Conflict(section, row, name, was, stored, typed))
        if chosen is not None:
            result[name] = deepcopy(chosen)
    return result


def _value(side: Mapping[str, Any], name: str) -> Any:
    value = side.get(name)
    return None if value in BLANKS else value


def _merge_rows(
    section: str,
    base: Mapping[str, Any],
    theirs: Mapping[str, Any],
    mine: Mapping[str, Any],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    was, stored, typed = (_by_key(side.get("rows", ())) for side in (base, theirs, mine))
    rows = []
    for key in _in_order(stored, typed):
        row = _merge_row(section, key, was.get(key), stored.get(key), typed.get(key), conflicts)
        if row is not None:
            rows.append(row)
    nil = _merge_nil(section, base, theirs, mine, has_rows=bool(rows), conflicts=conflicts)
    return {"nil": True, "rows": rows} if nil else {"rows": rows}


def _merge_row(
    section: str,
    key: str,
    was: Row | None,
    stored: Row | None,
    typed: Row | None,
    conflicts: list[Conflict],
) -> Row | None:
    if stored is not None and typed is not None:
        values = _merge_values(section, key, was or {}, stored, typed, conflicts)
        return {"key": key, **values}
    there = stored if stored is not None else typed
    if was is None:
        return deepcopy(there)  # Added by one side.
    if _filled(there or {}) == _filled(was):
        return None  # Removed by one side, untouched by the other.
    conflicts.append(Conflict(section, key, None, was, stored, typed))
    return deepcopy(there)


def _merge_nil(
    section: str,
    base: Mapping[str, Any],
    theirs: Mapping[str, Any],
    mine: Mapping[str, Any],
    *,
    has_rows: bool,
    conflicts: list[Conflict],
) -> bool:
    was, stored, typed = (bool(side.get("nil")) for side in (base, theirs, mine))
    nil = typed if stored == was else stored
    if nil and has_rows:
        # "Nothing to declare" on one side, a row on the other: the row stays, somebody decides.
        conflicts.append(Conflict(section, None, "nil", was, stored, typed))
        return False
    return nil


def _apply(result: Draft, conflict: Conflict, value: Any) -> None:
    content = result.setdefault(conflict.section, {})
    if conflict.row is None:
        _set(content, str(conflict.question), value)
        if conflict.question == "nil" and value:
            content["rows"] = []
        return
    rows = content.setdefault("rows", [])
    row = next((each for each in rows if each["key"] == conflict.row), None)
    if conflict.question is None:
        others = [each for each in rows if each["key"] != conflict.row]
        content["rows"] = others if value is None else [*others, deepcopy(value)]
    elif row is not None:
        _set(row, conflict.question, value)


def _set(values: dict[str, Any], name: str, value: Any) -> None:
    if value in BLANKS or value is False:
        values.pop(name, None)
    else:
        values[name] = deepcopy(value)


def _by_key(rows: Iterable[Row]) -> dict[str, Row]:
    return {row["key"]: row for row in rows}


def _in_order(theirs: Iterable[str], mine: Iterable[str]) -> list[str]:
    """The stored order, then what only the other side has."""
    return list(dict.fromkeys([*theirs, *mine]))
