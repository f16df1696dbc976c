"""Flags and snapshots written from what an evaluation found, a batch at a time."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.services import record_many
from review.flag_states import FlagState
from review.models import Flag, FlagSnapshot, RuleVersion
from review.rules.base import Rule, readable

if TYPE_CHECKING:
    from review.services.evaluation import Outcome

FIELDS = (
    "subject", "opd", "year", "people", "state", "weight", "rule_version", "fingerprint",
    "sentence", "snapshot", "change_note", "changed_at", "cleared_at", "is_queued",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding that differs from its flag; without facts, a flag whose finding is gone."""

    key: str
    subject: uuid.UUID | None
    opd: int | None
    year: int | None
    people: list[uuid.UUID]
    facts: dict[str, Any] | None
    shown: dict[str, Any]
    fingerprint: str
    flag_id: uuid.UUID | None

    @classmethod
    def read(cls, row: tuple) -> Difference:
        key, subject, opd, year, people, facts, shown, fingerprint, flag_id = row
        return cls(
            key,
            _uuid(subject),
            opd,
            year,
            _uuids(people),
            None if facts is None else json.loads(facts),
            json.loads(shown) if shown else {},
            fingerprint or "",
            _uuid(flag_id),
        )


def apply(
    rule: Rule,
    version: RuleVersion,
    batch: Sequence[Difference],
    *,
    at: datetime.datetime,
    outcome: Outcome,
) -> None:
    """Write one batch; the flags are locked, so that nobody judges them meanwhile."""
    keys = sorted(d.flag_id for d in batch if d.flag_id)
    locked = Flag.objects.select_for_update(of=("self",)).select_related("snapshot")
    flags = {flag.pk: flag for flag in locked.filter(pk__in=keys).order_by("pk")}
    writer = _Writer(rule, version, at)
    for difference in batch:
        writer.take(difference, flags.get(difference.flag_id) if difference.flag_id else None)
    writer.write(outcome)


class _Writer:
    def __init__(self, rule: Rule, version: RuleVersion, at: datetime.datetime) -> None:
        self.rule, self.version, self.at = rule, version, at
        self.new: list[Flag] = []
        self.old: list[Flag] = []
        self.snapshots: list[FlagSnapshot] = []
        self.events: list[tuple[str, Flag, dict[str, Any]]] = []
        self.cleared = 0
        self.subjects: set[uuid.UUID] = set()

    def take(self, found: Difference, flag: Flag | None) -> None:
        if found.facts is None:
            if flag is not None and flag.state != FlagState.CLEARED:
                self._clear(flag)
        elif flag is None:
            self._raise(found)
        else:
            self._update(found, flag)

    def write(self, outcome: Outcome) -> None:
        Flag.objects.bulk_create(self.new)
        # The reference from flag to snapshot is checked at the end of the transaction.
        FlagSnapshot.objects.bulk_create(self.snapshots)
        Flag.objects.bulk_update(self.old, FIELDS, batch_size=500)
        record_many(self.events, by=None)
        outcome.raised += len(self.new)
        outcome.changed += len(self.old) - self.cleared
        outcome.cleared += self.cleared
        outcome.subjects |= self.subjects

    def _raise(self, found: Difference) -> None:
        flag = Flag(rule=self.rule.code, key=found.key, state=FlagState.OPEN, raised_at=self.at)
        self._describe(flag, found)
        self._freeze(flag, found)
        self.new.append(flag)
        self._tell("flag.raise", flag)

    def _update(self, found: Difference, flag: Flag) -> None:
        before, was = flag.state, flag.fingerprint
        is_different = was != found.fingerprint
        note = changes(self.rule, flag.snapshot, found.facts or {}) if is_different else ""
        needs_snapshot = is_different or flag.rule_version_id != self.version.pk
        flag.state = state_after(flag, found.fingerprint)
        if is_different:
            flag.change_note = note
        if flag.weight != self.version.weight:
            self._touch(flag)
        self._describe(flag, found)
        if needs_snapshot:
            self._freeze(flag, found)
        self.old.append(flag)
        if before != flag.state:
            flag.cleared_at = None
            action = "flag.reopen" if flag.state == FlagState.OPEN else "flag.restore"
            self._tell(action, flag, before=str(before), changed=note)
        elif is_different:
            self._tell("flag.change", flag, changed=note)

    def _clear(self, flag: Flag) -> None:
        before, flag.state = flag.state, FlagState.CLEARED
        flag.cleared_at = flag.changed_at = self.at
        self._touch(flag)
        self.old.append(flag)
        self.cleared += 1
        self.events.append(("flag.clear", flag, {"before": str(before)}))

    def _describe(self, flag: Flag, found: Difference) -> None:
        inputs = {**(found.facts or {}), **found.shown}
        flag.subject_id, flag.opd_id = found.subject, found.opd
        flag.year, flag.people = found.year, found.people
        flag.weight, flag.rule_version = self.version.weight, self.version
        flag.fingerprint, flag.sentence = found.fingerprint, self.rule.words(inputs)
        flag.is_queued = self.rule.is_queued
        flag.changed_at = self.at

    def _freeze(self, flag: Flag, found: Difference) -> None:
        inputs = {**(found.facts or {}), **found.shown}
        snapshot = FlagSnapshot(
            flag=flag,
            rule_version=self.version,
            fingerprint=found.fingerprint,
            inputs={"facts": found.facts, "shown": found.shown},
            sentence=flag.sentence,
            path=self.rule.path(inputs),
            clears=self.rule.clearing(inputs),
            weight=self.version.weight,
            taken_at=self.at,
        )
        flag.snapshot = snapshot
        self.snapshots.append(snapshot)

    def _touch(self, flag: Flag) -> None:
        if self.rule.counts_in_cases and flag.subject_id:
            self.subjects.add(flag.subject_id)

    def _tell(self, action: str, flag: Flag, **data: Any) -> None:
        self._touch(flag)
        self.events.append((action, flag, {"version": self.version.number, **data}))


def state_after(flag: Any, fingerprint: str) -> str:
    """Dismissed stays so until its facts change; what was cleared comes back as it was judged."""
    if flag.state == FlagState.CLEARED:
        if flag.dismissed_fingerprint == fingerprint:
            return FlagState.DISMISSED
        is_confirmed = flag.confirmed_at is not None and flag.fingerprint == fingerprint
        return FlagState.CONFIRMED if is_confirmed else FlagState.OPEN
    if flag.state == FlagState.DISMISSED and flag.dismissed_fingerprint != fingerprint:
        return FlagState.OPEN
    return flag.state


def changes(rule: Rule, snapshot: FlagSnapshot | None, facts: dict[str, Any]) -> str:
    """What is different now, in words: `Ditandatangani: 1 Maret 2025 → 2 Maret 2026`."""
    before = (snapshot.inputs.get("facts") or {}) if snapshot else {}
    labels = {name: label for label, name in rule.evidence}
    said = [
        f"{labels.get(name, name)}: {readable(before.get(name))} → {readable(facts.get(name))}"
        for name in sorted({*before, *facts})
        if before.get(name) != facts.get(name) and not _is_key(facts.get(name))
    ]
    return "; ".join(said)[:1_000]


def _is_key(value: Any) -> bool:
    """Keys of rows say nothing to a reader."""
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


def _uuid(value: Any) -> uuid.UUID | None:
    return None if value is None else uuid.UUID(str(value))


def _uuids(value: Any) -> list[uuid.UUID]:
    """psycopg2 gives an array of UUIDs as text unless Django registered its type."""
    if isinstance(value, str):
        value = [item for item in value.strip("{}").split(",") if item]
    return [uuid.UUID(str(item)) for item in value or ()]
