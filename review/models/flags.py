"""What the rules found, about whom, on which facts, and what a person said to it."""

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice
from review.flag_querysets import FlagQuerySet, RuleVersionQuerySet
from review.flag_states import FLAG_EDGES, FlagState

WEIGHT = Q(weight__gte=0, weight__lte=1000)


class RuleText(models.Model):
    """A rule as the code had it: its statement and its words, under their hash.

    Versions point at it, so that a flag can be shown and computed again when the code moved on.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    body = models.JSONField()

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class RuleVersion(models.Model):
    """What one rule used from one day on: weight, parameters, switched on or off, and why.

    A change is a new version; an old one stays, so that a flag can be shown as it was.
    Weights are thousandths: 700 is 0.7 of the catalogue.
    """

    rule = models.CharField(_("rule"), max_length=40)
    number = models.PositiveIntegerField(_("version"))
    text = models.ForeignKey(RuleText, models.PROTECT, null=True, related_name="+")
    weight = models.PositiveSmallIntegerField(_("weight (thousandths)"))
    parameters = models.JSONField(_("parameters"), default=dict)
    is_enabled = models.BooleanField(_("switched on"), default=True)
    reason = models.CharField(_("reason"), max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    is_current = models.BooleanField(default=True, editable=False)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["rule", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "number"], name="ruleversion_number_once"),
            models.UniqueConstraint(
                fields=["rule"],
                condition=Q(is_current=True),
                name="ruleversion_one_current",
                violation_error_message=_("Another version of this rule is in force."),
            ),
            models.CheckConstraint(
                condition=WEIGHT,
                name="ruleversion_weight_range",
                violation_error_message=_("A weight is from 0 to 1000 thousandths."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="ruleversion_has_reason",
                violation_error_message=_("Say why the rule is changed."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="stays", exclude=["is_current"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"


class Flag(models.Model):
    """One finding of one rule: a reason to look.

    `key` says what the finding is about and stays while its facts change; `fingerprint` is the
    hash of these facts. `people` are all whose data it rests on: who may not judge it, and
    whose change makes it be looked at again.
    """

    State = FlagState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.CharField(_("rule"), max_length=40)
    key = models.CharField(max_length=200)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="flags"
    )
    # Of the subject when the finding was made.
    opd = models.ForeignKey("people.Opd", models.PROTECT, null=True, related_name="flags")
    year = models.PositiveSmallIntegerField(_("year"))
    people = ArrayField(models.UUIDField(), default=list, editable=False)
    state = models.CharField(
        max_length=10, choices=FlagState, default=FlagState.OPEN, editable=False
    )
    weight = models.PositiveSmallIntegerField(_("weight (thousandths)"))
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="flags")
    fingerprint = models.CharField(max_length=64, editable=False)
    sentence = models.TextField(_("finding"))
    snapshot = models.ForeignKey(
        "review.FlagSnapshot", models.PROTECT, null=True, editable=False, related_name="+"
    )
    # What became different when it opened again.
    change_note = models.TextField(blank=True, editable=False)
    raised_at = models.DateTimeField(_("raised"))
    changed_at = models.DateTimeField(_("changed"))
    cleared_at = models.DateTimeField(null=True, editable=False)
    dismissed_at = models.DateTimeField(null=True, editable=False)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    dismissed_reason = models.TextField(_("reason"), blank=True, editable=False)
    dismissed_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    confirmed_reason = models.TextField(_("reason"), blank=True, editable=False)
    # Puts a case on the Inspectorate's queue (fact sheet of the domain, section 4.2).
    is_queued = models.BooleanField(default=False)
    # The case it was last looked at in; `review.workflow.cases.gather` sets it.
    case = models.ForeignKey(
        "review.Case", models.PROTECT, null=True, editable=False, related_name="flags"
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-weight", "-changed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "key"], name="flag_finding_once"),
            known_choice("state", FlagState, name="flag_state_known"),
            models.CheckConstraint(condition=WEIGHT, name="flag_weight_range"),
            all_or_none(
                "dismissed_at",
                "dismissed_by",
                name="flag_dismissed_at_and_by",
                message=_("A dismissal has a time and a person, or neither."),
            ),
            all_or_none(
                "confirmed_at",
                "confirmed_by",
                name="flag_confirmed_at_and_by",
                message=_("A confirmation has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed")
                | Q(dismissed_at__isnull=False)
                & ~Q(dismissed_reason="")
                & ~Q(dismissed_fingerprint=""),
                name="flag_dismissed_has_reason",
                violation_error_message=_("Say why the flag is dismissed."),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="flag_confirmed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="cleared") | Q(cleared_at__isnull=False),
                name="flag_cleared_has_time",
            ),
            models.CheckConstraint(
                condition=Q(subject__isnull=True)
                | (~Q(dismissed_by=models.F("subject")) & ~Q(confirmed_by=models.F("subject"))),
                name="flag_not_judged_by_subject",
                violation_error_message=_("Nobody judges a flag about themselves."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "subject"], name="flag_by_subject"),
            models.Index(fields=["opd", "year", "state"], name="flag_by_opd"),
            models.Index(fields=["state", "-weight", "-changed_at", "-id"], name="flag_by_weight"),
            models.Index(
                fields=["subject", "weight"],
                condition=Q(state__in=("open", "confirmed")),
                name="flag_live",
            ),
            # The list and the dashboard read the first rows of it, in this order.
            models.Index(
                fields=["-weight", "-changed_at", "-id"],
                condition=Q(state__in=("open", "confirmed")),
                name="flag_live_by_weight",
            ),
            # The weightiest of each case of the queue.
            models.Index(
                fields=["case", "-weight", "id"],
                condition=Q(state__in=("open", "confirmed")),
                name="flag_live_of_case",
            ),
            GinIndex(fields=["people"], name="flag_by_people"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=FLAG_EDGES),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("review:flag_detail", args=[self.pk])


class FlagSnapshot(models.Model):
    """The evidence as it was at one moment: enough to show the card again, or compute it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flag = models.ForeignKey(Flag, models.PROTECT, related_name="snapshots")
    rule_version = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    inputs = models.JSONField()
    sentence = models.TextField()
    # From the person to the finding: nodes, and edges between them.
    path = models.JSONField()
    clears = models.JSONField(default=list)
    weight = models.PositiveSmallIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-taken_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["flag", "-taken_at"], name="flagsnapshot_by_flag")
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.flag_id} {self.taken_at}"

    @property
    def values(self) -> dict[str, Any]:
        """What the sentence and the evidence take their words from."""
        return {**(self.inputs.get("facts") or {}), **(self.inputs.get("shown") or {})}
