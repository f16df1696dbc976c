"""Filters over declarations: adjectives, and who may see what (`visible_to`)."""

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people import hierarchy
from people.roles import Role

if TYPE_CHECKING:
    from people.models import User


class InterestRegisterQuerySet(models.QuerySet):
    """Registers of interests (F1)."""

    def visible_to(self, user: "User") -> Self:
        """The rows `user` may see: the list form of `policies.registers.can_view`."""
        if not user.is_active:
            return self.none()
        if user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR):
            return self.filter(Q(declarant=user) | Q(sent_at__isnull=False))
        theirs = Q(opd__in=user.standing.officer_opd_ids) | Q(declarant__in=_below(user))
        return self.filter(Q(declarant=user) | theirs & Q(sent_at__isnull=False))

    def open(self) -> Self:
        """On the declarant's desk: being written or sent back."""
        return self.filter(state__in=("draft", "returned"))

    def to_check(self, user: "User") -> Self:
        """Sent registers that `user`, as officer of the OPD, has to check; never their own."""
        officer_of = user.standing.officer_opd_ids
        return self.filter(state="sent", opd__in=officer_of).exclude(declarant=user)

    def to_acknowledge(self, user: "User") -> Self:
        """Registers of one's people that still lack the superior's signature."""
        return self.filter(
            state__in=("sent", "accepted"),
            acknowledged_at__isnull=True,
            document__isnull=False,
            declarant__in=_below(user),
        )

    def late(self, *, on: datetime.date) -> Self:
        return self.open().filter(due_on__lt=on)

    def for_list(self) -> Self:
        return self.select_related("declarant", "opd", "document", "post").defer(
            "draft", "document__content"
        )


def _below(user: "User") -> list:
    """Whose nearest superior `user` is today."""
    if not user.has_role(Role.SUPERIOR):
        return []
    return hierarchy.subordinate_ids(user, on=timezone.localdate())


class InterestQuerySet(models.QuerySet):
    """Declared interests."""

    def in_force(self) -> "InterestQuerySet":
        return self.filter(register__state__in=("sent", "returned", "accepted"))


class DecisionStatementQuerySet(models.QuerySet):
    """Statements before a decision (F2)."""


class ConflictDeclarationQuerySet(models.QuerySet):
    """Declarations of conflict (F3)."""


class SuperiorDecisionQuerySet(models.QuerySet):
    """Superiors' decisions (F5)."""


class ControlPlanQuerySet(models.QuerySet):
    """Control plans (F6)."""


class ControlTaskQuerySet(models.QuerySet):
    """Tasks of control plans."""
