"""Closing the OPDs that a merger has emptied, in the merger's own transaction.

The last day is the eve of the merger, as with the assignments. An OPD where somebody stays, or
to which others still belong, is named and stays open.
"""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mapping.carrying import Merger
from mapping.services.errors import MapError
from people.models import Assignment, Opd
from people.services import Move, close_opd

PEOPLE, CHILDREN, NEW = "people", "children", "new"


@dataclass(frozen=True, slots=True)
class Closing:
    """`blocked` are those that stay open, with the reason; `last_day` is that of the others."""

    last_day: datetime.date
    ready: list[Opd]
    blocked: list[tuple[Opd, str]]


def closing_of(merger: Merger, moves: Collection[Move]) -> Closing:
    """Which of the sources can be closed once `moves` are made; writes nothing. Two queries."""
    eve = merger.on - datetime.timedelta(days=1)
    open_ones = [opd for opd in merger.sources if opd.valid_until is None]
    moving = [move.assignment.pk for move in moves if move.target]
    held = set(
        Assignment.objects.filter(post__opd__in=open_ones)
        .exclude(ends_on__lte=eve)
        .exclude(pk__in=moving)
        .values_list("post__opd", flat=True)
    )
    others = Opd.objects.in_force(on=merger.on).exclude(pk__in=[opd.pk for opd in open_ones])
    parents = set(others.filter(parent__in=open_ones).values_list("parent", flat=True))
    ready, blocked = [], []
    for opd in open_ones:
        if why := _why_not(opd, held, parents, eve):
            blocked.append((opd, why))
        else:
            ready.append(opd)
    # One whose part stays open stays open, too.
    stay = {opd.parent_id for opd, _why in blocked}
    blocked += [(opd, CHILDREN) for opd in ready if opd.pk in stay]
    return Closing(eve, [opd for opd in ready if opd.pk not in stay], blocked)


def _why_not(opd: Opd, held: set[int], parents: set[int], eve: datetime.date) -> str:
    if opd.pk in held:
        return PEOPLE
    if opd.pk in parents:
        return CHILDREN
    return NEW if opd.valid_from > eve else ""


def close_emptied(merger: Merger, opds: Sequence[Opd]) -> int:
    """Parts before the whole. After a ServiceError or MapError nothing of the merger holds."""
    eve = merger.on - datetime.timedelta(days=1)
    parents = {opd.parent_id for opd in opds}
    for opd in sorted(opds, key=lambda each: each.pk in parents):
        try:
            close_opd(
                opd, valid_until=eve, successor=merger.successor, by=merger.by,
                reason=merger.reason,
            )  # fmt: skip
        except ValidationError as error:
            words = {"opd": opd.name, "why": " ".join(error.messages)}
            raise MapError(_("%(opd)s can't be closed: %(why)s") % words) from error
    return len(opds)
