"""Rules applied to the data: one statement a rule, and only what differs is written.

A run over the whole province and one over a few people use the same statement, so they agree.
The statement joins what the rule finds now with the flags there are and yields the differences
alone, through a server-side cursor: memory stays flat, and a night without changes writes
nothing. Days count, not hours: within one day, `at` does not matter.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from review.models import Flag, RuleVersion
from review.rules import RULES, Rule, Scope
from review.services.flag_writing import Difference, apply

BATCH = 1_000
# The facts are hashed as PostgreSQL writes jsonb: sorted keys, one spelling.
FINGERPRINT = "encode(sha256(convert_to({facts}::text, 'UTF8')), 'hex')"


@dataclass(frozen=True, slots=True)
class Touched:
    """What a run looks at; None is everything."""

    users: tuple[uuid.UUID, ...] | None = None
    opds: tuple[int, ...] | None = None

    @property
    def is_everything(self) -> bool:
        return self.users is None

    def is_about(self, rule: Rule) -> bool:
        if self.is_everything or rule.scope is Scope.PROVINCE:
            return True
        return bool(self.users if rule.scope is Scope.PEOPLE else self.opds)


@dataclass(slots=True)
class Outcome:
    """What a run changed; `subjects` are the people whose queued flags are new or different."""

    raised: int = 0
    changed: int = 0
    cleared: int = 0
    subjects: set[uuid.UUID] = field(default_factory=set)

    def add(self, other: Outcome) -> None:
        self.raised += other.raised
        self.changed += other.changed
        self.cleared += other.cleared
        self.subjects |= other.subjects

    @property
    def is_empty(self) -> bool:
        return not (self.raised or self.changed or self.cleared)


def evaluate_all(*, at: datetime.datetime) -> Outcome:
    """Every rule over the whole province; one transaction a rule."""
    return _evaluate(Touched(), at=at)


def evaluate_subjects(
    user_ids: Sequence[uuid.UUID], opd_ids: Sequence[int] = (), *, at: datetime.datetime
) -> Outcome:
    """Every rule, for what rests on these people and OPDs."""
    return _evaluate(Touched(tuple(user_ids), tuple(opd_ids)), at=at)


def evaluate_rules(codes: Sequence[str], *, at: datetime.datetime) -> Outcome:
    """These rules over the whole province: after a change of their parameters."""
    return _evaluate(Touched(), at=at, codes=codes)


def _evaluate(
    touched: Touched, *, at: datetime.datetime, codes: Sequence[str] | None = None
) -> Outcome:
    total = Outcome()
    for version in current_versions(codes):
        rule = RULES[version.rule]
        if touched.is_about(rule):
            total.add(_evaluate_rule(rule, version, touched, at=at))
    return total


def current_versions(codes: Sequence[str] | None = None) -> list[RuleVersion]:
    """In force, of rules that the code still knows."""
    known = set(RULES) if codes is None else set(codes) & set(RULES)
    return list(RuleVersion.objects.current().filter(rule__in=known).order_by("rule"))


@transaction.atomic
def _evaluate_rule(
    rule: Rule, version: RuleVersion, touched: Touched, *, at: datetime.datetime
) -> Outcome:
    """Two runs of one rule go one after the other; nobody else waits for this lock."""
    _plan_for_all_rows()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('review.rule'), hashtext(%s))", [rule.code]
        )
    outcome = Outcome()
    differences = _differences(rule, version, touched, at=at)
    while batch := list(islice(differences, BATCH)):
        apply(rule, version, batch, at=at, outcome=outcome)
    return outcome


def _plan_for_all_rows() -> None:
    """Until the transaction ends: a cursor is planned for its first rows otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL cursor_tuple_fraction = 1; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"
        )


def _differences(
    rule: Rule, version: RuleVersion, touched: Touched, *, at: datetime.datetime
) -> Iterator[Difference]:
    values = {**values_of(rule, version.parameters, at=at), **_scope_values(rule, touched)}
    values |= {"rule": rule.code, "version": version.pk, "is_enabled": version.is_enabled}
    with connection.chunked_cursor() as cursor:
        cursor.execute(_difference_statement(rule), values)
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield Difference.read(row)


def values_of(rule: Rule, parameters: dict[str, Any], *, at: datetime.datetime) -> dict[str, Any]:
    """What the rule's statement asks for, without a scope."""
    on = timezone.localdate(at)
    return {**rule.defaults, **parameters, "on": on, "users": None, "opds": None}


def _scope_values(rule: Rule, touched: Touched) -> dict[str, Any]:
    """Found: with the people of every flag that touches one; cleared: flags that touch one."""
    if touched.is_everything or rule.scope is Scope.PROVINCE:
        return {"gone_users": None, "gone_opds": None}
    if rule.scope is Scope.OPD:
        opds = list(touched.opds or ())
        return {"opds": opds, "gone_opds": opds, "gone_users": None}
    users = list(touched.users or ())
    near = Flag.objects.filter(rule=rule.code, people__overlap=users)
    everybody = {*users, *(person for people in near.values_list("people", flat=True)
                           for person in people)}  # fmt: skip
    return {
        "users": [str(key) for key in sorted(everybody)],
        "gone_users": [str(key) for key in users],
        "gone_opds": None,
    }


def _difference_statement(rule: Rule) -> str:
    return f"""
        WITH found AS MATERIALIZED (
            SELECT f.*, {FINGERPRINT.format(facts="f.facts")} AS fingerprint
              FROM ({rule.statement()}) f WHERE %(is_enabled)s
        )
        SELECT f.key, f.subject, f.opd, f.year, f.people, f.facts::text, f.shown::text,
               f.fingerprint, g.id
          FROM found f LEFT JOIN review_flag g ON g.rule = %(rule)s AND g.key = f.key
         WHERE g.id IS NULL OR g.state = 'cleared' OR g.fingerprint <> f.fingerprint
            OR g.rule_version_id <> %(version)s OR g.people <> f.people
            OR g.subject_id IS DISTINCT FROM f.subject OR g.opd_id IS DISTINCT FROM f.opd
            OR g.year <> f.year
        UNION ALL
        SELECT g.key, NULL, NULL, NULL, NULL, NULL, NULL, NULL, g.id
          FROM review_flag g
         WHERE g.rule = %(rule)s AND g.state <> 'cleared'
           AND (%(gone_users)s::uuid[] IS NULL OR g.people && %(gone_users)s::uuid[])
           AND (%(gone_opds)s::bigint[] IS NULL OR g.opd_id = ANY(%(gone_opds)s::bigint[]))
           AND NOT EXISTS (SELECT 1 FROM found f WHERE f.key = g.key)
    """  # noqa: S608 -- made of the rules' own constants


def findings(
    rule: Rule, parameters: dict[str, Any], *, at: datetime.datetime
) -> Iterator[tuple[str, str, dict[str, Any], Any, Any, list[Any]]]:
    """What the rule would find over the province: key, fingerprint, inputs, subject, OPD, people.

    Writes nothing: for the rule lab, and for a comparison with the flags there are.
    """
    statement = f"""
        SELECT f.key, {FINGERPRINT.format(facts="f.facts")}, (f.facts || f.shown)::text,
               f.subject, f.opd, f.people FROM ({rule.statement()}) f
    """  # noqa: S608 -- made of the rules' own constants
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        _plan_for_all_rows()
        cursor.execute(statement, values_of(rule, parameters, at=at))
        while rows := cursor.fetchmany(BATCH):
            for key, fingerprint, inputs, subject, opd, people in rows:
                yield key, fingerprint, json.loads(inputs), subject, opd, people
