"""The evidence card of a flag: what it rests on, with links where the reader may follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Func, Subquery, TextField
from django.db.models.fields.json import KeyTransform
from django.urls import reverse

from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    DecisionStatement,
    InterestRegister,
    SuperiorDecision,
)
from mapping.models import RiskArea
from review.models import Flag, FlagSnapshot, RegisteredAct, RuleText
from review.rules import RULES
from review.rules.base import Wording, readable

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
    "ruling": (SuperiorDecision, "declarations:decision_detail"),
    "act": (RegisteredAct, "review:act_detail"),
    "plan": (ControlPlan, "declarations:plan_detail"),
}
AREA = "area_id"


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    text: str
    url: str = ""


def wording_and_digest(snapshot: FlagSnapshot) -> tuple[Wording | None, str]:
    """The words of the snapshot's own version, and the hash of its facts; one query.

    A version from before texts were kept has those of today's code, if it still knows the rule.
    """
    text = RuleText.objects.filter(pk=snapshot.rule_version.text_id).values("body")
    facts = KeyTransform("facts", "inputs")
    row = FlagSnapshot.objects.filter(pk=snapshot.pk).annotate(text=Subquery(text))
    body, digest = row.values_list("text", _Digest(facts, output_field=TextField())).get()
    if body is not None:
        return Wording.read(body), digest
    rule = RULES.get(snapshot.rule_version.rule)
    return (rule.wording if rule else None), digest


class _Digest(Func):
    """As `evaluation.FINGERPRINT`."""

    template = "encode(sha256(convert_to((%(expressions)s)::text, 'UTF8')), 'hex')"


def is_reproduced(snapshot: FlagSnapshot, wording: Wording | None, digest: str) -> bool:
    """The card comes out again from the version and the frozen facts alone.

    The facts are those that the fingerprint was taken of; sentence, path and what would clear it
    are what the rule, as its code was then, makes of them.
    """
    values = snapshot.values
    return (
        wording is not None
        and digest == snapshot.fingerprint
        and snapshot.weight == snapshot.rule_version.weight
        and wording.words(values) == snapshot.sentence
        and wording.path(values) == snapshot.path
        and wording.clearing(values) == snapshot.clears
    )


def reproduce(snapshot: FlagSnapshot) -> bool:
    return is_reproduced(snapshot, *wording_and_digest(snapshot))


def rows_of(snapshot: FlagSnapshot, wording: Wording | None, *, user: User) -> list[Row]:
    """One line for each row or date, with the labels of the snapshot's own version."""
    # The rule may be gone from the code; its facts are not.
    evidence = wording.evidence if wording else tuple((n, n) for n in sorted(snapshot.values))
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
