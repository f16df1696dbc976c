"""What waits for a person in F5 and F6: numbers in one query, for the menu and the home page."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Value
from django.utils import timezone

from declarations.models import ConflictDeclaration, ControlPlan, ControlTask
from people.models import User


@dataclass(frozen=True, slots=True)
class Desk:
    """How many things wait: to decide, to do, and plans that lack one's own step."""

    to_decide: int = 0
    tasks: int = 0
    plans: int = 0


def desk_of(user: User, *, on: datetime.date | None = None) -> Desk:
    """Asked once an instance (a request)."""
    if "_desk" not in user.__dict__:
        on = on or timezone.localdate()
        user.__dict__["_desk"] = Desk(
            **dict(
                _counted("to_decide", ConflictDeclaration.objects.to_decide(user)).union(
                    _counted("tasks", ControlTask.objects.open_for(user)),
                    _counted("plans", ControlPlan.objects.waiting_for(user, on=on)),
                    all=True,
                )
            )
        )
    return user.__dict__["_desk"]


def _counted(what: str, rows: QuerySet) -> QuerySet:
    """One row (`what`, number), or none when nothing waits."""
    grouped = rows.order_by().annotate(what=Value(what)).values("what")
    return grouped.annotate(number=Count("pk")).values_list("what", "number")
