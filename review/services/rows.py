"""The rows behind the numbers of `review`: one place for the counts and for the lists."""

import datetime
import uuid
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from declarations.models import ConflictDeclaration, DecisionStatement
from declarations.states import ConflictState, StatementState
from mapping.models import Control, RiskArea
from mapping.models.rows import McspArea
from people.models import Opd, User

# In the place of an area's code: the declaration named none.
NO_AREA = "TANPA"


def all_conflicts(
    *, year: int | None = None, opd: Opd | None = None
) -> QuerySet[ConflictDeclaration]:
    """Sent declarations of conflict, corrections counted once, withdrawn ones not at all."""
    found = ConflictDeclaration.objects.filter(state__in=ConflictState.SENT_STATES)
    return _of(found, opd=opd, year=year)


def conflicts(
    user: User, *, year: int | None = None, opd: Opd | None = None
) -> QuerySet[ConflictDeclaration]:
    """Those that `user` may read."""
    found = ConflictDeclaration.objects.visible_to(user)
    return _of(found.filter(state__in=ConflictState.SENT_STATES), opd=opd, year=year)


def statements(
    user: User, *, year: int | None = None, opd: Opd | None = None
) -> QuerySet[DecisionStatement]:
    """Signed statements in force that `user` may read."""
    found = DecisionStatement.objects.visible_to(user).filter(state=StatementState.ISSUED)
    return _of(found, opd=opd, year=year)


def _of(found: QuerySet, *, opd: Opd | None, year: int | None) -> QuerySet:
    if opd is not None:
        found = found.filter(opd=opd)
    return found if year is None else found.filter(year=year)


def overdue_controls(
    user: User, *, on: datetime.date, opd: Opd | None = None
) -> QuerySet[Control]:
    """Controls after their last day that `user` may see."""
    found = Control.objects.visible_to(user).overdue(on=on)
    return found if opd is None else found.filter(opd=opd)


def in_area(found: QuerySet, key: str) -> QuerySet:
    """Of declarations or statements: those whose matter named the area with this code."""
    if key == NO_AREA:
        return found.filter(matter__risk_area__isnull=True)
    return found.filter(matter__risk_area__code=key)


def in_mcsp(found: QuerySet, value: str) -> QuerySet:
    if value == NO_AREA:
        return found.exclude(matter__risk_area__mcsp_area__in=McspArea.values)
    return found.filter(matter__risk_area__mcsp_area=value)


def controls_in(found: QuerySet, **of_area: Any) -> QuerySet:
    """Controls of the areas in force that match."""
    return found.filter(Exists(_areas_of_control().filter(**of_area)))


def controls_without_area(found: QuerySet) -> QuerySet:
    """Controls whose area is not (or no longer) in the map in force: they stay due."""
    return found.exclude(Exists(_areas_of_control()))


def _areas_of_control() -> QuerySet[RiskArea]:
    return RiskArea.objects.in_force().filter(
        row_key=OuterRef("row_key"), map__opd=OuterRef("opd")
    )


def controls_of_key(found: QuerySet, key: str) -> QuerySet:
    """`key` is the code of a template, or the key of a row without one."""
    try:
        return found.filter(row_key=uuid.UUID(key))
    except ValueError:
        return controls_in(found, template__code=key)
