"""What hangs on flags: the declarant's reply, the sample of nil registers, how far was read."""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none
from review.flag_querysets import FlagReplyQuerySet
from review.models.flags import Flag, RuleVersion


class FlagReply(models.Model):
    """A question to the declarant about a flag, and their answer, shown beside the evidence.

    The declarant reads the inspector's words, never the flag.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    flag = models.ForeignKey(Flag, models.PROTECT, related_name="replies")
    addressee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="flag_replies"
    )
    question = models.TextField(_("question"))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = FlagReplyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["flag"],
                condition=Q(answered_at__isnull=True),
                name="flagreply_one_open",
                violation_error_message=_("A question on this flag waits for an answer already."),
            ),
            all_or_none(
                "answered_at",
                "answered_by",
                name="flagreply_answered_at_and_by",
                message=_("An answer has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""),
                name="flagreply_answered_has_words",
                violation_error_message=_("Write an answer."),
            ),
            models.CheckConstraint(
                condition=~Q(addressee=models.F("asked_by")),
                name="flagreply_not_to_oneself",
                violation_error_message=_("Nobody asks themselves."),
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(answered_by=models.F("addressee")),
                name="flagreply_answered_by_addressee",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="answer_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.question[:60]

    def get_absolute_url(self) -> str:
        return reverse("review:flag_reply", args=[self.pk])


class EvaluationCursor(models.Model):
    """Up to which transaction the audit trail was read: all below are done and were read."""

    name = models.CharField(primary_key=True, max_length=40)
    # A 64-bit transaction number, and the newest event read (to bound the next look back).
    horizon = models.BigIntegerField()
    event_id = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.horizon}"


class NilSample(models.Model):
    """One draw of nil registers: anybody can draw it again from seed, rates and population."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField(_("year"))
    seed = models.CharField(_("seed"), max_length=64)
    rates = models.ForeignKey(RuleVersion, models.PROTECT, related_name="+")
    # Of each level: how many there were, and how many were drawn.
    counts = models.JSONField(default=dict)
    # sha256 over the sorted keys and levels of all registers that could be drawn, and these
    # themselves, packed (`services.samples`): who draws again needs them as they were.
    population_hash = models.CharField(max_length=64)
    population = models.BinaryField(default=bytes)
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-drawn_at", "-pk"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.seed[:8]}"


class NilSampleItem(models.Model):
    """One drawn register."""

    sample = models.ForeignKey(NilSample, models.PROTECT, related_name="items")
    register = models.ForeignKey("declarations.InterestRegister", models.PROTECT, related_name="+")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+")
    level = models.CharField(_("level"), max_length=20)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "register"], name="nilsampleitem_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.register_id}"
