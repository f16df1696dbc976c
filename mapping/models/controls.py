"""What is done so that a risk becomes smaller: by whom, until when, with what effect."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.attachments import StoredFile
from common.constraints import all_or_none, known_choice
from mapping.querysets import ControlQuerySet
from mapping.states import CONTROL_TRANSITIONS, ControlState, edges


class Effect(models.TextChoices):
    EFFECTIVE = "effective", _("Effective")
    PARTLY = "partly", _("Partly effective")
    NOT = "not", _("Not effective")


class Control(models.Model):
    """A control of one area of an OPD, whatever year: it hangs on `row_key`, not on a version.

    So it is seen wherever its area is seen, and a map that is signed does not stop the work.
    """

    State, Effect = ControlState, Effect

    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="risk_controls")
    row_key = models.UUIDField(editable=False)
    # The words of the area when the control was made, for lists and notices.
    area_words = models.CharField(max_length=300, editable=False)
    title = models.CharField(_("control"), max_length=300)
    owner_post = models.ForeignKey(
        "people.Post", models.PROTECT, related_name="+", verbose_name=_("person in charge")
    )
    due_on = models.DateField(_("due on"))
    state = models.CharField(
        _("state"), max_length=10, choices=ControlState, default=ControlState.PLANNED,
        editable=False,
    )  # fmt: skip
    evidence = models.CharField(_("evidence"), max_length=1000, blank=True)
    effect = models.CharField(_("effect"), max_length=10, choices=Effect, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = ControlQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            known_choice("state", ControlState, name="control_state_known"),
            models.CheckConstraint(
                condition=Q(effect="") | Q(effect__in=Effect.values), name="control_effect_known"
            ),
            all_or_none(
                "done_at",
                "done_by",
                name="control_done_at_and_by",
                message=_("A report has a time and a person, or neither."),
            ),
            all_or_none(
                "confirmed_at",
                "confirmed_by",
                name="control_confirmed_at_and_by",
                message=_("A confirmation has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "confirmed"]) | Q(done_at__isnull=False),
                name="control_done_has_report",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False) & ~Q(effect=""),
                name="control_confirmed_has_effect",
                violation_error_message=_("Say how well the control works."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["opd", "row_key"], name="control_of_area"),
            models.Index(fields=["due_on"], condition=Q(state="planned"), name="control_due"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=edges(CONTROL_TRANSITIONS)),
            pgtrigger.Trigger(
                name="done_needs_evidence",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "NEW.state IN ('done', 'confirmed') AND NEW.evidence = ''"
                ),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM mapping_controlfile
                                   WHERE control_id = NEW.id AND removed_at IS NULL) THEN
                        RAISE EXCEPTION 'a control is done when words or a file show it';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("mapping:control_detail", args=[self.pk])


class ControlFile(StoredFile):
    """Evidence of a control as a file; it moves only while the control is planned."""

    control = models.ForeignKey(Control, models.PROTECT, related_name="files")

    class Meta(StoredFile.Meta):
        triggers: ClassVar = [
            pgtrigger.Protect(name="rows_stay", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="still",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM mapping_control
                                   WHERE id = NEW.control_id AND state = 'planned') THEN
                        RAISE EXCEPTION 'evidence stands still once a control is reported';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
