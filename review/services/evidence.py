"""The evidence card of a flag: what it rests on, with links where the reader may follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    DecisionStatement,
    InterestRegister,
    SuperiorDecision,
)
from mapping.models import RiskArea
from review.models import Flag, FlagSnapshot
from review.rules.base import readable
from review.services.rule_settings import rule_of

if TYPE_CHECKING:
    from people.models import User

# Inputs that hold the key of a page.
PAGES: dict[str, tuple[Any, str]] = {
    "register": (InterestRegister, "declarations:register_detail"),
    "previous": (InterestRegister, "declarations:register_detail"),
    "other_register": (InterestRegister, "declarations:register_detail"),
    "statement": (DecisionStatement, "declarations:statement_detail"),
    "conflict": (ConflictDeclaration, "declarations:conflict_detail"),
    "decision": (SuperiorDecision, "declarations:decision_detail"),
    "plan": (ControlPlan, "declarations:plan_detail"),
}
AREA = "area_id"


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    text: str
    url: str = ""


def rows_of(flag: Flag, snapshot: FlagSnapshot, *, user: User) -> list[Row]:
    """One line for each row or date."""
    try:
        evidence = rule_of(flag.rule).evidence
    except KeyError:  # The rule is gone from the code; its words are not.
        evidence = tuple((name, name) for name in sorted(snapshot.values))
    values = snapshot.values
    urls = _urls({name: values.get(name) for _label, name in evidence}, user=user)
    rows = []
    for label, name in evidence:
        value = values.get(name)
        if value in (None, ""):
            continue
        is_page = name in PAGES or name in (AREA, "task")
        text = "" if is_page else readable(value)
        if text or urls.get(name):
            rows.append(Row(label, text, urls.get(name, "")))
    return rows


def _urls(values: dict[str, Any], *, user: User) -> dict[str, str]:
    """Addresses of the pages that `user` may open; one query, whatever they are."""
    wanted: dict[Any, dict[str, str]] = {}
    for name, key in values.items():
        if key and name in PAGES:
            wanted.setdefault(PAGES[name][0], {})[name] = str(key)
    readable_keys = [
        model.objects.visible_to(user).filter(pk__in=names.values()).order_by().values_list("pk")
        for model, names in wanted.items()
    ]
    first, *others = readable_keys or [InterestRegister.objects.none().values_list("pk")]
    seen = {str(key) for (key,) in (first.union(*others, all=True) if others else first)}
    found = {
        name: reverse(PAGES[name][1], args=[key])
        for names in wanted.values()
        for name, key in names.items()
        if key in seen
    }
    if (key := values.get(AREA)) and RiskArea.objects.filter(
        pk=key, map__in=RiskArea.map.field.related_model.objects.visible_to(user)
    ).exists():
        found[AREA] = reverse("mapping:area_detail", args=[key])
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of the weights of somebody's live flags that the reader sees, and its parts."""

    total: int
    parts: list[Flag]


def score_of(subject: User, *, user: User) -> Score:
    """In thousandths, without an upper end: ten flags weigh more than nine. One query."""
    live = Flag.objects.visible_to(user).live().of_subject(subject).for_list()
    parts = list(live.order_by("-weight", "-changed_at", "pk")[:200])
    return Score(sum(flag.weight for flag in parts), parts)
