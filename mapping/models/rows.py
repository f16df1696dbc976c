"""The rows of a map, the posts they name, and what the reviewer says of them."""

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.constraints import all_or_none, known_choice
from mapping.models.maps import RiskMap
from mapping.models.reference import ConflictSource, RiskAreaTemplate
from mapping.querysets import RiskAreaQuerySet


class McspArea(models.TextChoices):
    """The eight areas of intervention of the KPK's monitoring of prevention (MCSP)."""

    PLANNING = "PERENCANAAN", _("Planning")
    BUDGETING = "PENGANGGARAN", _("Budgeting")
    PROCUREMENT = "PENGADAAN", _("Procurement")
    PUBLIC_SERVICE = "PELAYANAN_PUBLIK", _("Public services")
    STAFF = "MANAJEMEN_ASN", _("Civil service management")
    SUPERVISION = "PENGAWASAN_APIP", _("Internal supervision")
    ASSETS = "MANAJEMEN_BMD", _("Regional assets")
    REVENUE = "OPTIMALISASI_PAJAK", _("Regional taxes")


class ControlEffect(models.TextChoices):
    NONE = "none", _("No control yet")
    WEAK = "weak", _("Weak")
    PARTLY = "partly", _("Partly effective")
    EFFECTIVE = "effective", _("Effective")


class RowStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    DONE = "done", pgettext_lazy("status of a row", "Done")
    STOPPED = "stopped", _("Stopped")


class RiskArea(models.Model):
    """One area of work where a conflict is likely. `row_key` stays the same over the years.

    Magnitude and level are those of the map's own scale, stored, so that an edited scale
    changes no old map.
    """

    Mcsp, Effect, Status = McspArea, ControlEffect, RowStatus

    map = models.ForeignKey(RiskMap, models.PROTECT, related_name="areas")
    row_key = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(_("number"), default=0)
    template = models.ForeignKey(
        RiskAreaTemplate, models.PROTECT, null=True, blank=True, related_name="+"
    )
    area = models.CharField(_("area"), max_length=160)
    activity = models.CharField(_("activity"), max_length=200)
    conflict_form = models.CharField(_("form of conflict"), max_length=300)
    source = models.ForeignKey(
        ConflictSource, models.PROTECT, related_name="+", verbose_name=_("source of the conflict")
    )
    cause = models.CharField(_("cause"), max_length=300)
    posts = models.ManyToManyField(
        "people.Post",
        through="mapping.RiskAreaPost",
        related_name="risk_areas",
        verbose_name=_("posts concerned"),
        blank=True,
    )
    officials = models.CharField(_("officials concerned"), max_length=300, blank=True)
    other_parties = models.CharField(_("other parties concerned"), max_length=300, blank=True)
    consequence = models.CharField(_("impact in words"), max_length=300)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    magnitude = models.PositiveSmallIntegerField(_("magnitude"), editable=False)
    level = models.CharField(_("level"), max_length=20, editable=False)
    existing_control = models.CharField(_("existing control"), max_length=400, blank=True)
    control_effect = models.CharField(
        _("effect of the control"),
        max_length=10,
        choices=ControlEffect,
        default=ControlEffect.NONE,
    )
    residual_likelihood = models.PositiveSmallIntegerField(
        _("residual likelihood"), null=True, blank=True
    )
    residual_impact = models.PositiveSmallIntegerField(_("residual impact"), null=True, blank=True)
    residual_magnitude = models.PositiveSmallIntegerField(
        _("residual magnitude"), null=True, editable=False
    )
    residual_level = models.CharField(
        _("residual level"), max_length=20, blank=True, editable=False
    )
    prevention = models.CharField(_("prevention"), max_length=400)
    handling = models.CharField(_("handling"), max_length=400)
    # A post, not a person: who holds it answers, also after a transfer.
    owner_post = models.ForeignKey(
        "people.Post", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("person in charge"),
    )  # fmt: skip
    due_on = models.DateField(_("due on"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=RowStatus, default=RowStatus.PLANNED
    )
    status_note = models.CharField(_("note"), max_length=300, blank=True)
    mcsp_area = models.CharField(_("MCSP area"), max_length=20, choices=McspArea)
    revision = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = RiskAreaQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["map", "row_key"], name="riskarea_key_once_a_map"),
            models.UniqueConstraint(
                fields=["map", "area", "activity", "conflict_form"],
                name="riskarea_words_once_a_map",
                violation_error_message=_(
                    "The map already has a row with this area, activity and form of conflict."
                ),
            ),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5)),
                name="riskarea_scale",
                violation_error_message=_("Likelihood and impact go from 1 to 5."),
            ),
            all_or_none(
                "residual_likelihood",
                "residual_impact",
                "residual_magnitude",
                name="riskarea_residual_whole",
                message=_("Residual likelihood and impact are given together."),
            ),
            models.CheckConstraint(
                condition=Q(residual_likelihood__isnull=True)
                | Q(residual_likelihood__range=(1, 5), residual_impact__range=(1, 5)),
                name="riskarea_residual_scale",
                violation_error_message=_("Likelihood and impact go from 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(residual_likelihood__isnull=True, residual_level="")
                | Q(residual_likelihood__isnull=False) & ~Q(residual_level=""),
                name="riskarea_residual_level",
            ),
            models.CheckConstraint(
                condition=~Q(area="") & ~Q(activity="") & ~Q(conflict_form="") & ~Q(cause=""),
                name="riskarea_words_given",
                violation_error_message=_("Area, activity, form of conflict and cause are given."),
            ),
            known_choice("mcsp_area", McspArea, name="riskarea_mcsp_known"),
            known_choice("control_effect", ControlEffect, name="riskarea_effect_known"),
            known_choice("status", RowStatus, name="riskarea_status_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["row_key"], name="riskarea_by_key")]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="still",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("changed", "bigint"), ("state_now", "text")],
                func="""
                    IF TG_OP = 'DELETE' THEN changed := OLD.map_id;
                    ELSE changed := NEW.map_id;
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.map_id <> NEW.map_id THEN
                        RAISE EXCEPTION 'the rows of a map stand still once it is signed';
                    END IF;
                    SELECT state INTO state_now FROM mapping_riskmap WHERE id = changed;
                    IF state_now NOT IN ('draft', 'returned') THEN
                        RAISE EXCEPTION 'the rows of a map stand still once it is signed';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.activity}"[:300]

    def get_absolute_url(self) -> str:
        return reverse("mapping:area_detail", args=[self.pk])

    @property
    def code(self) -> str:
        """The code of the library's template; rows of one's own have their number."""
        return self.template.code if self.template_id and self.template else f"#{self.position}"

    @property
    def current_magnitude(self) -> int:
        """What is left after the control, where that was judged."""
        return self.magnitude if self.residual_magnitude is None else self.residual_magnitude

    @property
    def current_level(self) -> str:
        return self.residual_level or self.level

    @property
    def movement(self) -> int:
        """By how much the control lowers the magnitude (negative), or raises it."""
        return self.current_magnitude - self.magnitude

    @property
    def movement_size(self) -> int:
        return abs(self.movement)

    @property
    def is_high(self) -> bool:
        return self.current_level in ("TINGGI", "SANGAT_TINGGI")

    def words_of_level(self, level: str) -> str:
        return level_words(self.map.scale, level)


def level_words(scale: Any, level: str, language: str | None = None) -> str:
    """The name of a level on that scale, in the reader's language unless another is asked."""
    language = language or ("en" if translation.get_language() == "en" else "id")
    for band in scale.bands:
        if band["level"] == level:
            return band[f"label_{language}"]
    return level


class RiskAreaPost(models.Model):
    """A post that a row names; only posts of the map's own OPD."""

    area = models.ForeignKey(RiskArea, models.CASCADE, related_name="named_posts")
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "post"], name="riskareapost_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="own_opd_and_still",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("changed", "bigint"), ("state_now", "text"), ("map_opd", "bigint")],
                func="""
                    IF TG_OP = 'DELETE' THEN changed := OLD.area_id;
                    ELSE changed := NEW.area_id;
                    END IF;
                    SELECT m.state, m.opd_id INTO state_now, map_opd FROM mapping_riskmap m
                        JOIN mapping_riskarea a ON a.map_id = m.id WHERE a.id = changed;
                    IF state_now NOT IN ('draft', 'returned') THEN
                        RAISE EXCEPTION 'the rows of a map stand still once it is signed';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM people_post WHERE id = NEW.post_id AND opd_id = map_opd
                    ) THEN
                        RAISE EXCEPTION 'a row names only posts of its own OPD';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.post)


class RowComment(models.Model):
    """What the reviewer says of a row; the OPD settles it before it signs again."""

    area = models.ForeignKey(RiskArea, models.CASCADE, related_name="comments")
    text = models.CharField(_("comment"), max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="rowcomment_has_text"),
            all_or_none(
                "settled_at",
                "settled_by",
                name="rowcomment_settled_at_and_by",
                message=_("A comment is settled at a time by a person, or not at all."),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
