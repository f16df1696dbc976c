"""Audit events in words; each app registers its actions in `AppConfig.ready()`.

    presentation.register("declaration.submit", _("sent the declaration"))
    presentation.register("declaration.return", _("sent the declaration back: %(reason)s"))

A sentence continues "[who] … ". `%(…)s` takes what `record` was given as data, and
`%(target)s` the thing itself; what an event lacks is shown as a dash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from audit.models import AuditEvent

LONGEST_VALUE = 200
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What is left where a key stood: separators before it, and a row's own prefix ("person:").
KEY = re.compile(rf"[\s—:#]*(?:\w+:)?{UUID.pattern}(?:[:/-]\S*)?")
# (type, key) of a thing, and the ways to find what people call many of them at once.
Target = tuple[str, str]
Namer = Callable[[set[Target]], dict[Target, str]]
_sentences: dict[str, Any] = {}
_words: dict[str, Any] = {}
_kinds: dict[str, Any] = {}
_namers: list[Namer] = []


class _Values(dict):
    """What the event carries, short and as text; a dash for what it lacks."""

    def __missing__(self, key: str) -> str:
        return "—"

    def __getitem__(self, key: str) -> str:
        value = super().__getitem__(key)
        items = value if isinstance(value, list) else [value]
        return ", ".join(str(_words.get(str(item), item)) for item in items)[:LONGEST_VALUE]


def register_all(sentences: Mapping[str, Any]) -> None:
    for action, sentence in sentences.items():
        register(action, sentence)


def register(action: str, sentence: Any) -> None:
    if _sentences.setdefault(action, sentence) != sentence:
        raise ImproperlyConfigured(f"The action {action} has two sentences.")


def name_codes(words: Mapping[str, Any]) -> None:
    """What a reader sees in the place of a code that events carry as a value (a rule's)."""
    _words.update(words)


def name_kinds(kinds: Mapping[str, Any]) -> None:
    """How people call the things of a type: `{"review.case": _("Case")}`."""
    _kinds.update(kinds)


def kinds() -> dict[str, Any]:
    return dict(_kinds)


def register_namer(namer: Namer) -> None:
    """`namer(targets)` gives names to those it knows, in one query however many there are."""
    if namer not in _namers:
        _namers.append(namer)


def actions() -> dict[str, Any]:
    return dict(_sentences)


def sentence(event: AuditEvent) -> str:
    """What was done, in the reader's language; the bare action when nobody named it."""
    template = _sentences.get(event.action)
    if template is None:
        return event.action
    return str(template) % _Values({"target": plain(event.target_label)} | event.data)


def plain(label: str) -> str:
    """The label without the keys of rows, which say nothing to a reader."""
    return KEY.sub("", label).strip()


def actor(event: AuditEvent) -> str:
    return event.actor_label or _("The system")


@dataclass(frozen=True, slots=True)
class Line:
    """One event, ready for a page."""

    at: datetime.datetime
    actor: str
    sentence: str
    kind: str
    target: str
    target_type: str
    target_id: str


def together(lines: Iterable[Line]) -> list[tuple[Line, int]]:
    """Each line with how often it follows itself: a page read five times in a row is one line."""
    runs = groupby(lines, key=lambda line: (line.actor, line.sentence, line.target_id))
    return [(run[0], len(run)) for run in (list(found) for _key, found in runs)]


def describe_all(events: Sequence[AuditEvent]) -> list[Line]:
    """With names for people to read, found for all lines together."""
    targets = {(event.target_type, event.target_id) for event in events}
    names: dict[Target, str] = {}
    for namer in _namers:
        names |= namer(targets)
    return [
        describe(event, name=names.get((event.target_type, event.target_id), ""))
        for event in events
    ]


def describe(event: AuditEvent, *, name: str = "") -> Line:
    return Line(
        at=event.at,
        actor=actor(event),
        sentence=sentence(event),
        kind=str(_kinds.get(event.target_type, event.target_type)),
        target=name or plain(event.target_label),
        target_type=event.target_type,
        target_id=event.target_id,
    )
