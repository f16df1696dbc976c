"""Filters over flags and the versions of rules: adjectives, and who may see what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

from people.roles import Role
from review.conflict_free import bars_of
from review.flag_states import FlagState

if TYPE_CHECKING:
    from people.models import User

READERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


class RuleVersionQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(is_current=True)


class FlagQuerySet(models.QuerySet):
    """Flags; a colleague of the declarant never sees one, nor its part in a score."""

    def visible_to(self, user: User) -> Self:
        """The rows `user` may see: the list form of `review.view_flag`."""
        if not user.is_active or not user.has_any_role(*READERS):
            return self.none()
        bars = bars_of(user, on=timezone.localdate())
        # Nor one that rests on what they or their kin declared.
        people = [bars.user_id, *bars.kin]
        return self.filter(bars.allow("subject", "opd") & ~Q(people__overlap=people))

    def live(self) -> Self:
        return self.filter(state__in=FlagState.LIVE)

    def of_subject(self, user: User) -> Self:
        return self.filter(subject=user)

    def scores(self) -> models.QuerySet:
        """The sum of weights of each subject with a live flag, in thousandths, unbounded."""
        live = self.live().filter(subject__isnull=False).order_by()
        return live.values("subject").annotate(score=Sum("weight"))

    def for_list(self) -> Self:
        return self.select_related("subject", "opd", "rule_version")


class FlagReplyQuerySet(models.QuerySet):
    def for_addressee(self, user: User) -> Self:
        return self.filter(addressee=user) if user.is_active else self.none()

    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True)

    def past(self) -> Self:
        return self.filter(answered_at__isnull=False)
