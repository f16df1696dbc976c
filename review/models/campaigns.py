"""A year's campaign for the registers of interests, and what became of each reminder."""

import datetime
import enum
from dataclasses import dataclass
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import known_choice
from review.publication_querysets import CampaignQuerySet, DeliveryQuerySet


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")

    OPEN = enum.nonmember(("draft", "running", "paused"))


@dataclass(frozen=True, slots=True)
class CampaignStep:
    """A change of state, by its name in the audit trail."""

    name: str
    sources: tuple[str, ...]
    target: str


START = CampaignStep("start", ("draft",), "running")
PAUSE = CampaignStep("pause", ("running",), "paused")
RESUME = CampaignStep("resume", ("paused",), "running")
STOP = CampaignStep("stop", ("draft", "running", "paused"), "stopped")
CAMPAIGN_STEPS = {step.name: step for step in (START, PAUSE, RESUME, STOP)}
CAMPAIGN_EDGES = sorted(
    (source, step.target) for step in CAMPAIGN_STEPS.values() for source in step.sources
)


def _days() -> models.Field:
    return models.PositiveSmallIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(180)]
    )


class Campaign(models.Model):
    """The yearly window as data: when it opens and ends, who is told what and when.

    Days count from `due_on`; a day on which nobody works moves to the next working day. While
    a campaign of the year is open, it alone reminds of the yearly register.
    """

    State = CampaignState

    name = models.CharField(_("name"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"))
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("last day"))
    days_before = ArrayField(_days(), verbose_name=_("reminders, days before"), default=list)
    days_after = ArrayField(_days(), verbose_name=_("reminders, days after"), default=list)
    superior_after = models.PositiveSmallIntegerField(
        _("tell the superior, days after"), null=True, blank=True
    )
    head_after = models.PositiveSmallIntegerField(
        _("tell the head of the OPD, days after"), null=True, blank=True
    )
    # Nothing is sent from the one to the other; across midnight when the first is later.
    quiet_from = models.TimeField(_("quiet from"), default=datetime.time(17))
    quiet_until = models.TimeField(_("quiet until"), default=datetime.time(7, 30))
    state = models.CharField(
        max_length=10, choices=CampaignState, default=CampaignState.DRAFT, editable=False
    )
    state_reason = models.CharField(max_length=300, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-year", "-pk"]
        constraints: ClassVar = [
            known_choice("state", CampaignState, name="campaign_state_known"),
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(state__in=CampaignState.OPEN),
                name="campaign_one_open_a_year",
                violation_error_message=_("This year already has a campaign that is not stopped."),
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")),
                name="campaign_window_in_order",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.CheckConstraint(
                condition=Q(year__range=(2000, 2100)), name="campaign_year_plausible"
            ),
            models.CheckConstraint(
                condition=~Q(quiet_from=F("quiet_until")),
                name="campaign_quiet_hours_end",
                violation_error_message=_("Quiet hours begin and end at different times."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=CAMPAIGN_EDGES),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("review:campaign_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in CampaignState.OPEN

    def is_quiet(self, at: datetime.time) -> bool:
        """At this time of the day nothing is sent."""
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


class Audience(models.TextChoices):
    PERSON = "person", _("The person")
    SUPERIOR = "superior", _("Direct superior")
    HEAD = "head", _("Head of the OPD")


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Told")
    DECLARED = "declared", _("Not needed: declared meanwhile")
    DROPPED = "dropped", _("Not sent")

    SETTLED = enum.nonmember(("sent", "declared", "dropped"))


class CampaignRound(models.Model):
    """A reminder day that was planned: each is planned once, whoever runs it and how often."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rounds")
    audience = models.CharField(max_length=10, choices=Audience)
    # Days from `due_on`: negative before it.
    offset = models.SmallIntegerField()
    planned_for = models.DateField()
    planned_at = models.DateTimeField()
    # A later round was due as well when this one was planned: only that one is sent.
    was_missed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["planned_for", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "audience", "offset"], name="campaignround_once"
            ),
            known_choice("audience", Audience, name="campaignround_audience_known"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.audience} {self.offset:+d}"


class CampaignDelivery(models.Model):
    """That one person is told of one person's missing register, and what became of it."""

    State = DeliveryState

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="deliveries")
    round = models.ForeignKey(CampaignRound, models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    about = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    notice = models.ForeignKey("notices.Notice", models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            known_choice("state", DeliveryState, name="delivery_state_known"),
            models.UniqueConstraint(
                fields=["round", "recipient", "about"], name="delivery_once_a_round"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | ~Q(state="waiting") & Q(settled_at__isnull=False),
                name="delivery_settled_has_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["campaign", "recipient"],
                condition=Q(state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(fields=["campaign", "state", "-id"], name="delivery_by_state"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="edges",
                field="state",
                transitions=[("waiting", each) for each in sorted(DeliveryState.SETTLED)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} / {self.about_id}: {self.state}"
