"""Reports with frozen numbers, evidence bundles, and what the public may read."""

import enum
import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice, ordered
from review.publication_querysets import BundleQuerySet, ReportQuerySet


class Period(models.TextChoices):
    MONTH = "month", _("Monthly")
    QUARTER = "quarter", _("Quarterly")
    YEAR = "year", _("Yearly")


class MonitoringReport(models.Model):
    """F8 of one period: numbers as they stood at `snapshot_at`, frozen.

    A new version is a new row with its own snapshot; what an earlier one said stays readable.
    """

    Period = Period

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Of one OPD, or of the whole province.
    opd = models.ForeignKey(
        "people.Opd", models.PROTECT, null=True, related_name="+", verbose_name="OPD"
    )
    period = models.CharField(_("period"), max_length=8, choices=Period)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    snapshot_at = models.DateTimeField(_("as of"))
    numbers = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    document = models.OneToOneField(
        "statements.Document", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-ends_on", "-version"]
        constraints: ClassVar = [
            known_choice("period", Period, name="report_period_known"),
            models.UniqueConstraint(
                fields=["period", "starts_on", "opd", "version"], name="report_version_once",
                nulls_distinct=False,
            ),
            ordered(
                "starts_on", "ends_on", name="report_period_in_order",
                message=_("A period ends after it begins."),
            ),
            all_or_none(
                "signed_at", "signed_by", "document", name="report_signed_whole",
                message=_("A signature has a time, a person and a document, or none."),
            ),
        ]  # fmt: skip
        triggers: ClassVar = [
            pgtrigger.ReadOnly(
                name="frozen",
                fields=[
                    "opd",
                    "period",
                    "starts_on",
                    "ends_on",
                    "version",
                    "snapshot_at",
                    "numbers",
                ],
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"F8 {self.starts_on} – {self.ends_on} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("review:monitoring_detail", args=[self.pk])

    @property
    def is_signed(self) -> bool:
        return self.document_id is not None


class BundleState(models.TextChoices):
    QUEUED = "queued", _("Waiting for the worker")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")

    EDGES = enum.nonmember((("queued", "ready"), ("queued", "failed"), ("failed", "queued")))


def bundle_name(bundle: "EvidenceBundle", _name: str) -> str:
    return f"bundles/{bundle.pk}.zip"


class EvidenceBundle(models.Model):
    """One ZIP of evidence about one OPD and year, with the rights of who asked for it.

    Only that person fetches it: it holds what they may read, and perhaps others may not.
    """

    State = BundleState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+", verbose_name="OPD")
    year = models.PositiveSmallIntegerField(_("year"))
    state = models.CharField(
        max_length=8, choices=BundleState, default=BundleState.QUEUED, editable=False
    )
    file = models.FileField(upload_to=bundle_name, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(null=True, editable=False)
    failure = models.CharField(max_length=200, blank=True, editable=False)
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = BundleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-requested_at", "-pk"]
        constraints: ClassVar = [
            known_choice("state", BundleState, name="bundle_state_known"),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(sha256="") & ~Q(file=""),
                name="bundle_ready_has_file",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=list(BundleState.EDGES)),
        ]

    def __str__(self) -> str:
        return f"{self.opd.short_name} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("review:bundle_detail", args=[self.pk])


class SuppressionThreshold(models.Model):
    """Counts below this are not published; the newest row holds, the older ones are history."""

    value = models.PositiveSmallIntegerField(_("smallest number shown"))
    reason = models.CharField(_("reason"), max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(value__range=(3, 100)),
                name="threshold_protects",
                violation_error_message=_("The smallest number shown lies between 3 and 100."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.value)


class PublishedStatistics(models.Model):
    """The tables of one finished year, suppressed, once and for all.

    Two editions of one year could be compared and give away what each hides, so there is one.
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    tables = models.JSONField()
    threshold = models.ForeignKey(SuppressionThreshold, models.PROTECT, related_name="+")
    snapshot_at = models.DateTimeField()
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-year"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.year)
