"""Who may read which events, and the filters of the page."""

from __future__ import annotations

import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit import veils
from audit.policies import READERS_OF_ALL, TECHNICAL_APPS

if TYPE_CHECKING:
    from people.models import User


class AuditEventQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The list form of `policies.can_view`."""
        if any(user.has_role(role) for role in READERS_OF_ALL):
            return self._unveiled(user)
        if user.has_role("system_administrator"):
            return self.technical()._unveiled(user)
        return self.none()

    def _unveiled(self, user: User) -> Self:
        """Without what a reader of everything must not know of (`audit.veils`)."""
        found = self
        for veil in veils.all_of():
            found = found.exclude(veil(user))
        return found

    def technical(self) -> Self:
        return self.filter(
            reduce(or_, (Q(target_type__startswith=f"{app}.") for app in TECHNICAL_APPS))
        )

    def of_target(self, target: models.Model) -> Self:
        return self.filter(target_type=target._meta.label_lower, target_id=str(target.pk))

    def filtered(
        self,
        *,
        actor_id: Any = None,
        action: str | None = None,
        target_type: str | None = None,
        target_id: str | None = None,
        first_day: datetime.date | None = None,
        last_day: datetime.date | None = None,
    ) -> Self:
        """What is given narrows the list; days are the portal's local ones, both included."""
        exact = {
            "actor_id": actor_id,
            "action": action,
            "target_type": target_type,
            "target_id": target_id,
        }
        found = self.filter(**{name: value for name, value in exact.items() if value})
        if first_day:
            found = found.filter(at__gte=_midnight(first_day))
        if last_day:
            found = found.filter(at__lt=_midnight(last_day + datetime.timedelta(days=1)))
        return found


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
