"""What waits for a person: numbers in one query, for the menu and the home page."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Value
from django.utils import timezone

from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    ControlTask,
    InterestRegister,
    Suspension,
)
from people.models import User
from people.prepared import prepared_by_roles


@dataclass(frozen=True, slots=True)
class Desk:
    """How many things wait: to decide, to do, plans that lack one's own step, registers."""

    to_decide: int = 0
    tasks: int = 0
    plans: int = 0
    to_check: int = 0
    to_acknowledge: int = 0
    suspended: int = 0


def desk_of(user: User, *, on: datetime.date | None = None) -> Desk:
    """Asked once an instance (a request)."""
    if "_desk" not in user.__dict__:
        on = on or timezone.localdate()
        user.__dict__["_desk"] = Desk(**dict(_numbers.rows(user, on)))
    return user.__dict__["_desk"]


@prepared_by_roles
def _numbers(user: User, on: datetime.date) -> QuerySet:
    return _counted("to_decide", ConflictDeclaration.objects.to_decide(user)).union(
        _counted("tasks", ControlTask.objects.open_for(user)),
        _counted("plans", ControlPlan.objects.waiting_for(user, on=on)),
        _counted("suspended", Suspension.objects.filter(user=user, ended_at=None)),
        *_registers(user),
        all=True,
    )


def _registers(user: User) -> Iterator[QuerySet]:
    """F1: only those who have such a list are asked about it."""
    if user.has_perm("declarations.list_checks"):
        yield _counted("to_check", InterestRegister.objects.to_check(user))
    if user.has_perm("declarations.list_acknowledgements"):
        yield _counted("to_acknowledge", InterestRegister.objects.to_acknowledge(user))


def _counted(what: str, rows: QuerySet) -> QuerySet:
    """One row (`what`, number), or none when nothing waits."""
    grouped = rows.order_by().annotate(what=Value(what)).values("what")
    return grouped.annotate(number=Count("pk")).values_list("what", "number")
