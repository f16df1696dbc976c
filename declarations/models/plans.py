"""F6 and F7: what is done about a conflict, by when, and whether it worked."""

import datetime
import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice, ordered
from declarations.models.conflicts import ConflictDeclaration
from declarations.models.decisions import SuperiorDecision
from declarations.querysets import ControlPlanQuerySet, ControlTaskQuerySet
from declarations.states import (
    PLAN_TRANSITIONS,
    TASK_TRANSITIONS,
    PlanState,
    TaskState,
    edges,
)


class Effect(models.TextChoices):
    EFFECTIVE = "effective", _("Effective")
    PARTLY = "partly", _("Partly effective")
    NOT = "not", _("Not effective")


class ControlPlan(models.Model):
    """The plan that follows a decision with a conflict; the superior and the person sign."""

    State = PlanState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conflict = models.ForeignKey(ConflictDeclaration, models.PROTECT, related_name="plans")
    decision = models.OneToOneField(SuperiorDecision, models.PROTECT, related_name="plan")
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    form_version = models.ForeignKey("declarations.FormVersion", models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=PlanState, default=PlanState.DRAFT, editable=False
    )
    draft = models.JSONField(default=dict, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    review_on = models.DateField(_("evaluation on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    # The declarant's signature below the superior's.
    agreed_at = models.DateTimeField(null=True, editable=False)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    document = models.OneToOneField(
        "statements.Document", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ControlPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            known_choice("state", PlanState, name="plan_state_known"),
            models.UniqueConstraint(
                fields=["conflict"],
                condition=Q(state__in=["draft", "active"]),
                name="plan_one_running",
                violation_error_message=_("This conflict already has a control plan."),
            ),
            all_or_none(
                "started_at",
                "started_by",
                name="plan_started_at_and_by",
                message=_("A start has a time and a person, or neither."),
            ),
            all_or_none(
                "agreed_at",
                "agreed_by",
                name="plan_agreed_at_and_by",
                message=_("An agreement has a time and a person, or neither."),
            ),
            all_or_none(
                "closed_at",
                "closed_by",
                name="plan_closed_at_and_by",
                message=_("A closing has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "closed"]) | Q(started_at__isnull=False),
                name="plan_active_has_start",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False),
                name="plan_closed_has_time",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(PLAN_TRANSITIONS)),
            pgtrigger.Trigger(
                name="closing_needs_evidence",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="closed", old__state="active"),
                func="""
                    IF EXISTS (SELECT 1 FROM declarations_controltask
                                WHERE plan_id = NEW.id AND state IN ('open', 'done'))
                       OR NOT EXISTS (SELECT 1 FROM declarations_controltask
                                       WHERE plan_id = NEW.id AND state = 'confirmed')
                       OR NOT EXISTS (SELECT 1 FROM declarations_followup
                                       WHERE plan_id = NEW.id) THEN
                        RAISE EXCEPTION
                            'A plan closes with settled tasks, one with evidence, and evaluated.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="started_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__started_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"F6 {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("declarations:plan_detail", args=[self.pk])

    @property
    def number(self) -> str:
        return self.document.number if self.document_id else ""


class ControlTask(models.Model):
    """One thing to do, by one person, until one day, with evidence at the end."""

    State = TaskState
    Effect = Effect

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ControlPlan, models.PROTECT, related_name="tasks")
    measure = models.ForeignKey(
        "declarations.ControlMeasureKind", models.PROTECT, null=True, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    action = models.CharField(_("action"), max_length=400)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="control_tasks"
    )
    due_on = models.DateField(_("due on"))
    expected_evidence = models.CharField(_("evidence of completion"), max_length=300, blank=True)
    state = models.CharField(
        max_length=10, choices=TaskState, default=TaskState.OPEN, editable=False
    )
    evidence_note = models.TextField(_("what was done"), blank=True, editable=False)
    obstacles = models.TextField(_("obstacles"), blank=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    effect = models.CharField(
        _("effect"), max_length=10, choices=Effect, blank=True, editable=False
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    reminded_on = models.DateField(null=True, editable=False)

    objects = ControlTaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "position", "id"]
        constraints: ClassVar = [
            known_choice("state", TaskState, name="task_state_known"),
            models.CheckConstraint(
                condition=Q(effect="") | Q(effect__in=Effect.values), name="task_effect_known"
            ),
            all_or_none(
                "done_at",
                "done_by",
                name="task_done_at_and_by",
                message=_("A report has a time and a person, or neither."),
            ),
            all_or_none(
                "confirmed_at",
                "confirmed_by",
                name="task_confirmed_at_and_by",
                message=_("A confirmation has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "confirmed"])
                | Q(done_at__isnull=False) & ~Q(evidence_note=""),
                name="task_done_has_evidence",
                violation_error_message=_("Say what was done, and add the evidence."),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False) & ~Q(effect=""),
                name="task_confirmed_has_effect",
                violation_error_message=_("Say whether the task had its effect."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "due_on"], condition=Q(state="open"), name="task_open"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(TASK_TRANSITIONS)),
        ]

    def __str__(self) -> str:
        return self.action[:80]

    def get_absolute_url(self) -> str:
        return reverse("declarations:task_detail", args=[self.pk])

    def is_late(self, on: datetime.date) -> bool:
        """Open after its last day; what was reported in time waits for somebody else."""
        return self.state == TaskState.OPEN and self.due_on < on


class FollowUp(models.Model):
    """F7: one evaluation of a running plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ControlPlan, models.PROTECT, related_name="follow_ups")
    form_version = models.ForeignKey(
        "declarations.FormVersion", models.PROTECT, null=True, related_name="+"
    )
    evaluated_on = models.DateField(_("evaluated on"))
    period_from = models.DateField(_("period from"))
    period_until = models.DateField(_("period until"))
    effect = models.CharField(_("effect"), max_length=10, choices=Effect)
    findings = models.TextField(_("findings"))
    recommendation = models.TextField(_("recommendation"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    document = models.OneToOneField(
        "statements.Document", models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-evaluated_on", "-created_at"]
        constraints: ClassVar = [
            known_choice("effect", Effect, name="followup_effect_known"),
            ordered(
                "period_from",
                "period_until",
                name="followup_period_in_order",
                message=_("A period ends after it begins."),
            ),
            models.CheckConstraint(condition=~Q(findings=""), name="followup_has_findings"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"F7 {self.evaluated_on}"


class EvaluationDraft(models.Model):
    """The evaluation (F7) of a running plan as it is being written; the signature removes it."""

    plan = models.OneToOneField(
        ControlPlan, models.PROTECT, primary_key=True, related_name="evaluation_draft"
    )
    form_version = models.ForeignKey("declarations.FormVersion", models.PROTECT, related_name="+")
    draft = models.JSONField(default=dict, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"F7 — {self.plan_id}"

    def get_absolute_url(self) -> str:
        return self.plan.get_absolute_url()

    @property
    def state(self) -> str:
        """A draft as long as its plan runs."""
        return "draft" if self.plan.state == PlanState.ACTIVE else str(self.plan.state)

    def get_state_display(self) -> str:
        return self.plan.get_state_display()
