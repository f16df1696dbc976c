"""The assignments of one person: what is known, what the file adds, what ends by a move.

An assignment is never rewritten into another: a move is an end and a new row.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from people.importing.faults import Faults
from people.importing.known import PostKey
from people.importing.parsing import Row
from people.models import Assignment
from people.models.assignments import AssignmentKind

ONE_DAY = datetime.timedelta(days=1)


@dataclass
class Term:
    """A period in a post; `assignment` is None for a new one, `row` for one of the database."""

    post: PostKey
    kind: str
    starts_on: datetime.date
    ends_on: datetime.date | None
    decree: str
    assignment: Assignment | None = None
    row: Row | None = None
    ended_by_move: bool = False
    # (ends_on, decree) as stored before this import.
    stored: tuple[datetime.date | None, str] | None = None

    @property
    def is_definitive(self) -> bool:
        return self.kind == AssignmentKind.DEFINITIVE

    @property
    def is_new(self) -> bool:
        return self.assignment is None

    @property
    def number(self) -> int:
        return self.row.number if self.row else 0

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        if self.stored is None:
            return {}
        pairs = zip(("ends_on", "decree"), self.stored, (self.ends_on, self.decree), strict=True)
        return {name: (before, after) for name, before, after in pairs if before != after}

    def runs_on(self, day: datetime.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)

    def overlaps(self, other: Term) -> bool:
        return (self.ends_on is None or other.starts_on <= self.ends_on) and (
            other.ends_on is None or self.starts_on <= other.ends_on
        )


def of_assignments(assignments: Iterable[Assignment], post_keys: dict[int, PostKey]) -> list[Term]:
    return [
        Term(
            post_keys[a.post_id],
            a.kind,
            a.starts_on,
            a.ends_on,
            a.decree,
            assignment=a,
            stored=(a.ends_on, a.decree),
        )
        for a in assignments
    ]


def merge(
    terms: list[Term], rows: list[tuple[Row, PostKey]], *, on: datetime.date, faults: Faults
) -> None:
    """Bring the rows of one person into their `terms`, and end what they moved away from."""
    earliest = datetime.date.min
    for row, post in sorted(
        rows, key=lambda pair: (pair[0].starts_on or earliest, pair[0].number)
    ):
        _take_row(terms, row, post, on=on, faults=faults)
    for term in [term for term in terms if term.is_new and term.is_definitive]:
        _end_what_ran(terms, term)
    _check_overlaps(terms, faults)


def _take_row(
    terms: list[Term], row: Row, post: PostKey, *, on: datetime.date, faults: Faults
) -> None:
    same = [term for term in terms if term.post == post and term.kind == row.kind]
    term = _match(same, row, on=on)
    if term is None:
        if row.starts_on is None:
            faults.add(row.number, "starts_on", _("A new assignment needs its first day."))
            return
        covering = [term for term in same if term.runs_on(row.starts_on)]
        if covering and covering[0].row is None:
            faults.add(
                row.number,
                "starts_on",
                _("This person holds the post since %s already.")
                % f"{covering[0].starts_on:%d/%m/%Y}",
            )
            return
        terms.append(Term(post, row.kind, row.starts_on, row.ends_on, row.decree or "", row=row))
        return
    if term.row is not None:
        faults.add(row.number, "nip", _("This says the same as row %s.") % term.row.number)
        return
    term.row = row
    if row.decree is not None:
        term.decree = row.decree
    if row.ends_on is not None:
        if row.ends_on < term.starts_on:
            faults.add(row.number, "ends_on", _("The last day is before the first."))
        term.ends_on = row.ends_on


def _match(same: list[Term], row: Row, *, on: datetime.date) -> Term | None:
    """The known assignment that the row speaks of; without a first day, the running one."""
    if row.starts_on is not None:
        return next((term for term in same if term.starts_on == row.starts_on), None)
    running = [term for term in same if term.runs_on(on)]
    if not running and row.ends_on is not None:
        # A leaver of a past day, imported once more.
        running = [term for term in same if term.ends_on == row.ends_on]
    return running[-1] if running else None


def _end_what_ran(terms: list[Term], new: Term) -> None:
    for term in terms:
        if (
            term.is_definitive
            and not term.is_new
            and term.row is None
            and term.starts_on < new.starts_on
            and (term.ends_on is None or term.ends_on >= new.starts_on)
        ):
            term.ends_on = new.starts_on - ONE_DAY
            term.ended_by_move = True


def _check_overlaps(terms: list[Term], faults: Faults) -> None:
    definitive = sorted((t for t in terms if t.is_definitive), key=lambda t: t.starts_on)
    for first, second in pairwise(definitive):
        if first.overlaps(second) and (first.row or second.row):
            told = second if second.row else first
            other = first if told is second else second
            where = (
                _("row %s") % other.number
                if other.row
                else _("a known assignment from %s") % f"{other.starts_on:%d/%m/%Y}"
            )
            faults.add(told.number, "starts_on", _("The period overlaps that of %s.") % where)
    acting = [term for term in terms if not term.is_definitive]
    for index, first in enumerate(acting):
        for second in acting[index + 1 :]:
            if (
                first.post == second.post
                and first.kind == second.kind
                and first.overlaps(second)
                and (first.row or second.row)
            ):
                told = second if second.row else first
                faults.add(
                    told.number, "starts_on", _("The period overlaps another one in this post.")
                )
