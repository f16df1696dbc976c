"""Who holds which post, from when to when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from common.constraints import known_choice, ordered
from people.models.organisation import Post
from people.models.persons import User
from people.querysets import AssignmentQuerySet


def _period() -> Func:
    """The days of an assignment; no end means still running."""
    return Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange")


class AssignmentKind(models.TextChoices):
    DEFINITIVE = "definitive", _("Definitive")
    ACTING = "plt", _("Acting (Plt)")
    DAILY = "plh", _("Acting for days (Plh)")


class Assignment(models.Model):
    """A person in a post; a move is an end and a new row, never a change of the old one."""

    Kind = AssignmentKind

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    post = models.ForeignKey(Post, models.PROTECT, related_name="assignments")
    kind = models.CharField(
        _("kind"), max_length=12, choices=AssignmentKind, default=AssignmentKind.DEFINITIVE
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    decree = models.CharField(_("decree"), max_length=120, blank=True)
    # Copied from the post, so that the database itself can refuse two holders of one seat.
    is_single_seat = models.BooleanField(default=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            ordered(
                "starts_on",
                "ends_on",
                name="assignment_period_in_order",
                message=_("An assignment ends after it begins."),
            ),
            known_choice("kind", AssignmentKind, name="assignment_kind_known"),
            ExclusionConstraint(
                name="assignment_one_definitive_a_person",
                expressions=[("user", RangeOperators.EQUAL), (_period(), RangeOperators.OVERLAPS)],
                condition=Q(kind="definitive"),
                violation_error_message=_("This person already holds a post in that period."),
            ),
            ExclusionConstraint(
                name="assignment_one_definitive_a_seat",
                expressions=[("post", RangeOperators.EQUAL), (_period(), RangeOperators.OVERLAPS)],
                condition=Q(kind="definitive", is_single_seat=True),
                violation_error_message=_("Somebody else holds this post in that period."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["post"], condition=Q(ends_on__isnull=True), name="assignment_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} — {self.post}"
