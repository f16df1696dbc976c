"""The figures of the province's page: one query, whatever the number of declarations.

Formulas: fact sheet of the domain, section 7. What a figure counts, and the rows that its link
opens, are said side by side: here and in `review.services.dashboard_rows`.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from declarations.states import ConflictState
from people.models import Opd, User
from review import silence
from review.flag_querysets import LEVELS
from review.models import Flag, OpdStanding
from review.services.desk import Compliance, percent

TREND_MONTHS = 36
OPEN = tuple(
    sorted(set(ConflictState.SENT_STATES) - {ConflictState.CLOSED, ConflictState.NO_CONFLICT})
)
_LEVELS = ", ".join(
    f"count(*) FILTER (WHERE state = 'open' AND weight BETWEEN {least} AND {most}) AS {name}"
    for name, (least, most) in LEVELS.items()
)
_CELLS = f"""
SELECT json_build_object(
  'flags', (SELECT row_to_json(r) FROM (
      SELECT count(*) FILTER (WHERE state = 'open') AS open,
             count(*) FILTER (WHERE state = 'confirmed') AS confirmed, {_LEVELS}
        FROM review_flag WHERE state IN ('open', 'confirmed')) r),
  'refreshed', (SELECT refreshed_at FROM review_summaryrun),
  'is_behind', EXISTS (SELECT 1 FROM review_summarymark),
  'open', (SELECT json_agg(r) FROM (
      SELECT s.code, s.label_id, s.label_en, c.level, sum(c.number) AS number
        FROM review_summarycell c JOIN mapping_conflictsource s ON s.id = c.source_id
       WHERE c.kind = 'F3' AND c.status = ANY(%(open)s)
       GROUP BY s.position, s.code, s.label_id, s.label_en, c.level ORDER BY s.position, s.code
  ) r),
  'open_by_opd', (SELECT json_agg(r) FROM (
      SELECT opd_id AS opd, sum(number) AS number FROM review_summarycell
       WHERE kind = 'F3' AND status = ANY(%(open)s) GROUP BY opd_id) r),
  'decided', (SELECT json_agg(r) FROM (
      SELECT opd_id AS opd, days, in_time, sum(number) AS number FROM review_summarycell
       WHERE kind = 'F5' AND day BETWEEN %(first)s AND %(last)s
       GROUP BY opd_id, days, in_time) r),
  'late_plans', (SELECT json_agg(r) FROM (
      SELECT opd_id AS opd, sum(number) AS number FROM review_summarycell
       WHERE kind = 'F6' AND day <= %(on)s GROUP BY opd_id) r),
  'trend', (SELECT json_agg(r) FROM (
      SELECT kind, day, sum(number) AS number FROM review_summarycell
       WHERE kind IN ('F1', 'F2', 'F3') AND day BETWEEN %(since)s AND %(on)s
       GROUP BY kind, day) r),
  'standings', (SELECT json_agg(r) FROM (
      SELECT s.obliged, s.signed, s.in_time, s.valid_in_time, s.declared, s.exposure,
             json_build_object('id', o.id, 'code', o.code, 'name', o.name,
                               'short_name', o.short_name) AS opd
        FROM review_opdstanding s JOIN people_opd o ON o.id = s.opd_id
       WHERE s.year = %(year)s ORDER BY o.code, o.id) r)
)
"""  # noqa: S608 -- made of constants


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions of one year: working days from the declaration, and how many kept the limit."""

    number: int
    in_time: int
    median: int | None
    p90: int | None

    @property
    def late(self) -> int:
        return self.number - self.in_time

    @property
    def share(self) -> int | None:
        return percent(self.in_time, self.number)


@dataclass(frozen=True, slots=True)
class OpdLine(Compliance):
    """One OPD: its people's registers, its open conflicts, decisions and late plans."""

    opd: Opd
    open: int
    decided: int
    decided_in_time: int
    late_plans: int


@dataclass(frozen=True, slots=True)
class Source:
    """Open conflicts of one source; `levels` by the code of the level, "" while not judged."""

    code: str
    label_id: str
    label_en: str
    levels: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.levels.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page; `moment` is when the counts were last right.

    `live_flags` counts those too that the reader must not know of: `flags_seen` takes them out.
    """

    year: int
    moment: datetime.datetime | None
    is_behind: bool
    lines: tuple[OpdLine, ...]
    total: OpdLine | None
    sources: tuple[Source, ...]
    decisions: Decisions
    days: tuple[tuple[int, int, int], ...]
    trend: dict[str, tuple[tuple[datetime.date, int], ...]]
    silent: tuple[tuple[silence.Estimate, Opd], ...]
    live_flags: dict[str, int]


def flags_seen(found: Figures, *, by: User) -> dict[str, int]:
    """As `numbers` of the flags that they may see, without reading each of them."""
    kept = Flag.objects.live().all_kept_from(by).numbers()
    return {name: number - kept[name] for name, number in found.live_flags.items()}


def figures(*, year: int, on: datetime.date) -> Figures:
    """One query. Past years keep the posts of their last day."""
    cells = _cells(year, on)
    standings = [
        OpdStanding(**{**row, "year": year, "opd": Opd(**row["opd"])})
        for row in cells["standings"]
    ]
    histogram = _histogram(cells["decided"])
    lines = _lines(standings, cells)
    return Figures(
        year=year,
        moment=parse_datetime(cells["refreshed"]) if cells["refreshed"] else None,
        is_behind=cells["is_behind"],
        lines=tuple(line for line in lines if line.obliged or line.open or line.decided),
        total=_total(lines),
        sources=_sources(cells["open"]),
        decisions=_decisions(histogram),
        days=tuple((days, *numbers) for days, numbers in sorted(histogram.items())),
        trend=_trend(cells["trend"], on=on),
        silent=_silent(standings),
        live_flags=cells["flags"],
    )


def months_until(on: datetime.date, number: int = TREND_MONTHS) -> list[datetime.date]:
    """The first days of the last months, the month of `on` included."""
    last = on.year * 12 + on.month - 1
    return [datetime.date(n // 12, n % 12 + 1, 1) for n in range(last - number + 1, last + 1)]


def quantile(histogram: dict[int, int], share: float) -> int | None:
    """The smallest value that at least `share` of all reach or stay below; None without any.

    The nearest-rank definition: a number of days that really occurred.
    """
    total = sum(histogram.values())
    if not total:
        return None
    seen = 0
    for value in sorted(histogram):
        seen += histogram[value]
        if seen >= share * total - 1e-9:
            return value
    return max(histogram)


def _cells(year: int, on: datetime.date) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            _CELLS,
            {
                "open": list(OPEN),
                "on": on,
                "first": datetime.date(year, 1, 1),
                "last": datetime.date(year, 12, 31),
                "year": year,
                "since": months_until(on)[0],
            },
        )
        found: dict[str, Any] = cursor.fetchone()[0]
    return {key: [] if value is None and key != "refreshed" else value
            for key, value in found.items()}  # fmt: skip


def _lines(standings: list[OpdStanding], cells: dict[str, Any]) -> list[OpdLine]:
    opened = {row["opd"]: row["number"] for row in cells["open_by_opd"]}
    plans = {row["opd"]: row["number"] for row in cells["late_plans"]}
    decided: Counter[int] = Counter()
    in_time: Counter[int] = Counter()
    for row in cells["decided"]:
        decided[row["opd"]] += row["number"]
        in_time[row["opd"]] += row["number"] if row["in_time"] else 0
    return [
        OpdLine(
            opd=each.opd,
            obliged=each.obliged,
            signed=each.signed,
            in_time=each.in_time,
            valid_in_time=each.valid_in_time,
            open=opened.get(each.opd_id, 0),
            decided=decided[each.opd_id],
            decided_in_time=in_time[each.opd_id],
            late_plans=plans.get(each.opd_id, 0),
        )
        for each in standings
    ]


def _total(lines: list[OpdLine]) -> OpdLine | None:
    if not lines:
        return None
    names = [field.name for field in fields(OpdLine) if field.name != "opd"]
    sums = {name: sum(getattr(line, name) for line in lines) for name in names}
    return OpdLine(opd=lines[0].opd, **sums)


def _sources(rows: list[dict[str, Any]]) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for row in rows:
        source = found.setdefault(
            row["code"], Source(row["code"], row["label_id"], row["label_en"], {})
        )
        source.levels[row["level"]] = row["number"]
    return tuple(found.values())


def _histogram(rows: list[dict[str, Any]]) -> dict[int, tuple[int, int]]:
    """By working days: how many in time, how many late."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        found[row["days"]][0 if row["in_time"] else 1] += row["number"]
    return {days: (numbers[0], numbers[1]) for days, numbers in found.items()}


def _decisions(histogram: dict[int, tuple[int, int]]) -> Decisions:
    whole = {days: sum(numbers) for days, numbers in histogram.items()}
    return Decisions(
        number=sum(whole.values()),
        in_time=sum(numbers[0] for numbers in histogram.values()),
        median=quantile(whole, 0.5),
        p90=quantile(whole, 0.9),
    )


def _trend(
    rows: list[dict[str, Any]], *, on: datetime.date
) -> dict[str, tuple[tuple[datetime.date, int], ...]]:
    counted = {(row["kind"], row["day"]): row["number"] for row in rows}
    return {
        kind: tuple((month, counted.get((kind, str(month)), 0)) for month in months_until(on))
        for kind in ("F1", "F2", "F3")
    }


def _silent(standings: list[OpdStanding]) -> tuple[tuple[silence.Estimate, Opd], ...]:
    """Units that probably declare far less than their peers; counted each night."""
    units = tuple(
        silence.Unit(key=each.opd_id, count=each.declared, exposure=each.exposure)
        for each in standings
        if each.exposure > 0
    )
    comparison = silence.compare(units)
    if comparison is None:
        return ()
    opds = {each.opd_id: each.opd for each in standings}
    return tuple(
        (estimate, opds[estimate.key])
        for estimate in comparison.shown
        if estimate.silent >= silence.WORTH_A_LOOK
    )
