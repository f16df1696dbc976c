"""F5: what the superior found, and which measures control the conflict."""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from common.constraints import all_or_none, known_choice, ordered
from declarations.models.conflicts import ConflictDeclaration
from declarations.querysets import SuperiorDecisionQuerySet
from declarations.states import DECISION_TRANSITIONS, DecisionState, edges


class Finding(models.TextChoices):
    CONFLICT = "conflict", _("There is a conflict")
    NO_CONFLICT = "no_conflict", _("There is no conflict")


class SuperiorDecision(models.Model):
    """The decision of the superior who handles a declared conflict."""

    State = DecisionState
    Finding = Finding

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conflict = models.ForeignKey(ConflictDeclaration, models.PROTECT, related_name="decisions")
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="superior_decisions"
    )
    decider_post = models.ForeignKey("people.Post", models.PROTECT, null=True, related_name="+")
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    form_version = models.ForeignKey("declarations.FormVersion", models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12, choices=DecisionState, default=DecisionState.DRAFT, editable=False
    )
    draft = models.JSONField(default=dict, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    finding = models.CharField(_("finding"), max_length=12, choices=Finding, blank=True)
    truth_analysis = models.TextField(_("truth of the situation"), blank=True)
    impact_analysis = models.TextField(_("possible impact"), blank=True)
    scale = models.ForeignKey("mapping.RiskScale", models.PROTECT, null=True, related_name="+")
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    magnitude = models.PositiveSmallIntegerField(_("magnitude"), null=True, blank=True)
    level = models.CharField(_("level"), max_length=20, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    signed_at = models.DateTimeField(null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    document = models.OneToOneField(
        "statements.Document", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = SuperiorDecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            known_choice("state", DecisionState, name="decision_state_known"),
            models.UniqueConstraint(
                fields=["conflict"],
                condition=Q(state="draft"),
                name="decision_one_draft",
                violation_error_message=_("A decision on this conflict is being written."),
            ),
            models.UniqueConstraint(
                fields=["conflict"],
                condition=Q(state="signed"),
                name="decision_one_in_force",
                violation_error_message=_("This conflict has been decided already."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "superseded"])
                | Q(signed_at__isnull=False, finding__in=Finding.values)
                & ~Q(truth_analysis="")
                & ~Q(impact_analysis="")
                & ~Q(reasons=""),
                name="decision_signed_is_complete",
                violation_error_message=_(
                    "A decision says what is true, what the impact is, and why."
                ),
            ),
            all_or_none(
                "signed_at",
                "signed_by",
                name="decision_signed_at_and_by",
                message=_("A signature has a time and a person, or neither."),
            ),
            all_or_none(
                "likelihood",
                "impact",
                "magnitude",
                name="decision_risk_whole",
                message=_("Likelihood and impact come together."),
            ),
            models.CheckConstraint(
                condition=Q(likelihood__isnull=True)
                | Q(likelihood__range=(1, 5), impact__range=(1, 5)),
                name="decision_risk_in_scale",
                violation_error_message=_("Likelihood and impact go from 1 to 5."),
            ),
            ordered(
                "valid_from",
                "valid_until",
                name="decision_period_in_order",
                message=_("A decision ends after it begins."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["decider", "-created_at"], name="decision_by_decider"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(DECISION_TRANSITIONS)),
            pgtrigger.Trigger(
                name="nobody_decides_on_themselves",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM declarations_conflictdeclaration
                                WHERE id = NEW.conflict_id AND declarant_id = NEW.decider_id) THEN
                        RAISE EXCEPTION 'Nobody decides on their own conflict.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"F5 {self.year}"

    def get_absolute_url(self) -> str:
        return address("declarations:decision_detail", self.pk)

    @property
    def number(self) -> str:
        return self.document.number if self.document_id else ""


class ChosenMeasure(models.Model):
    """One control measure of a decision, with the official who steps in where needed."""

    decision = models.ForeignKey(SuperiorDecision, models.CASCADE, related_name="measures")
    kind = models.ForeignKey("declarations.ControlMeasureKind", models.PROTECT, related_name="+")
    replacement = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "kind"], name="chosenmeasure_once"),
        ]

    def __str__(self) -> str:
        return str(self.kind)
