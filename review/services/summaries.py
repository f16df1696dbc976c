"""Keeps the counts of the province's page right, and proves each night that they are.

Triggers mark what changed, in the transaction of the change (`SummaryMark`). Every
few seconds `refresh` takes the marks away and counts those OPDs and years anew, by the same
statement that the nightly comparison uses. A mark that is not committed yet is not seen, and
stays for the next run: nothing is lost whatever the order of commits.
Why so: docs/decisions/0009-summaries-by-marks.md.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from audit.services import record
from review.models import SummaryRun
from review.services import standings

# Any number that nothing else in this database uses.
LOCK = 7_340_021
MARKS_AT_ONCE = 20_000
STANDING = "P"
COLUMNS = "kind, opd_id, year, day, status, variety, source_id, level, in_time, days, number"
# What a mark of a form makes stale.
DEPENDENT = {"F1": ("F1",), "F2": ("F2",), "F3": ("F3", "F5"), "F6": ("F6",)}

_SENT_ON = "(t.sent_at AT TIME ZONE %(zone)s)::date"
_SENT_MONTH = "date_trunc('month', <sent_on>)::date"
_DECIDED_ON = "(t.decided_at AT TIME ZONE %(zone)s)::date"
FRESH = {
    "F1": """
        SELECT 'F1', t.opd_id, t.year, <sent_month>, t.state,
               CASE WHEN t.is_nil THEN 'nil' ELSE 'filled' END, NULL::bigint, '',
               <sent_on> <= t.due_on, NULL::smallint, count(*)
          FROM declarations_interestregister t
         WHERE t.state IN ('sent', 'accepted', 'renewed', 'expired') AND <narrowed>
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10""",
    "F2": """
        SELECT 'F2', t.opd_id, t.year, <sent_month>, t.state, '', NULL::bigint, '',
               TRUE, NULL::smallint, count(*)
          FROM declarations_decisionstatement t
         WHERE t.state = 'issued' AND <narrowed>
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10""",
    "F3": """
        SELECT 'F3', t.opd_id, t.year, <sent_month>, t.state, t.conflict_kind, t.source_id,
               coalesce(d.level, ''), TRUE, NULL::smallint, count(*)
          FROM declarations_conflictdeclaration t
          LEFT JOIN declarations_superiordecision d
            ON d.conflict_id = t.id AND d.state = 'signed'
         WHERE t.state IN ('sent', 'under_review', 'needs_data', 'escalated', 'conflict_found',
                           'no_conflict', 'controlled', 'closed') AND <narrowed>
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10""",
    "F5": """
        SELECT 'F5', t.opd_id, t.year,
               date_trunc('month', <decided_on>)::date, '',
               t.conflict_kind, NULL::bigint, '', <decided_on> <= t.due_on,
               review_working_days(<sent_on>,
                                   <decided_on>)::smallint, count(*)
          FROM declarations_conflictdeclaration t
         WHERE t.state IN ('conflict_found', 'no_conflict', 'controlled', 'closed')
           AND <narrowed>
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10""",
    "F6": """
        SELECT 'F6', t.opd_id, t.year, late.day, 'active', '', NULL::bigint, '', TRUE,
               NULL::smallint, count(*)
          FROM declarations_controlplan t
         CROSS JOIN LATERAL (SELECT LEAST(
               (SELECT min(w.due_on) + 1 FROM declarations_controltask w
                 WHERE w.plan_id = t.id AND w.state = 'open'),
               CASE WHEN NOT EXISTS (SELECT 1 FROM declarations_followup u
                                      WHERE u.plan_id = t.id AND u.evaluated_on >= t.review_on)
                    THEN t.review_on END) AS day) late
         WHERE t.state = 'active' AND late.day IS NOT NULL AND <narrowed>
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10""",
}
_THOSE = """(t.opd_id, t.year) IN
    (SELECT * FROM unnest(%(opds)s::bigint[], %(years)s::integer[]))"""
_DELETE = "DELETE FROM review_summarycell t WHERE t.kind = %(kind)s AND <those>"
_INSERT = "INSERT INTO review_summarycell (<columns>) <fresh>"
_DIFFERENCES = """
    WITH fresh (<columns>) AS (<fresh>),
         kept AS (SELECT <columns> FROM review_summarycell WHERE kind = %(kind)s)
    SELECT DISTINCT other.opd_id, other.year
      FROM ((SELECT * FROM fresh EXCEPT SELECT * FROM kept)
            UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM fresh)) other
     WHERE NOT EXISTS (SELECT 1 FROM review_summarymark m
                        WHERE m.kind = %(mark)s AND m.opd_id = other.opd_id
                          AND m.year = other.year)
"""

Place = tuple[int, int]


@transaction.atomic
def refresh(*, at: datetime.datetime) -> int:
    """Count anew what is marked; the number of marks taken away. One run at a time."""
    if not _locked(wait=False):
        return 0
    taken = _count_marked(at)
    SummaryRun.objects.update_or_create(pk=1, defaults={"refreshed_at": at})
    return taken


@transaction.atomic
def rebuild(*, at: datetime.datetime) -> int:
    """Hold every cell against the rows, put right what differs; how many OPD-years differed.

    What is marked is counted first; what is marked meanwhile is not compared, it is known to be
    out of date. One statement a kind sees rows, cells and marks of one moment.
    """
    _locked(wait=True)
    while _count_marked(at) == MARKS_AT_ONCE:
        pass
    found = 0
    for mark, kinds in DEPENDENT.items():
        for kind in kinds:
            where = _differing(kind, mark)
            _recount(kind, where)
            found += len(where)
    found += standings.rebuild(at=at)
    run, _created = SummaryRun.objects.update_or_create(
        pk=1, defaults={"refreshed_at": at, "rebuilt_at": at, "differences": found}
    )
    if found:
        record("summary.correct", by=None, target=run, number=found)
    return found


def _count_marked(at: datetime.datetime) -> int:
    places, people, taken = _take_marks()
    for kind, where in places.items():
        for dependent in DEPENDENT[kind]:
            _recount(dependent, where)
    if people:
        standings.recount(people, at=at)
    return taken


def _locked(*, wait: bool) -> bool:
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _take_marks() -> tuple[dict[str, set[Place]], set[tuple[int, int | None]], int]:
    """By form the OPDs and years; the OPDs whose people's standing changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM review_summarymark WHERE id IN (
                    SELECT id FROM review_summarymark ORDER BY id LIMIT %s)
                RETURNING kind, opd_id, year""",
            [MARKS_AT_ONCE],
        )
        rows = cursor.fetchall()
    places: dict[str, set[Place]] = defaultdict(set)
    people = set()
    for kind, opd, year in rows:
        if kind == STANDING:
            people.add((opd, year))
        else:
            places[kind].add((opd, year))
    return places, people, len(rows)


def _recount(kind: str, where: Iterable[Place]) -> None:
    places = sorted(where)
    if not places:
        return
    opds, years = zip(*places, strict=True)
    given: dict[str, Any] = {"kind": kind, "opds": list(opds), "years": list(years)}
    _run(_DELETE, **given)
    _run(_INSERT.replace("<fresh>", _fresh(kind, _THOSE)), **given)


def _differing(kind: str, mark: str) -> list[Place]:
    statement = _DIFFERENCES.replace("<fresh>", _fresh(kind, "TRUE"))
    return _run(statement, kind=kind, mark=mark, fetch=True)


def _fresh(kind: str, narrowed: str) -> str:
    return FRESH[kind].replace("<narrowed>", narrowed)


def _whole(statement: str) -> str:
    """With the parts that are written once; all of them are constants of this module."""
    parts = {
        "those": _THOSE,
        "columns": COLUMNS,
        "sent_month": _SENT_MONTH,
        "sent_on": _SENT_ON,
        "decided_on": _DECIDED_ON,
    }
    for name, part in parts.items():
        statement = statement.replace(f"<{name}>", part)
    return statement


def _run(statement: str, *, fetch: bool = False, **values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_whole(statement), {"zone": settings.TIME_ZONE, **values})
        return cursor.fetchall() if fetch else []
