"""F4: reports from others, sealed.

What people write, the names of their files and who they are is encrypted with a key of each
report's own, which is encrypted in turn by the portal's (`common.encryption`). In clear stands
only what the portal must ask the database about: the state, the times, whom it may be about. A
reporter's account is nowhere in clear; the way back is a code of which only a keyed hash is kept.
"""

import json
import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice
from common.encryption import Envelope, Keyring
from declarations.models import FormVersion, TimeLimit
from people.models import Opd
from review.report_querysets import ConflictReportQuerySet
from review.report_states import (
    REPORT_TRANSITIONS,
    ReportOutcome,
    ReportState,
    SubjectStanding,
)
from review.states import edges

RING = Keyring("REPORT_KEYS", purpose="reports from others")
OWNER = pgtrigger.Update | pgtrigger.Delete

# Nobody it may be about takes it up or decides on it, whatever the code thinks.
_NOT_BY_THE_REPORTED = """
    IF EXISTS (
        SELECT 1 FROM review_reportsubject s
         WHERE s.report_id = NEW.id AND s.standing <> 'ruled_out'
           AND s.user_id IN (NEW.verified_by_id, NEW.decided_by_id)
    ) THEN
        RAISE EXCEPTION 'A report is not handled by whom it is about.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'report_not_by_the_reported';
    END IF;
    RETURN NEW;
"""


class ReportSeries(models.Model):
    """The last number of a year; the row's lock makes numbers follow each other."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class ConflictReport(models.Model):
    """One report; the answers are JSON by section and question, sealed."""

    State = ReportState
    Outcome = ReportOutcome

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    state = models.CharField(
        _("state"), max_length=14, choices=ReportState, default=ReportState.RECEIVED
    )
    is_named = models.BooleanField(_("named"))
    code_digest = models.CharField(max_length=64, unique=True)
    data_key = models.BinaryField()
    answers = models.BinaryField()
    form_version = models.ForeignKey(FormVersion, models.PROTECT, related_name="+")
    # Not "opd": an audit event copies that in clear, for readers this is kept from.
    reported_opd = models.ForeignKey(Opd, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(_("received"))
    verify_due_on = models.DateField(_("first check by"))
    verify_limit = models.ForeignKey(TimeLimit, models.PROTECT, related_name="+")
    decide_due_on = models.DateField(_("decision by"), null=True)
    decide_limit = models.ForeignKey(TimeLimit, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=16, choices=ReportOutcome, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    case = models.ForeignKey("review.Case", models.PROTECT, null=True, related_name="reports")

    objects = ConflictReportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            known_choice("state", ReportState, name="report_state_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *ReportOutcome.values]), name="report_outcome_known"
            ),
            # The path with a clock needs an identity; anonymous reports have none of the two.
            models.CheckConstraint(
                condition=Q(is_named=True, decide_due_on__isnull=False, decide_limit__isnull=False)
                | Q(is_named=False, decide_due_on__isnull=True, decide_limit__isnull=True),
                name="report_named_has_clock",
            ),
            all_or_none(
                "verified_at",
                "verified_by",
                name="report_verified_at_and_by",
                message=_("A check has a time and a person, or neither."),
            ),
            all_or_none(
                "decided_at",
                "decided_by",
                name="report_decided_at_and_by",
                message=_("A decision has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(state="received") | Q(verified_at__isnull=False),
                name="report_was_verified",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "follow_up"])
                | Q(decided_at__isnull=False) & ~Q(outcome=""),
                name="report_decided_has_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-received_at", "-id"], name="report_newest"),
            models.Index(fields=["state", "-received_at"], name="report_by_state"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(REPORT_TRANSITIONS)),
            pgtrigger.Protect(
                name="words_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answers__df=pgtrigger.F("new__answers"))
                | pgtrigger.Q(old__received_at__df=pgtrigger.F("new__received_at"))
                | pgtrigger.Q(old__is_named__df=pgtrigger.F("new__is_named")),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="not_by_the_reported",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("verified_by_id", "decided_by_id"),
                when=pgtrigger.Before,
                func=_NOT_BY_THE_REPORTED,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("review:report_detail", args=[self.pk])

    @cached_property
    def envelope(self) -> Envelope:
        return Envelope(RING, self.data_key)

    def read_answers(self) -> dict[str, dict[str, Any]]:
        return json.loads(self.envelope.unseal_text(self.answers))


class ReporterIdentity(models.Model):
    """Who reported, apart from the report and under a key of its own.

    So it can be shown to fewer people, and be given up earlier, than the report.
    """

    report = models.OneToOneField(
        ConflictReport, models.PROTECT, primary_key=True, related_name="identity"
    )
    data_key = models.BinaryField()
    answers = models.BinaryField()

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="words_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answers__df=pgtrigger.F("new__answers")),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.report_id)

    def read_answers(self) -> dict[str, Any]:
        return json.loads(Envelope(RING, self.data_key).unseal_text(self.answers))


class ReportSubject(models.Model):
    """Somebody whom the report is, or may be, about: found by the name, or marked by hand."""

    Standing = SubjectStanding

    report = models.ForeignKey(ConflictReport, models.PROTECT, related_name="subjects")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Where the person worked when it was found, and the key that a family row would name.
    opd = models.ForeignKey(Opd, models.PROTECT, null=True, related_name="+")
    name_key = models.CharField(max_length=200, blank=True)
    standing = models.CharField(max_length=10, choices=SubjectStanding, default="candidate")
    marked_at = models.DateTimeField(null=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "user"], name="reportsubject_once"),
            known_choice("standing", SubjectStanding, name="reportsubject_standing_known"),
            all_or_none(
                "marked_at",
                "marked_by",
                name="reportsubject_marked_at_and_by",
                message=_("A mark has a time and a person, or neither."),
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.report_id} {self.user_id}"


class ReportMessage(models.Model):
    """One word between the Inspectorate and the reporter, sealed with the report's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(ConflictReport, models.PROTECT, related_name="messages")
    to_reporter = models.BooleanField()
    body = models.BinaryField()
    sent_at = models.DateTimeField()
    # Null for the reporter, whoever it is.
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Given by the page, so that a button pressed twice sends once.
    once = models.UUIDField(unique=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["sent_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_reporter=True, sent_by__isnull=False)
                | Q(to_reporter=False, sent_by__isnull=True),
                name="reportmessage_reporter_has_no_name",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="stays", exclude=["read_at"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReportFile(models.Model):
    """One file from the reporter: metadata taken off, encrypted, under a random name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(ConflictReport, models.PROTECT, related_name="files")
    message = models.ForeignKey(ReportMessage, models.PROTECT, null=True, related_name="files")
    name = models.BinaryField()
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    # Tells the same file sent twice; keyed, so that nobody can look for a file they have.
    fingerprint = models.CharField(max_length=64)
    file = models.FileField(upload_to="reports/", max_length=200)
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["added_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "fingerprint"], name="reportfile_once"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=OWNER)]

    def __str__(self) -> str:
        return str(self.pk)


class ReportStep(models.Model):
    """What the Inspectorate did with a report, and its note, sealed with the report's key."""

    report = models.ForeignKey(ConflictReport, models.PROTECT, related_name="steps")
    name = models.CharField(max_length=12)
    note = models.BinaryField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["taken_at", "pk"]
        triggers: ClassVar = [pgtrigger.Protect(name="kept", operation=OWNER)]

    def __str__(self) -> str:
        return f"{self.report_id} {self.name}"
