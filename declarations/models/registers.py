"""F1: the register of a person's private interests."""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from common.addresses import address
from common.constraints import all_or_none, known_choice, ordered
from declarations.models.base import Declaration
from declarations.querysets import InterestQuerySet, InterestRegisterQuerySet
from declarations.states import REGISTER_TRANSITIONS, RegisterState, edges


class Occasion(models.TextChoices):
    APPOINTMENT = "appointment", _("Appointment or transfer")
    YEARLY = "yearly", _("Yearly")
    CHANGE = "change", _("Change of interests")


class InterestRegister(Declaration):
    """Everything a person declares for one year; a change or correction is a new version."""

    State = RegisterState
    Occasion = Occasion

    state = models.CharField(
        max_length=12, choices=RegisterState, default=RegisterState.DRAFT, editable=False
    )
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion)
    due_on = models.DateField(_("due on"))
    is_nil = models.BooleanField(_("nothing to declare"), default=False, editable=False)
    # The accepted register that the rows came back from: what delta signing compares with.
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="successors"
    )
    is_unchanged = models.BooleanField(default=False, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = InterestRegisterQuerySet.as_manager()

    class Meta(Declaration.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declarant"],
                condition=Q(state__in=["draft", "returned"]),
                name="register_one_open",
                violation_error_message=_("You already have an open register of interests."),
            ),
            models.UniqueConstraint(
                fields=["declarant"],
                condition=Q(state="accepted"),
                name="register_one_in_force",
                violation_error_message=_("Another register is in force."),
            ),
            known_choice("state", RegisterState, name="register_state_known"),
            known_choice("occasion", Occasion, name="register_occasion_known"),
            all_or_none(
                "sent_at",
                "sent_by",
                name="register_sent_at_and_by",
                message=_("A signature has a time and a person, or neither."),
            ),
            all_or_none(
                "checked_at",
                "checked_by",
                name="register_checked_at_and_by",
                message=_("A check has a time and a person, or neither."),
            ),
            all_or_none(
                "acknowledged_at",
                "acknowledged_by",
                name="register_acknowledged_at_and_by",
                message=_("An acknowledgement has a time and a person, or neither."),
            ),
            all_or_none(
                "withdrawn_at",
                "withdrawn_by",
                name="register_withdrawn_at_and_by",
                message=_("A withdrawal has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=RegisterState.SIGNED) | Q(sent_at__isnull=False),
                name="register_signed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "renewed", "expired"])
                | Q(checked_at__isnull=False),
                name="register_accepted_has_check",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=models.F("declarant")),
                name="register_not_checked_by_declarant",
                violation_error_message=_("Nobody checks their own register."),
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True)
                | ~Q(acknowledged_by=models.F("declarant")),
                name="register_not_acknowledged_by_declarant",
                violation_error_message=_("Nobody acknowledges their own register."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opd", "year", "state"], name="register_by_opd"),
            models.Index(fields=["declarant", "-year"], name="register_by_declarant"),
            models.Index(
                fields=["opd", "sent_at"], condition=Q(state="sent"), name="register_to_check"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(REGISTER_TRANSITIONS)),
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"F1 {self.year}"

    @property
    def label(self) -> str:
        """The number; the year for one from before the portal, which has no document."""
        return self.number or pgettext("register", "of %(year)s") % {"year": self.year}

    def get_absolute_url(self) -> str:
        return address("declarations:register_detail", self.pk)


class SectionReturn(models.Model):
    """One section that the OPD officer sent back, with what is missing in it."""

    register = models.ForeignKey(InterestRegister, models.CASCADE, related_name="returns")
    section = models.CharField(max_length=40)
    comment = models.CharField(_("what is missing"), max_length=500)
    round = models.PositiveSmallIntegerField(default=1)
    returned_at = models.DateTimeField(auto_now_add=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["round", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["register", "section", "round"], name="sectionreturn_once_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.comment}"


class Interest(models.Model):
    """One declared interest: a company, a relative, an outside job, a gift, an asset …

    The columns are what is searched, matched and counted; `answers` is what is only read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    register = models.ForeignKey(InterestRegister, models.CASCADE, related_name="interests")
    # Stays the same from version to version: how a difference is told row by row.
    row_key = models.UUIDField()
    section = models.CharField(_("section"), max_length=40)
    source = models.ForeignKey("mapping.ConflictSource", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    # The person of a family row; the company, body, giver or thing of the others.
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    is_person = models.BooleanField(default=False, editable=False)
    # Family: who they are to the declarant, and the colleague, when they are one.
    relation = models.CharField(_("relation"), max_length=24, blank=True)
    relative = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The employer of a relative, the employer of an outside job.
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    organisation_key = models.CharField(max_length=200, blank=True, editable=False)
    role = models.CharField(_("role"), max_length=120, blank=True)
    share_percent = models.DecimalField(
        _("share (%)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    identifier = models.CharField(_("NIB or NPWP"), max_length=40, blank=True)
    is_related_to_government = models.BooleanField(
        _("deals with the provincial government"), null=True
    )
    started_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    answers = models.JSONField(default=dict)

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["section", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["register", "row_key"], name="interest_row_once"),
            models.CheckConstraint(
                condition=Q(share_percent__isnull=True) | Q(share_percent__range=(0, 100)),
                name="interest_share_is_percent",
                violation_error_message=_("A share is from 0 to 100 percent."),
            ),
            ordered(
                "started_on",
                "ended_on",
                name="interest_period_in_order",
                message=_("An interest ends after it begins."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="interest_has_name"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name_key"], name="interest_by_name"),
            models.Index(
                fields=["organisation_key"],
                condition=~Q(organisation_key=""),
                name="interest_by_organisation",
            ),
            models.Index(
                fields=["relative"], condition=Q(relative__isnull=False), name="interest_relative"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="only_while_draft",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("parent_state", "text")],
                func="""
                    SELECT state INTO parent_state FROM declarations_interestregister
                     WHERE id = COALESCE(NEW.register_id, OLD.register_id);
                    IF parent_state IS NOT NULL AND parent_state <> 'draft' THEN
                        RAISE EXCEPTION 'The rows of a signed register stay as they are.';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name
