"""Lists of jobs for the worker's page and for the people who wait for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count

from jobs.states import State

if TYPE_CHECKING:
    import datetime

    from people.models import User


class JobQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The list form of `policies.can_follow`."""
        if user.has_role("system_administrator"):
            return self
        return self.filter(owner=str(user.pk))

    def in_state(self, state: str) -> Self:
        return self.filter(state=state)

    def finished_before(self, moment: datetime.datetime) -> Self:
        return self.filter(state__in=State.FINISHED, finished_at__lt=moment)

    def for_list(self) -> Self:
        """Newest first, without the columns that only the worker reads."""
        return self.defer("kwargs", "result", "workers").order_by("-pk")

    def counts(self) -> dict[str, int]:
        """How many jobs wait, run or died: the states whose index is small."""
        shown = (State.WAITING, State.RUNNING, State.DEAD)
        rows = self.filter(state__in=shown).values_list("state").annotate(number=Count("pk"))
        return dict.fromkeys(map(str, shown), 0) | dict(rows.order_by())
