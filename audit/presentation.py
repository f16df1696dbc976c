"""Audit events in words; each app registers its actions in `AppConfig.ready()`.

    presentation.register("declaration.submit", _("sent the declaration"))
    presentation.register("declaration.return", _("sent the declaration back: %(reason)s"))

A sentence continues "[who] … ". `%(…)s` takes what `record` was given as data, and
`%(target)s` the thing itself; what an event lacks is shown as a dash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from audit.models import AuditEvent

LONGEST_VALUE = 200
OUR_APPS = ("people", "jobs", "notices", "statements", "mapping", "declarations", "review")

_sentences: dict[str, Any] = {}


class _Values(dict):
    """What the event carries, short and as text; a dash for what it lacks."""

    def __missing__(self, key: str) -> str:
        return "—"

    def __getitem__(self, key: str) -> str:
        value = super().__getitem__(key)
        if isinstance(value, list):
            value = ", ".join(str(item) for item in value)
        return str(value)[:LONGEST_VALUE]


def register_all(sentences: Mapping[str, Any]) -> None:
    for action, sentence in sentences.items():
        register(action, sentence)


def register(action: str, sentence: Any) -> None:
    if _sentences.setdefault(action, sentence) != sentence:
        raise ImproperlyConfigured(f"The action {action} has two sentences.")


def actions() -> dict[str, Any]:
    return dict(_sentences)


def sentence(event: AuditEvent) -> str:
    """What was done, in the reader's language; the bare action when nobody named it."""
    template = _sentences.get(event.action)
    if template is None:
        return event.action
    return str(template) % _Values({"target": event.target_label} | event.data)


def actor(event: AuditEvent) -> str:
    return event.actor_label or _("The system")


@dataclass(frozen=True, slots=True)
class Line:
    """One event, ready for a page."""

    at: datetime.datetime
    actor: str
    sentence: str
    action: str
    target: str
    target_id: str


def describe(event: AuditEvent) -> Line:
    return Line(
        at=event.at,
        actor=actor(event),
        sentence=sentence(event),
        action=event.action,
        target=event.target_label,
        target_id=event.target_id,
    )
