"""What a changed rule would do, before it is switched on; nothing is written."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from people.models import User
from review.conflict_free import bars_of
from review.flag_querysets import keys_on_reports_kept_from
from review.flag_states import ON_REPORT, FlagState
from review.models import Flag, RuleVersion
from review.rules import Rule
from review.services.evaluation import findings
from review.services.flag_writing import state_after

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Coming:
    key: str
    sentence: str
    subject: str


@dataclass(slots=True)
class Standing:
    """How the flags of the rule stand: now, or with the settings that are tried."""

    live: int = 0
    judged: int = 0
    confirmed: int = 0
    # Open flags of all rules that put cases on the queue, and the people whom they are about.
    queue: int = 0
    people: int = 0
    weight: int = 0

    def add(self, state: str) -> None:
        self.live += state in FlagState.LIVE
        self.judged += state in FlagState.JUDGED
        self.confirmed += state == FlagState.CONFIRMED

    @property
    def precision(self) -> int | None:
        """Per cent of the judged flags that were confirmed; None without any."""
        return round(100 * self.confirmed / self.judged) if self.judged else None


@dataclass(slots=True)
class Forecast:
    """Numbers of the whole province; the rows are those that the reader may see."""

    found: int = 0
    coming: int = 0
    going: int = 0
    changing: int = 0
    before: Standing = field(default_factory=Standing)
    after: Standing = field(default_factory=Standing)
    come: list[Coming] = field(default_factory=list)
    go: list[Flag] = field(default_factory=list)


class Known(NamedTuple):
    """What decides what becomes of a flag; as `flag_writing.state_after` asks for it."""

    pk: uuid.UUID | None = None
    key: str = ""
    state: str = FlagState.CLEARED
    fingerprint: str = ""
    dismissed_fingerprint: str = ""
    confirmed_at: datetime.datetime | None = None
    subject_id: uuid.UUID | None = None


UNKNOWN = Known()


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

    Each flag is taken on exactly as an evaluation would. Memory holds the keys of this one rule's
    flags, nothing of what they rest on. A report that `user` must not know of is not even counted.
    """
    hidden = _hidden_keys(rule, user)
    known = _known(rule, hidden)
    result = Forecast()
    bars = bars_of(user, on=timezone.localdate(at))
    kept: set[uuid.UUID | None] = set()
    queued: Counter[uuid.UUID | None] = Counter()
    rows = findings(rule, parameters, at=at) if is_enabled else ()
    for key, fingerprint, inputs, subject, opd, people in rows:
        if key in hidden:
            continue
        result.found += 1
        flag = known.get(key, UNKNOWN)
        state = state_after(flag, fingerprint) if flag.pk else FlagState.OPEN
        result.after.add(state)
        queued[subject] += state == FlagState.OPEN
        kept.add(flag.pk)
        if flag.state != FlagState.CLEARED:
            result.changing += flag.fingerprint != fingerprint
            continue
        if state == FlagState.DISMISSED:
            continue  # It comes back as it was judged.
        result.coming += 1
        if len(result.come) < SHOWN and _may_read(bars, subject, opd, people):
            result.come.append(Coming(key, rule.words(inputs), str(inputs.get("person") or "")))
    _finish(result, rule, known, kept, weight=weight, user=user)
    _count_queue(result, rule, known, queued, user=user)
    return result


def _hidden_keys(rule: Rule, user: User) -> set[str]:
    if rule.code != ON_REPORT:
        return set()
    return {key for (key,) in keys_on_reports_kept_from(user)}


def _known(rule: Rule, hidden: set[str]) -> dict[str, Known]:
    rows = Flag.objects.filter(rule=rule.code).order_by().values_list(*Known._fields)
    return {row[1]: Known(*row) for row in rows.iterator() if row[1] not in hidden}


def _finish(
    result: Forecast,
    rule: Rule,
    known: dict[str, Known],
    kept: set[uuid.UUID | None],
    *,
    weight: int,
    user: User,
) -> None:
    for flag in known.values():
        result.before.add(flag.state)
    gone = [f.pk for f in known.values() if f.state != FlagState.CLEARED and f.pk not in kept]
    result.going = len(gone)
    readable = Flag.objects.visible_to(user).filter(pk__in=gone[:2_000])
    result.go = list(readable.select_related("subject").order_by("-changed_at", "pk")[:SHOWN])
    current = RuleVersion.objects.current().get(rule=rule.code)
    result.before.weight = current.weight * result.before.live
    result.after.weight = weight * result.after.live


def _count_queue(
    result: Forecast,
    rule: Rule,
    known: dict[str, Known],
    queued: Counter[uuid.UUID | None],
    *,
    user: User,
) -> None:
    """The queue of all rules: what this one puts on it changes, the others stay."""
    on_hidden = Q(rule=ON_REPORT, key__in=keys_on_reports_kept_from(user))
    others = Flag.objects.filter(state=FlagState.OPEN, is_queued=True).exclude(on_hidden)
    others = others.exclude(rule=rule.code).order_by()
    about = others.filter(subject__isnull=False).values("subject").distinct()
    number, people = others.count(), about.count()
    now: Counter[uuid.UUID | None] = Counter(
        flag.subject_id for flag in known.values() if flag.state == FlagState.OPEN
    )
    for standing, own in ((result.before, now), (result.after, queued)):
        mine = {subject for subject, count in own.items() if count and subject}
        if not rule.is_queued:
            mine, own = set(), Counter()
        shared = about.filter(subject__in=mine).count()
        standing.queue = number + sum(own.values())
        standing.people = people + len(mine) - shared


def _may_read(bars: Any, subject: Any, opd: Any, people: Any) -> bool:
    keys = {str(person) for person in people or ()} | ({str(subject)} if subject else set())
    barred = {str(key) for key in {bars.user_id, *bars.kin, *bars.superiors}}
    return not (keys & barred) and opd not in bars.opds
