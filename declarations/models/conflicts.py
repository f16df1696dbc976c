"""F3: the declaration of a conflict, and what follows while the superior decides."""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from common.constraints import all_or_none, known_choice, ordered
from declarations.models.base import Declaration, typed_title
from declarations.models.matters import Matter
from declarations.models.statements import DecisionStatement
from declarations.querysets import ConflictDeclarationQuerySet
from declarations.states import CONFLICT_TRANSITIONS, ConflictState, edges


class ConflictKind(models.TextChoices):
    """Two kinds in PermenPANRB 17/2024; the perceived one is KPK's, behind a setting."""

    ACTUAL = "actual", _("Actual")
    POTENTIAL = "potential", _("Potential")
    PERCEIVED = "perceived", _("Perceived")


class Stage(models.TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    RUNNING = "running", _("Under way")
    DECIDED = "decided", _("Already decided")


class HandlerChangeReason(models.TextChoices):
    FIRST = "first", _("Direct superior")
    OVERDUE = "overdue", _("The limit had passed")
    CONFLICTED = "conflicted", _("The superior is involved")
    VACANT = "vacant", _("The post is vacant")
    MOVED = "moved", _("The superior moved to another post")
    REOPENED = "reopened", _("The case was opened again")
    TAKEN_OVER = "taken_over", _("The Inspectorate took it over")


class ConflictDeclaration(Declaration):
    """A conflict that a person declares to their superior.

    From sending until the decision the declarant is suspended from the matter
    (`Suspension`). `handler` is the superior who has to decide now.
    """

    State = ConflictState
    Kind = ConflictKind
    Stage = Stage

    state = models.CharField(
        max_length=16, choices=ConflictState, default=ConflictState.DRAFT, editable=False
    )
    # The statement that a "yes" turned into this declaration.
    origin = models.OneToOneField(
        DecisionStatement,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="conflict_declaration",
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, editable=False, related_name="conflicts"
    )
    conflict_kind = models.CharField(
        _("kind"), max_length=12, choices=ConflictKind, blank=True, editable=False
    )
    source = models.ForeignKey(
        "mapping.ConflictSource", models.PROTECT, null=True, editable=False, related_name="+"
    )
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, blank=True, editable=False)
    situation = models.TextField(_("situation"), blank=True, editable=False)
    known_since = models.DateField(_("known since"), null=True, editable=False)
    is_confidential = models.BooleanField(_("confidential"), default=False, editable=False)
    answers = models.JSONField(default=dict, editable=False)
    # The risk area as the map described it at the signature, as in the frozen document.
    area_said = models.JSONField(default=dict, editable=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="handled_conflicts",
    )
    handler_since = models.DateTimeField(null=True, editable=False)
    escalation_level = models.PositiveSmallIntegerField(default=0, editable=False)
    due_on = models.DateField(_("decision due on"), null=True, editable=False)
    # The limit that gave `due_on`: a later change of the setting does not move it.
    limit = models.ForeignKey(
        "declarations.TimeLimit", models.PROTECT, null=True, editable=False, related_name="+"
    )
    review_started_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = ConflictDeclarationQuerySet.as_manager()

    class Meta(Declaration.Meta):
        constraints: ClassVar = [
            known_choice("state", ConflictState, name="conflict_state_known"),
            models.CheckConstraint(
                condition=Q(conflict_kind="") | Q(conflict_kind__in=ConflictKind.values),
                name="conflict_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(stage="") | Q(stage__in=Stage.values), name="conflict_stage_known"
            ),
            all_or_none(
                "sent_at",
                "sent_by",
                name="conflict_sent_at_and_by",
                message=_("A signature has a time and a person, or neither."),
            ),
            all_or_none(
                "withdrawn_at",
                "withdrawn_by",
                name="conflict_withdrawn_at_and_by",
                message=_("A withdrawal has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ConflictState.SENT_STATES)
                | Q(
                    sent_at__isnull=False,
                    matter__isnull=False,
                    source__isnull=False,
                    due_on__isnull=False,
                )
                & ~Q(conflict_kind="")
                & ~Q(situation=""),
                name="conflict_sent_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ConflictState.DECIDED) | Q(decided_at__isnull=False),
                name="conflict_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False),
                name="conflict_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(handler__isnull=True) | ~Q(handler=F("declarant")),
                name="conflict_not_handled_by_declarant",
                violation_error_message=_("Nobody decides on their own conflict."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opd", "year", "state"], name="conflict_by_opd"),
            models.Index(fields=["declarant", "-updated_at"], name="conflict_by_declarant"),
            models.Index(
                fields=["handler", "due_on"],
                condition=Q(state__in=ConflictState.AWAITING_DECISION),
                name="conflict_to_decide",
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=ConflictState.AWAITING_DECISION),
                name="conflict_due",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(CONFLICT_TRANSITIONS)),
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"F3 {self.year}"

    def get_absolute_url(self) -> str:
        return address("declarations:conflict_detail", self.pk)

    @property
    def subject_title(self) -> str:
        """What the declaration is about; of a draft as typed so far."""
        return self.matter.title if self.matter_id else typed_title(self.draft)

    @property
    def awaits_decision(self) -> bool:
        return self.state in ConflictState.AWAITING_DECISION


class ConflictParty(models.Model):
    """A party to the matter of a declared conflict."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conflict = models.ForeignKey(ConflictDeclaration, models.CASCADE, related_name="parties")
    row_key = models.UUIDField()
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    npwp = models.CharField("NPWP", max_length=20, blank=True)
    nib = models.CharField("NIB", max_length=20, blank=True)
    role = models.CharField(_("role in the matter"), max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conflict", "row_key"], name="conflictparty_row_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["name_key"], name="conflictparty_by_name")]

    def __str__(self) -> str:
        return self.name


class Suspension(models.Model):
    """The declarant keeps out of the matter until the superior has decided, or for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="suspensions")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="suspensions")
    conflict = models.ForeignKey(ConflictDeclaration, models.PROTECT, related_name="suspensions")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    # The decision found a conflict and took the person off the matter: no end.
    is_lasting = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conflict"],
                condition=Q(ended_at__isnull=True),
                name="suspension_one_running_a_conflict",
            ),
            ordered(
                "started_at",
                "ended_at",
                name="suspension_period_in_order",
                message=_("A suspension ends after it begins."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "matter"],
                condition=Q(ended_at__isnull=True),
                name="suspension_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} × {self.matter_id}"


class DataRequest(models.Model):
    """What the superior asks, once; the clock goes on."""

    conflict = models.OneToOneField(
        ConflictDeclaration, models.PROTECT, related_name="data_request"
    )
    question = models.TextField(_("question"))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_on = models.DateField(_("answer due on"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True)
    # The system lets the review go on without an answer when the day has passed.
    lapsed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""),
                name="datarequest_answered_has_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.question[:60]


class HandlerChange(models.Model):
    """Whose turn it was, and why it passed on."""

    conflict = models.ForeignKey(
        ConflictDeclaration, models.PROTECT, related_name="handler_changes"
    )
    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=12, choices=HandlerChangeReason)
    note = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["changed_at", "pk"]
        constraints: ClassVar = [
            known_choice("reason", HandlerChangeReason, name="handlerchange_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} → {self.to_user_id}"
