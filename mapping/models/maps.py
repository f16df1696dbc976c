"""The map of risk areas of one OPD for one year."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice
from mapping.models.reference import RiskScale
from mapping.querysets import RiskMapQuerySet
from mapping.states import MAP_TRANSITIONS, MapState, edges

OPEN = list(MapState.OPEN)


class RiskMap(models.Model):
    """One version of a year's map; its rows stand still from the signature on.

    The state changes only through `mapping.workflow`. At most one version of a year is being
    worked on, and at most one map of an OPD is in force.
    """

    State = MapState

    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="risk_maps")
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    scale = models.ForeignKey(RiskScale, models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=14, choices=MapState, default=MapState.DRAFT, editable=False
    )
    # Where the rows came from: last year's map, or the version before.
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="followers"
    )
    document = models.OneToOneField(
        "statements.Document", models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Counts the changes of its rows: nobody signs what they have not seen.
    revision = models.PositiveIntegerField(default=0, editable=False)
    opened_because = models.CharField(_("why opened"), max_length=500, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)
    signed_at = models.DateTimeField(null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    returned_at = models.DateTimeField(null=True, editable=False)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    return_reason = models.CharField(_("what to correct"), max_length=1000, blank=True)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = RiskMapQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-year", "-version", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["opd", "year", "version"],
                name="riskmap_version_once",
                violation_error_message=_("This version of the year's map exists already."),
            ),
            models.UniqueConstraint(
                fields=["opd", "year"],
                condition=Q(state__in=OPEN),
                name="riskmap_one_open",
                violation_error_message=_("Somebody is working on a map of this year already."),
            ),
            models.UniqueConstraint(
                fields=["opd"],
                condition=Q(state="approved"),
                name="riskmap_one_in_force",
                violation_error_message=_("Another map of this OPD is in force."),
            ),
            known_choice("state", MapState, name="riskmap_state_known"),
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2100)),
                name="riskmap_year_plausible",
                violation_error_message=_("The year lies between 2000 and 2100."),
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(previous=F("id")),
                name="riskmap_not_its_own_previous",
            ),
            all_or_none(
                "signed_at",
                "signed_by",
                name="riskmap_signed_at_and_by",
                message=_("A signature has a time and a person, or neither."),
            ),
            all_or_none(
                "reviewed_at",
                "reviewed_by",
                name="riskmap_reviewed_at_and_by",
                message=_("A review has a time and a person, or neither."),
            ),
            all_or_none(
                "returned_at",
                "returned_by",
                name="riskmap_returned_at_and_by",
                message=_("A return has a time and a person, or neither."),
            ),
            all_or_none(
                "approved_at",
                "approved_by",
                name="riskmap_approved_at_and_by",
                message=_("An approval has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "under_review", "approved", "superseded"])
                | Q(signed_at__isnull=False),
                name="riskmap_sent_has_signature",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "superseded"]) | Q(approved_at__isnull=False),
                name="riskmap_approved_has_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""),
                name="riskmap_returned_has_reason",
                violation_error_message=_("Say what has to be corrected."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("signed_by")),
                name="riskmap_two_people",
                violation_error_message=_("Nobody approves the map they have signed."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["year", "opd"], name="riskmap_by_year"),
            models.Index(
                fields=["signed_at"],
                condition=Q(state__in=["signed", "under_review"]),
                name="riskmap_review_queue",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(MAP_TRANSITIONS)),
            pgtrigger.Protect(
                name="identity",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__opd__df=pgtrigger.F("new__opd"))
                | pgtrigger.Q(old__year__df=pgtrigger.F("new__year"))
                | pgtrigger.Q(old__scale__df=pgtrigger.F("new__scale")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opd} {self.year}/{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("mapping:detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.state in MapState.EDITABLE

    @property
    def is_in_force(self) -> bool:
        return self.state == MapState.APPROVED

    @property
    def was_approved(self) -> bool:
        return self.approved_at is not None
