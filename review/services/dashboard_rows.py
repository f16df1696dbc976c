"""Exactly the rows that a figure of the province's page counted, as far as a person may read."""

import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    DecisionStatement,
    InterestRegister,
    SuperiorDecision,
)
from declarations.services.compliance import SIGNED
from declarations.states import ConflictState
from people.models import Assignment, User
from review.services.dashboard import OPEN
from review.services.standings import obliged_posts

NO_LEVEL = "-"
STANDINGS: dict[str, Q] = {
    "semua": Q(),
    "tepat": Q(was_in_time=True),
    "sah": Q(was_valid=True),
    "terlambat": Q(has_signed=True, was_in_time=False),
    "belum": Q(has_signed=False),
    "sudah": Q(has_signed=True),
}
FORMS: dict[str, Any] = {
    "F1": InterestRegister,
    "F2": DecisionStatement,
    "F3": ConflictDeclaration,
}
SIGNED_STATES = {"F1": SIGNED, "F2": ("issued",), "F3": tuple(ConflictState.SENT_STATES)}


def people(
    user: User, *, year: int, on: datetime.date, standing: str, opd: int | None = None
) -> QuerySet[Assignment]:
    """Obliged people by OPD with how far they are; only for who sees the whole province."""
    if not user.has_perm("review.view_dashboard"):
        return Assignment.objects.none()
    found = obliged_posts(year=year, on=on).filter(STANDINGS[standing])
    if opd is not None:
        found = found.filter(post__opd=opd)
    return found.select_related("user", "post__opd")


def open_conflicts(
    user: User, *, opd: int | None = None, source: str = "", level: str = ""
) -> QuerySet[ConflictDeclaration]:
    found = ConflictDeclaration.objects.visible_to(user).filter(state__in=OPEN)
    if opd is not None:
        found = found.filter(opd=opd)
    if source:
        found = found.filter(source__code=source)
    if not level:
        return found
    judged = SuperiorDecision.objects.filter(conflict=OuterRef("pk"), state="signed").exclude(
        level=""
    )
    if level == NO_LEVEL:
        return found.exclude(Exists(judged))
    return found.filter(Exists(judged.filter(level=level)))


def decisions(
    user: User, *, year: int, in_time: bool | None = None, opd: int | None = None
) -> QuerySet[ConflictDeclaration]:
    """Conflicts decided in the year; a decision is in time until the end of its last day."""
    found = ConflictDeclaration.objects.visible_to(user).filter(
        state__in=ConflictState.DECIDED, decided_at__year=year
    )
    if opd is not None:
        found = found.filter(opd=opd)
    if in_time is None:
        return found
    kept = Q(decided_at__date__lte=F("due_on"))
    return found.filter(kept if in_time else ~kept)


def late_plans(user: User, *, on: datetime.date, opd: int | None = None) -> QuerySet[ControlPlan]:
    found = ControlPlan.objects.visible_to(user).late(on=on)
    return found if opd is None else found.filter(opd=opd)


def signed_in_month(user: User, *, form: str, month: datetime.date) -> QuerySet[Any]:
    """Registers, statements or declarations signed in the month that begins on `month`."""
    following = (month + datetime.timedelta(days=31)).replace(day=1)
    return (
        FORMS[form]
        .objects.visible_to(user)
        .filter(
            state__in=SIGNED_STATES[form],
            sent_at__gte=_midnight(month),
            sent_at__lt=_midnight(following),
        )
    )


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
