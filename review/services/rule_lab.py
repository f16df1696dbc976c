"""What a changed rule would do, before it is switched on; nothing is written."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from people.models import User
from review.conflict_free import bars_of
from review.flag_querysets import keys_on_reports_kept_from
from review.flag_states import ON_REPORT, FlagState
from review.models import Flag, RuleVersion
from review.rules import RULES, Rule
from review.services.evaluation import findings

if TYPE_CHECKING:
    import uuid

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Coming:
    key: str
    sentence: str
    subject: str


@dataclass(slots=True)
class Forecast:
    """Numbers of the whole province; the rows are those that the reader may see."""

    found: int = 0
    coming: int = 0
    going: int = 0
    changing: int = 0
    queue_before: int = 0
    queue_after: int = 0
    confirmed_before: int = 0
    confirmed_after: int = 0
    judged_before: int = 0
    judged_after: int = 0
    weight_before: int = 0
    weight_after: int = 0
    come: list[Coming] = field(default_factory=list)
    go: list[Flag] = field(default_factory=list)

    @property
    def precision_before(self) -> int | None:
        """Per cent of the judged flags that were confirmed; None without any."""
        return _percent(self.confirmed_before, self.judged_before)

    @property
    def precision_after(self) -> int | None:
        return _percent(self.confirmed_after, self.judged_after)


def forecast(
    rule: Rule,
    *,
    weight: int,
    parameters: dict[str, Any],
    is_enabled: bool,
    at: datetime.datetime,
    user: User,
) -> Forecast:
    """The rule with these settings over today's data, against the flags there are.

    Memory holds the keys of this one rule's flags, nothing of what they rest on. A report that
    `user` must not know of is not even counted.
    """
    hidden = _hidden_keys(rule, user)
    known = _known(rule, hidden)
    result, kept = Forecast(), set()
    _count_before(result, known)
    bars = bars_of(user, on=at.date())
    rows = findings(rule, parameters, at=at) if is_enabled else ()
    for key, fingerprint, inputs, subject, opd, people in rows:
        if key in hidden:
            continue
        result.found += 1
        pk, state, before = known.get(key, (None, FlagState.CLEARED, ""))
        if pk is not None:
            kept.add(pk)
        if state == FlagState.CLEARED:
            result.coming += 1
            if len(result.come) < SHOWN and _may_read(bars, subject, opd, people):
                result.come.append(
                    Coming(key, rule.words(inputs), str(inputs.get("person") or ""))
                )
        else:
            result.changing += before != fingerprint
            _count_after(result, state, is_changed=before != fingerprint)
    _finish(result, rule, known, kept, weight=weight, user=user)
    return result


def _hidden_keys(rule: Rule, user: User) -> set[str]:
    if rule.code != ON_REPORT:
        return set()
    return {key for (key,) in keys_on_reports_kept_from(user)}


def _known(rule: Rule, hidden: set[str]) -> dict[str, tuple]:
    rows = Flag.objects.filter(rule=rule.code).values_list("pk", "key", "state", "fingerprint")
    return {
        key: (pk, state, fingerprint)
        for pk, key, state, fingerprint in rows.iterator()
        if key not in hidden
    }


def _count_before(result: Forecast, known: dict[str, tuple]) -> None:
    for _pk, state, _fingerprint in known.values():
        result.judged_before += state in FlagState.JUDGED
        result.confirmed_before += state == FlagState.CONFIRMED


def _count_after(result: Forecast, state: str, *, is_changed: bool) -> None:
    """A dismissed flag whose facts change is open again, and judged no more."""
    if state == FlagState.DISMISSED and is_changed:
        return
    result.judged_after += state in FlagState.JUDGED
    result.confirmed_after += state == FlagState.CONFIRMED


def _finish(
    result: Forecast, rule: Rule, known: dict, kept: set[uuid.UUID], *, weight: int, user: User
) -> None:
    gone = [pk for pk, state, _f in known.values() if state != "cleared" and pk not in kept]
    result.going = len(gone)
    readable = Flag.objects.visible_to(user).filter(pk__in=gone[:2_000])
    result.go = list(readable.select_related("subject").order_by("-changed_at", "pk")[:SHOWN])
    live = [state for _pk, state, _f in known.values() if state in FlagState.LIVE]
    current = RuleVersion.objects.current().get(rule=rule.code)
    result.weight_before = current.weight * len(live)
    dismissed = sum(state == "dismissed" for _pk, state, _f in known.values())
    result.weight_after = weight * max(result.found - dismissed, 0)
    queued = Flag.objects.filter(state=FlagState.OPEN, is_queued=True)
    on_hidden = Q(rule=ON_REPORT, key__in=keys_on_reports_kept_from(user))
    result.queue_before = queued.exclude(on_hidden).count()
    result.queue_after = result.queue_before
    if rule.is_queued:
        open_gone = sum(state == "open" and pk not in kept for pk, state, _f in known.values())
        result.queue_after += result.coming - open_gone


def _may_read(bars: Any, subject: Any, opd: Any, people: Any) -> bool:
    keys = {str(person) for person in people or ()} | ({str(subject)} if subject else set())
    barred = {str(key) for key in {bars.user_id, *bars.kin, *bars.superiors}}
    return not (keys & barred) and opd not in bars.opds


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def reproduce(snapshot: Any) -> bool:
    """The frozen words come out again from the snapshot's own inputs and the rule's code."""
    rule = RULES.get(snapshot.flag.rule)
    if rule is None or snapshot.rule_version.code_revision != rule.revision:
        return False
    return rule.words(snapshot.values) == snapshot.sentence
