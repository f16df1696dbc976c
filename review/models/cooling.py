"""F10: former officials in their time of waiting, and the bodies they work for now."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, ordered
from declarations.models import TimeLimit
from people.models import Opd
from review.report_querysets import FormerOfficialQuerySet


class FormerOfficial(models.Model):
    """One end of one post. A row that was removed stays, with its reason: a proposal that was
    turned down isn't made again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Null for somebody who never had an account.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    last_post = models.CharField(_("last post"), max_length=200)
    opd = models.ForeignKey(Opd, models.PROTECT, related_name="+", verbose_name="OPD")
    ended_on = models.DateField(_("last day in the post"))
    cooling_until = models.DateField(_("waits until"), editable=False)
    limit = models.ForeignKey(TimeLimit, models.PROTECT, editable=False, related_name="+")
    restricted = models.TextField(_("subjects to keep out of"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    removed_because = models.CharField(_("reason"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = FormerOfficialQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-cooling_until", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name_key", "opd", "ended_on"],
                name="formerofficial_once",
                violation_error_message=_("This person is in the register with that day already."),
            ),
            models.CheckConstraint(
                condition=~Q(name_key=""),
                name="formerofficial_has_name",
                violation_error_message=_("A name needs at least one letter."),
            ),
            ordered(
                "ended_on",
                "cooling_until",
                name="formerofficial_period_in_order",
                message=_("The time of waiting ends after it begins."),
            ),
            all_or_none(
                "removed_at",
                "removed_by",
                name="formerofficial_removed_at_and_by",
                message=_("A removal has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | ~Q(removed_because=""),
                name="formerofficial_removed_has_reason",
                violation_error_message=_("Say why it is removed."),
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True)
                | Q(created_by__isnull=True)
                | ~Q(user=models.F("created_by")),
                name="formerofficial_not_by_oneself",
                violation_error_message=_("Nobody registers themselves."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name_key"], name="formerofficial_by_name"),
            models.Index(fields=["-cooling_until", "-id"], name="formerofficial_by_end"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("review:former_detail", args=[self.pk])


class FormerOfficialBody(models.Model):
    """A company or body that the former official serves or owns (domain fact sheet 4.7 e)."""

    official = models.ForeignKey(FormerOfficial, models.CASCADE, related_name="bodies")
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    role = models.CharField(_("role"), max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["official", "name_key"], name="formerbody_once"),
            models.CheckConstraint(condition=~Q(name_key=""), name="formerbody_has_name"),
        ]
        indexes: ClassVar = [models.Index(fields=["name_key"], name="formerbody_by_name")]

    def __str__(self) -> str:
        return self.name
