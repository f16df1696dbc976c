"""The rows behind the numbers of `review`: one place for the counts and for the lists."""

import datetime
import uuid
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

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


def sent_since(found: QuerySet, day: datetime.date) -> QuerySet:
    """Of declarations or statements: those that were sent on that day or later."""
    return found.filter(sent_at__date__gte=day)


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


def with_area(found: QuerySet) -> QuerySet:
    """Of declarations or statements: `area_key` and `area_mcsp`.

    The area is that of the row of the OPD's map in force which the matter names by its key, for
    a row of the OPD's own as for one from the library; else the template that was named, else
    the row as it stood in the newest map that had it. `area_key` is the code of a template, or
    the key of a row without one, or NO_AREA.
    """
    mapped, once = _named_rows()
    own_key = Cast("matter__risk_row", CharField())
    key = Coalesce("template__code", Cast("row_key", CharField()))
    return found.annotate(
        area_key=Coalesce(
            Subquery(mapped.values(key=key)[:1]), "matter__risk_area__code", own_key,
            Value(NO_AREA),
        ),
        area_mcsp=Coalesce(
            Subquery(mapped.values("mcsp_area")[:1]), "matter__risk_area__mcsp_area",
            Subquery(once.values("mcsp_area")[:1]), Value(NO_AREA),
        ),
    )  # fmt: skip


def with_area_words(found: QuerySet) -> QuerySet:
    """`area_words` as well; empty where no area was named."""
    mapped, once = _named_rows()
    words = Concat("area", Value(": "), "activity")
    template = Concat("matter__risk_area__area", Value(": "), "matter__risk_area__activity")
    return with_area(found).annotate(
        area_words=Coalesce(
            Subquery(mapped.values(words=words)[:1]),
            Case(When(matter__risk_area__isnull=False, then=template)),
            Subquery(once.values(words=words)[:1]), Value(""), output_field=CharField(),
        ),
    )  # fmt: skip


def _named_rows() -> tuple[QuerySet[RiskArea], QuerySet[RiskArea]]:
    """The row that the matter names: in the OPD's map in force, and wherever it stood last."""
    same = RiskArea.objects.filter(row_key=OuterRef("matter__risk_row"))
    return (
        same.in_force().filter(map__opd=OuterRef("opd")).order_by(),
        same.order_by("-map__year", "-map__version", "-pk"),
    )


def key_of(row: RiskArea) -> str:
    """What `area_key` is for a matter in this row; needs `template`."""
    return row.template.code if row.template else str(row.row_key)


def in_area(found: QuerySet, key: str) -> QuerySet:
    """Of declarations or statements: those whose matter lies in the area with this key."""
    return with_area(found).filter(area_key=key)


def in_mcsp(found: QuerySet, value: str) -> QuerySet:
    found = with_area(found)
    if value == NO_AREA:
        return found.exclude(area_mcsp__in=McspArea.values)
    return found.filter(area_mcsp=value)


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
