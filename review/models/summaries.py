"""What the page of the province counts, ready counted; why so: docs/decisions/0009."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.constraints import known_choice


class Counted(models.TextChoices):
    """What a cell counts, and which day stands in `day`."""

    REGISTERS = "F1", _("Signed registers of interests")  # first of the month of the signature
    STATEMENTS = "F2", _("Statements before a decision")  # first of the month of the signature
    CONFLICTS = "F3", _("Declared conflicts")  # first of the month of the signature
    DECISIONS = "F5", _("Decided conflicts")  # first of the month of the decision
    PLANS = "F6", _("Running control plans")  # the first day on which something is late


class SummaryCell(models.Model):
    """So many things of one kind, OPD and year that are alike in everything counted.

    Written by `review.services.summaries` alone; whatever a column does not say of a kind is
    empty. `days` are working days from the declaration to the decision.
    """

    Counted = Counted

    kind = models.CharField(max_length=2, choices=Counted)
    opd = models.ForeignKey("people.Opd", models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    day = models.DateField()
    status = models.CharField(max_length=16, blank=True)
    # F1: nil or filled; F3 and F5: actual, potential, perceived.
    variety = models.CharField(max_length=12, blank=True)
    source = models.ForeignKey(
        "mapping.ConflictSource", models.CASCADE, null=True, related_name="+"
    )
    level = models.CharField(max_length=20, blank=True)
    in_time = models.BooleanField(default=True)
    days = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            known_choice("kind", Counted, name="summarycell_kind_known"),
            models.CheckConstraint(condition=Q(number__gt=0), name="summarycell_counts_something"),
            models.UniqueConstraint(
                fields=[
                    "kind", "opd", "year", "day", "status", "variety", "source", "level",
                    "in_time", "days",
                ],
                nulls_distinct=False,
                name="summarycell_once",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["kind", "day"], name="summarycell_by_day"),
            models.Index(fields=["kind", "status"], name="summarycell_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.opd_id} {self.day}: {self.number}"


class SummaryMark(models.Model):
    """Cells that no longer hold: put down by triggers, taken away by who counts anew.

    Only ever inserted by writers, so that nobody waits for anybody; `year` is null when all
    years are meant. `kind` is a form or "P", the standing of an OPD's people.
    """

    kind = models.CharField(max_length=2)
    opd_id = models.BigIntegerField()
    year = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.opd_id} {self.year}"


class OpdStanding(models.Model):
    """How far the obliged people of one OPD are with the registers of a year, on one day.

    `exposure` (weighted person-years) and `declared` are those of `review.services.peers`.
    """

    opd = models.ForeignKey("people.Opd", models.CASCADE, related_name="standings")
    year = models.PositiveSmallIntegerField()
    obliged = models.PositiveIntegerField(default=0)
    signed = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    valid_in_time = models.PositiveIntegerField(default=0)
    exposure = models.FloatField(default=0)
    declared = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "opd"], name="opdstanding_once"),
            models.CheckConstraint(
                condition=Q(valid_in_time__lte=models.F("in_time"))
                & Q(in_time__lte=models.F("signed"))
                & Q(signed__lte=models.F("obliged")),
                name="opdstanding_parts_in_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opd_id} {self.year}: {self.signed}/{self.obliged}"

    @property
    def missing(self) -> int:
        return self.obliged - self.signed

    @property
    def late(self) -> int:
        return self.signed - self.in_time


class SummaryRun(models.Model):
    """One row: when the counts were last right, and what the nightly comparison found."""

    refreshed_at = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
    differences = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(pk=1), name="summaryrun_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.refreshed_at)
