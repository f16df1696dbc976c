"""Filters over declarations: adjectives, and who may see what (`visible_to`)."""

from django.db import models


class InterestRegisterQuerySet(models.QuerySet):
    """Registers of interests (F1)."""


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
