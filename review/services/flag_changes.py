"""What happened since the last look, and whom it touches.

The audit trail is the list of changes: every write records its event in the same transaction.
Transactions commit out of order, so the place in the trail is a transaction number, not an id:
read is what has a number from the last horizon up to the present one, and below the present
horizon nothing is open any more. No event is missed, none is read twice.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field

from django.db import connection, transaction

from review.models import EvaluationCursor
from review.rules.parties import FORMER_OFFICIAL
from review.rules.recusals import OF_ACTS

NAME = "flags"
# Events get their id a moment before they commit: how far back the next look reaches.
LOOK_BACK = 50_000

# Keys of people from the keys of the things that changed.
_PEOPLE = {
    "declarations.interestregister": (
        "SELECT v FROM declarations_interestregister r, LATERAL (VALUES (r.declarant_id), "
        "(r.checked_by_id), (r.acknowledged_by_id)) t(v) WHERE r.id = ANY(%s::uuid[])"
    ),
    "declarations.decisionstatement": (
        "SELECT declarant_id FROM declarations_decisionstatement WHERE id = ANY(%s::uuid[])"
    ),
    "declarations.conflictdeclaration": (
        "SELECT v FROM declarations_conflictdeclaration c LEFT JOIN declarations_superiordecision"
        " d ON d.conflict_id = c.id, LATERAL (VALUES (c.declarant_id), (c.handler_id),"
        " (d.decider_id)) t(v) WHERE c.id = ANY(%s::uuid[])"
    ),
    "declarations.superiordecision": (
        "SELECT v FROM declarations_superiordecision d JOIN declarations_conflictdeclaration c"
        " ON c.id = d.conflict_id LEFT JOIN declarations_chosenmeasure m ON m.decision_id = d.id,"
        " LATERAL (VALUES (c.declarant_id), (c.handler_id), (d.decider_id), (m.replacement_id))"
        " t(v) WHERE d.id = ANY(%s::uuid[])"
    ),
    "declarations.controlplan": (
        "SELECT v FROM declarations_controlplan p JOIN declarations_conflictdeclaration c"
        " ON c.id = p.conflict_id LEFT JOIN declarations_controltask k ON k.plan_id = p.id,"
        " LATERAL (VALUES (c.declarant_id), (k.owner_id)) t(v) WHERE p.id = ANY(%s::uuid[])"
    ),
    "declarations.controltask": (
        "SELECT v FROM declarations_controltask k JOIN declarations_controlplan p"
        " ON p.id = k.plan_id JOIN declarations_conflictdeclaration c ON c.id = p.conflict_id,"
        " LATERAL (VALUES (c.declarant_id), (k.owner_id)) t(v) WHERE k.id = ANY(%s::uuid[])"
    ),
    "people.user": "SELECT unnest(%s::uuid[])",
    "people.assignment": "SELECT user_id FROM people_assignment WHERE id = ANY(%s::bigint[])",
    "review.conflictreport": (
        "SELECT user_id FROM review_reportsubject WHERE report_id = ANY(%s::uuid[])"
    ),
}
# An end may lie in the future; one that passed lately does no harm.
_MAP_HOLDERS = (
    "SELECT a.user_id, p.opd_id FROM people_assignment a JOIN people_post p ON p.id = a.post_id"
    " WHERE p.opd_id = ANY(%s::bigint[])"
    " AND (a.ends_on IS NULL OR a.ends_on >= current_date - 1)"
)
_MAP_OPDS = {
    "mapping.riskmap": "SELECT opd_id FROM mapping_riskmap WHERE id = ANY(%s::bigint[])",
    "mapping.riskarea": (
        "SELECT m.opd_id FROM mapping_riskarea a JOIN mapping_riskmap m ON m.id = a.map_id"
        " WHERE a.id = ANY(%s::bigint[])"
    ),
}
# These are named by a few rules alone, which are run for everybody: an entry that got another
# name says no more whom it touched.
_OF_RULES = {
    "review.formerofficial": (FORMER_OFFICIAL.code,),
    "review.actfile": (*OF_ACTS, FORMER_OFFICIAL.code),
    "review.registeredact": (*OF_ACTS, FORMER_OFFICIAL.code),
}
# A change of these may touch anybody: the whole province is looked at again.
_EVERYTHING = frozenset(
    (
        "people.post",
        "people.opd",
        "people.holiday",
        "mapping.riskareatemplate",
        "declarations.controlmeasurekind",
    )
)
# An import tells in one event of all that it wrote; before that it only read a file.
_IMPORT = "import.commit"
_READING = (".view", ".read_file", ".export")


@dataclass(slots=True)
class Changes:
    """Whom the events since the last look touch."""

    horizon: int
    events: int = 0
    users: set[uuid.UUID] = field(default_factory=set)
    opds: set[int] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    is_everything: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.users or self.opds or self.rules or self.is_everything)


def hold_cursor(*, at: datetime.datetime) -> tuple[EvaluationCursor, bool]:
    """The locked row, and whether it was just made: then everything has to be looked at."""
    horizon = _horizon()
    _cursor, is_new = EvaluationCursor.objects.get_or_create(
        name=NAME, defaults={"horizon": horizon, "read_at": at}
    )
    return EvaluationCursor.objects.select_for_update().get(name=NAME), is_new


def read_changes(cursor: EvaluationCursor) -> Changes:
    """The events of transactions that ended since; the cursor itself is not moved."""
    found = Changes(horizon=_horizon())
    by_type: dict[str, set[str]] = {}
    for target_type, target_id, action, opd, rule in _events(cursor, found.horizon):
        found.events += 1
        if action.endswith(_READING):
            continue
        if target_type in _EVERYTHING or action == _IMPORT:
            found.is_everything = True
        elif target_type in _OF_RULES:
            found.rules.update(_OF_RULES[target_type])
        elif target_type == "review.ruleversion":
            found.rules.add(rule)
        elif target_type in _PEOPLE or target_type in _MAP_OPDS:
            by_type.setdefault(target_type, set()).add(target_id)
            if opd is not None:
                found.opds.add(opd)
    for target_type, keys in by_type.items():
        _touch(found, target_type, sorted(keys))
    return found


def move_cursor(cursor: EvaluationCursor, changes: Changes, *, at: datetime.datetime) -> None:
    with connection.cursor() as c:
        c.execute("SELECT coalesce(max(id), 0) FROM audit_auditevent")
        newest = c.fetchone()[0]
    cursor.horizon, cursor.event_id, cursor.read_at = changes.horizon, newest, at
    cursor.save(update_fields=["horizon", "event_id", "read_at"])


def _touch(found: Changes, target_type: str, keys: list[str]) -> None:
    if target_type in _PEOPLE:
        found.users |= {_uuid(key) for key in _column(_PEOPLE[target_type], keys) if key}
        return
    opds = _column(_MAP_OPDS[target_type], keys)
    found.opds |= set(opds)
    found.users |= {_uuid(key) for key in _column(_MAP_HOLDERS, opds)}


def _events(cursor: EvaluationCursor, horizon: int) -> list[tuple]:
    """Of transactions from the last horizon on, below this one. Numbers of rows have 32 bits."""
    with connection.cursor() as c:
        c.execute(
            """
            SELECT DISTINCT target_type, target_id, action, opd_id, data->>'rule'
              FROM audit_auditevent
             WHERE id > %(from)s
               AND mod(%(horizon)s - xmin::text::bigint + 4294967296 * 2, 4294967296)
                   BETWEEN 1 AND %(horizon_full)s - %(last)s
            """,
            {
                "from": cursor.event_id - LOOK_BACK,
                "horizon": horizon % 2**32,
                "horizon_full": horizon,
                "last": cursor.horizon,
            },
        )
        return c.fetchall()


def _horizon() -> int:
    """The first transaction of this database that may still be open; all before it are over.

    `pg_snapshot_xmin` alone would wait for the other databases of the server as well. One whose
    lock is not seen counts as ours: too low a horizon only leaves something for the next look.
    """
    with connection.cursor() as c:
        c.execute(
            """
            WITH elsewhere AS (
                SELECT l.transactionid::text::bigint AS xid
                  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                 WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
                   AND a.datname <> current_database()
            ), snapshot AS (SELECT pg_current_snapshot() AS now)
            SELECT least(pg_snapshot_xmax(now)::text::bigint, (
                   SELECT min(x::text::bigint) FROM pg_snapshot_xip(now) x
                    WHERE mod(x::text::bigint, 4294967296) NOT IN (SELECT xid FROM elsewhere)))
              FROM snapshot
            """
        )
        return int(c.fetchone()[0])


def _column(statement: str, keys: list) -> list:
    with connection.cursor() as c, transaction.atomic():
        c.execute(statement, [keys])
        return [row[0] for row in c.fetchall()]


def _uuid(value: object) -> uuid.UUID:
    return uuid.UUID(str(value))
