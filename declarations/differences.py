"""The difference of two drafts, row by row and answer by answer: what delta signing signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from declarations.answers import clean_values
from declarations.content import Form, Section

Change = Literal["added", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    before: Any
    after: Any

    @property
    def kind(self) -> Change:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """Answers by question, rows by key; a removed row is kept whole, to be shown."""

    fields: Mapping[str, FieldChange] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    removed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    changed: Mapping[str, Mapping[str, FieldChange]] = field(default_factory=dict)
    nil: FieldChange | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.fields or self.added or self.removed or self.changed or self.nil)


@dataclass(frozen=True, slots=True)
class Difference:
    sections: Mapping[str, SectionDifference] = field(default_factory=dict)

    def of(self, section_key: str) -> SectionDifference:
        return self.sections.get(section_key, SectionDifference())

    @property
    def is_empty(self) -> bool:
        return not self.sections

    def count(self, kind: Change) -> int:
        """How many rows (or single answers) were added, changed or removed."""
        total = 0
        for section in self.sections.values():
            total += len(getattr(section, kind)) if kind != "changed" else len(section.changed)
            total += sum(1 for change in section.fields.values() if change.kind == kind)
        return total


def difference(form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What `after` says that `before` didn't; only the writing of a value is no difference."""
    sections = {}
    for section in form.sections:
        old, new = before.get(section.key) or {}, after.get(section.key) or {}
        delta = (
            _row_difference(section, old, new)
            if section.has_rows
            else SectionDifference(fields=_field_changes(section, old, new))
        )
        if not delta.is_empty:
            sections[section.key] = delta
    return Difference(sections)


def _row_difference(
    section: Section, old: Mapping[str, Any], new: Mapping[str, Any]
) -> SectionDifference:
    was = {row["key"]: row for row in old.get("rows", ())}
    now = {row["key"]: row for row in new.get("rows", ())}
    changed = {
        key: changes
        for key in was.keys() & now.keys()
        if (changes := _field_changes(section, was[key], now[key]))
    }
    nil_was, nil_now = old.get("nil") is True, new.get("nil") is True
    return SectionDifference(
        added=frozenset(now.keys() - was.keys()),
        removed={key: row for key, row in was.items() if key not in now},
        changed=changed,
        nil=FieldChange(nil_was, nil_now) if nil_was != nil_now else None,
    )


def _field_changes(
    section: Section, old: Mapping[str, Any], new: Mapping[str, Any]
) -> dict[str, FieldChange]:
    was, now = _meant(section, old), _meant(section, new)
    return {
        question.key: FieldChange(old.get(question.key) or "", new.get(question.key) or "")
        for question in section.questions
        if was[question.key] != now[question.key]
    }


def _meant(section: Section, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values to compare: "1.000.000" and "Rp1000000" are the same answer."""
    values, errors = clean_values(section, raw)
    for key in errors:
        values[key] = raw.get(key) or None
    return {key: None if value in ("", []) else value for key, value in values.items()}
