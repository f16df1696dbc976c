"""A case on the Inspectorate's desk: from the first flag to the decision and what follows.

The database holds the walls that no code should try to climb: the edges of the states, one open
case a person, four eyes, and that nobody works on a case about themselves, their kin, their own
OPD of the last two years or their superior (`review.conflict_free` says the same to the pages).
"""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.attachments import StoredFile
from common.constraints import all_or_none, known_choice
from review.models.case_wall import CONFLICT_FREE
from review.querysets import CaseQuerySet, CaseRequestQuerySet
from review.states import (
    CASE_TRANSITIONS,
    CaseOrigin,
    CaseState,
    Outcome,
    RequestKind,
    edges,
)


def _not_about(field: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(subject__isnull=True) | Q(**{f"{field}__isnull": True}) | ~Q(subject=F(field)),
        name=f"case_{field}_is_not_subject",
        violation_error_message=_("Nobody works on a case about themselves."),
    )


class CaseSeries(models.Model):
    """The last number of a year; the row's lock makes numbers follow each other."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Case(models.Model):
    """What the Inspectorate looks into; about a person, or (a report) only about an OPD.

    `score` ranks the queue, the highest first. `revision` counts the steps, so that a page says
    when the case has moved on since it was shown. `round` counts how often it was taken up.
    """

    State = CaseState
    Origin = CaseOrigin
    Outcome = Outcome

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("number"), max_length=24, unique=True)
    year = models.PositiveSmallIntegerField(_("year"))
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cases"
    )
    # `matching.names.person_key` of the subject, when it has two words or more: for kin by name.
    subject_key = models.CharField(max_length=200, blank=True, editable=False)
    opd = models.ForeignKey("people.Opd", models.PROTECT, null=True, related_name="cases")
    origin = models.CharField(_("origin"), max_length=12, choices=CaseOrigin)
    title = models.CharField(_("title"), max_length=200, blank=True)
    state = models.CharField(
        max_length=24, choices=CaseState, default=CaseState.NEW, editable=False
    )
    score = models.PositiveIntegerField(_("score"), default=0)
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    due_on = models.DateField(_("due on"))
    # The limit that gave `due_on`: a later change of the setting does not move it.
    limit = models.ForeignKey("declarations.TimeLimit", models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="held_cases"
    )
    assigned_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    recommendation = models.CharField(
        _("recommendation"), max_length=20, choices=Outcome, blank=True
    )
    recommendation_reasons = models.TextField(blank=True)
    recommended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    recommended_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    decision_reasons = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-score", "-opened_at", "-id"]
        constraints: ClassVar = [
            known_choice("state", CaseState, name="case_state_known"),
            known_choice("origin", CaseOrigin, name="case_origin_known"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=CaseState.OPEN, subject__isnull=False),
                name="case_one_open_a_person",
                violation_error_message=_("This person already has an open case."),
            ),
            models.CheckConstraint(
                condition=Q(recommendation="") | Q(recommendation__in=Outcome.values),
                name="case_recommendation_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome__in=Outcome.values), name="case_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CaseState.FREE, assignee__isnull=True)
                | ~Q(state__in=CaseState.FREE) & Q(assignee__isnull=False),
                name="case_has_assignee_unless_free",
            ),
            all_or_none(
                "recommended_by",
                "recommended_at",
                name="case_recommended_by_and_at",
                message=_("A recommendation has a person and a time, or neither."),
            ),
            all_or_none(
                "decided_by",
                "decided_at",
                name="case_decided_by_and_at",
                message=_("A decision has a person and a time, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("recommended", *CaseState.JUDGED))
                | ~Q(recommendation="")
                & ~Q(recommendation_reasons="")
                & Q(recommended_by__isnull=False),
                name="case_recommended_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CaseState.JUDGED, decided_by__isnull=False)
                & ~Q(outcome="")
                & ~Q(decision_reasons="")
                | ~Q(state__in=CaseState.JUDGED) & Q(decided_by__isnull=True, outcome=""),
                name="case_decision_with_its_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False),
                name="case_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recommended_by")),
                name="case_four_eyes",
                violation_error_message=_("Whoever recommended does not decide."),
            ),
            _not_about("assignee"),
            _not_about("recommended_by"),
            _not_about("decided_by"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-score", "-opened_at", "-id"], name="case_by_score"),
            models.Index(fields=["due_on", "id"], name="case_by_limit"),
            models.Index(fields=["-opened_at", "-id"], name="case_by_age"),
            models.Index(fields=["state", "-score", "-opened_at", "-id"], name="case_queue"),
            models.Index(fields=["assignee", "state", "due_on"], name="case_by_assignee"),
            models.Index(fields=["opd", "year", "state"], name="case_by_opd"),
            # What `icontains` asks for, in the search of the queue.
            GinIndex(
                OpClass(Upper("number"), name="gin_trgm_ops"),
                OpClass(Upper("title"), name="gin_trgm_ops"),
                name="case_by_words",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(CASE_TRANSITIONS)),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
            CONFLICT_FREE,
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("review:case_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in CaseState.OPEN

    @property
    def is_free(self) -> bool:
        return self.state in CaseState.FREE

    @property
    def heading(self) -> str:
        """Whom or what it is about."""
        if self.subject is not None:
            return self.subject.full_name
        return self.title or (self.opd.short_name if self.opd else self.number)


class CaseDecision(models.Model):
    """What was recommended and decided in one round; a reopening adds a round, changes none."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    recommendation = models.CharField(max_length=20, choices=Outcome)
    recommendation_reasons = models.TextField()
    recommended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="case_recommendations"
    )
    recommended_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    reasons = models.TextField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="case_decisions"
    )
    decided_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-round"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round"], name="casedecision_once_a_round"),
            models.CheckConstraint(
                condition=~Q(decided_by=F("recommended_by")), name="casedecision_four_eyes"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-decided_at"], name="casedecision_by_time")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.round}: {self.outcome}"


class CaseNote(models.Model):
    """A remark among inspectors; stays as it was written."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField(_("note"))
    written_at = models.DateTimeField(auto_now_add=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-written_at", "-pk"]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class CaseRequest(models.Model):
    """What the Inspectorate asks: the declarant to clarify, the superior to correct.

    `fields` are the marked places of a signed document, as they read when they were marked:
    [{"key", "document", "number", "section", "label", "value"}]. `answers` is keyed like them.
    """

    Kind = RequestKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=14, choices=RequestKind)
    addressee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="case_requests"
    )
    conflict = models.ForeignKey(
        "declarations.ConflictDeclaration", models.PROTECT, null=True, related_name="+"
    )
    question = models.TextField(_("question"))
    fields = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField(_("answer due on"))
    answers = models.JSONField(default=dict)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    # The day has passed without an answer, or the question was taken back.
    ended_at = models.DateTimeField(null=True)

    objects = CaseRequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            known_choice("kind", RequestKind, name="caserequest_kind_known"),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
                name="caserequest_one_waiting",
                violation_error_message=_("An earlier question still waits for its answer."),
            ),
            models.CheckConstraint(
                condition=~Q(addressee=F("asked_by")), name="caserequest_not_to_oneself"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["addressee", "due_on"],
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
                name="caserequest_waiting",
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
                name="caserequest_due",
            ),
        ]

    def __str__(self) -> str:
        return self.question[:60]

    def get_absolute_url(self) -> str:
        return reverse("review:case_request", args=[self.pk])

    @property
    def answered_places(self) -> list[dict]:
        """The marked places, each with its answer."""
        return [{**item, "answer": self.answers.get(item["key"], "")} for item in self.fields]

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None and self.ended_at is None


class HandoverRecipient(models.Model):
    """Whom a case may be handed over to: BKD, UPG, the police or the prosecutor (APH) …"""

    code = models.CharField(_("code"), max_length=24, unique=True)
    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class CaseHandover(models.Model):
    """The signed letter that hands a case to another body; it carries no sanction."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="handovers")
    round = models.PositiveSmallIntegerField()
    recipient = models.ForeignKey(HandoverRecipient, models.PROTECT, related_name="handovers")
    document = models.OneToOneField(
        "statements.Document", models.PROTECT, related_name="case_handover"
    )
    summary = models.TextField(_("what is handed over"))
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-issued_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "round", "recipient"],
                name="casehandover_once_a_recipient",
                violation_error_message=_("The case was handed over to this body already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.recipient_id}"


class CaseFile(StoredFile):
    """A file of the inspectors, or (`request`) one that came with an answer."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    request = models.ForeignKey(
        CaseRequest, models.PROTECT, null=True, blank=True, related_name="files"
    )

    class Meta(StoredFile.Meta):
        pass
