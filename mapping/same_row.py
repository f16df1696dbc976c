"""Two people at one row: what the one saved beside what the other typed.

The page carries the values that it showed, so that three can be compared: what only the other
changed goes into the form as they left it, what only oneself changed stays, and what both
changed is shown side by side. Nothing is written before the next press.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.formats import date_format

from audit.models import AuditEvent
from audit.services import history
from mapping.forms import RiskAreaForm
from mapping.models import RiskArea

NAMES = (*RiskAreaForm.Meta.fields, "posts")
LABELS = {name: RiskAreaForm.base_fields[name].label for name in NAMES}


@dataclass(frozen=True, slots=True)
class Difference:
    label: Any
    theirs: str
    mine: str
    # Changed by both; else by them alone, and the form holds their words.
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One save of a row, with the fields that it changed."""

    event: AuditEvent
    labels: list[Any]


def shown_values(row: RiskArea) -> str:
    """What the form of the row shows, for a hidden field of the page."""
    return json.dumps({name: _plain(_stored(row, name)) for name in NAMES})


def compare(
    form: RiskAreaForm, theirs: RiskArea, *, seen: str
) -> tuple[list[Difference], QueryDict]:
    """The differences that need a look, and what the form holds next."""
    shown, data = _seen(seen), form.data.copy()
    differences = []
    for name in NAMES:
        mine, other = form.cleaned_data.get(name), _stored(theirs, name)
        base = shown.get(name)
        if _plain(mine) == _plain(other) or base == _plain(other):
            continue
        is_disputed = base != _plain(mine)
        if not is_disputed:
            _put(data, name, _plain(other))
        differences.append(
            Difference(LABELS[name], _words(name, other), _words(name, mine), is_disputed)
        )
    return differences, data


def changes(row: RiskArea, *, after: int = -1, limit: int = 10) -> list[Change]:
    """Who changed what, the newest first; `after` a revision, only later ones. One query."""
    events = [event for event in history(row) if event.action == "riskarea.change"]
    found = [event for event in events if event.data.get("revision", 0) > after]
    return [Change(event, _labels(event.data.get("changed", ()))) for event in found[:limit]]


def _labels(names: Iterable[str]) -> list[Any]:
    return [LABELS[name] for each in names if (name := each.removesuffix("_id")) in LABELS]


def _stored(row: RiskArea, name: str) -> Any:
    return [item.post for item in row.named_posts.all()] if name == "posts" else getattr(row, name)


def _plain(value: Any) -> str:
    """One value as a form sends it; several as their keys in order."""
    if value is None:
        return ""
    if hasattr(value, "pk"):
        return str(value.pk)
    if isinstance(value, str | int) or hasattr(value, "isoformat"):
        return str(value)
    return ",".join(str(pk) for pk in sorted(each.pk for each in value))


def _words(name: str, value: Any) -> str:
    if name == "posts":
        return "; ".join(sorted(post.title for post in value))
    if hasattr(value, "isoformat"):
        return date_format(value)
    choices = dict(RiskArea._meta.get_field(name).flatchoices)
    return str(choices.get(value, "" if value is None else value))


def _put(data: QueryDict, name: str, plain: str) -> None:
    data.setlist(name, plain.split(",") if name == "posts" and plain else [plain] if plain else [])


def _seen(text: str) -> dict[str, str]:
    """What came back of `shown_values`; nonsense is as if nothing had been shown."""
    try:
        found = json.loads(text) if len(text) < 50_000 else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
