"""Reference data of the risk map that declarations need: sources, scale, areas."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.constraints import known_choice, ordered


class ConflictSource(models.Model):
    """Where a conflict comes from (SumberKonflik); codes stay, words may be edited."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    label_id = models.CharField(_("name in Indonesian"), max_length=120)
    label_en = models.CharField(_("name in English"), max_length=120)
    example_id = models.CharField(_("example in Indonesian"), max_length=400, blank=True)
    example_en = models.CharField(_("example in English"), max_length=400, blank=True)
    # Where other lists have the same thing; null while nobody has confirmed it.
    ref_uu30 = models.CharField(max_length=4, null=True, blank=True)  # noqa: DJ001 -- unknown is not empty
    ref_panrb = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 -- as above
    ref_kpk = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001 -- as above
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.label_en if translation.get_language() == "en" else self.label_id


class ScaleState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class RiskScale(models.Model):
    """A scale of likelihood by impact: 25 cells, bands, words; a map keeps the one it used.

    Once it was in force nothing in it changes; `is_default` is the one for new maps.
    """

    State = ScaleState

    code = models.CharField(_("code"), max_length=20)
    version = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120)
    likelihood_labels = models.JSONField(_("words of likelihood"))
    impact_labels = models.JSONField(_("words of impact"))
    # cells[likelihood - 1][impact - 1] is the magnitude.
    cells = models.JSONField(_("cells"))
    # [{"level", "upto", "label_id", "label_en", "colour", "treat_id", "treat_en"}], ascending.
    bands = models.JSONField(_("bands"))
    is_default = models.BooleanField(_("default"), default=False)
    valid_from = models.DateField(_("valid from"))
    state = models.CharField(
        _("state"), max_length=10, choices=ScaleState, default=ScaleState.DRAFT, editable=False
    )
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    # Version counter against two editors of one draft.
    revision = models.PositiveIntegerField(default=0, editable=False)
    # Null: shipped with the portal.
    created_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["code", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="riskscale_version_once"),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="riskscale_one_default",
                violation_error_message=_("Another scale is the default already."),
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state="draft"),
                name="riskscale_one_draft",
                violation_error_message=_(
                    "This scale already has a draft; edit or discard that one."
                ),
            ),
            known_choice("state", ScaleState, name="riskscale_state_known"),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(state="published"),
                name="riskscale_default_published",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False),
                name="riskscale_published_has_time",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(name="edges", field="state", transitions=[("draft", "published")]),
            pgtrigger.Protect(
                name="content_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'published' AND (OLD.code, OLD.version, OLD.name, OLD.cells,"
                    " OLD.bands, OLD.likelihood_labels, OLD.impact_labels) IS DISTINCT FROM"
                    " (NEW.code, NEW.version, NEW.name, NEW.cells, NEW.bands,"
                    " NEW.likelihood_labels, NEW.impact_labels)"
                ),
            ),
            pgtrigger.Protect(
                name="published_stay",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="published"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    def get_absolute_url(self) -> str:
        return reverse("mapping:scale_detail", args=[self.pk])

    def magnitude(self, likelihood: int, impact: int) -> int:
        """The number in the cell; both from 1 to 5, else ValueError."""
        if not (1 <= likelihood <= 5 and 1 <= impact <= 5):
            raise ValueError("Likelihood and impact go from 1 to 5.")
        return self.cells[likelihood - 1][impact - 1]

    def band(self, magnitude: int) -> dict:
        """The band that holds `magnitude`, the highest for anything above the last."""
        return next((band for band in self.bands if magnitude <= band["upto"]), self.bands[-1])


class RiskAreaTemplate(models.Model):
    """An area of work where conflicts are likely, offered to every OPD that it fits."""

    code = models.CharField(_("code"), max_length=20)
    area = models.CharField(_("area"), max_length=160)
    activity = models.CharField(_("activity"), max_length=200)
    conflict_form = models.CharField(_("form of conflict"), max_length=300)
    source = models.ForeignKey(ConflictSource, models.PROTECT, related_name="+")
    cause = models.CharField(_("cause"), max_length=300)
    officials = models.CharField(_("officials concerned"), max_length=200)
    consequence = models.CharField(_("impact in words"), max_length=300)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    prevention = models.CharField(_("prevention"), max_length=400)
    handling = models.CharField(_("handling"), max_length=400)
    # "SEMUA", or the codes of the OPDs that it fits, as the shipped list writes them.
    target = models.CharField(_("meant for"), max_length=200)
    mcsp_area = models.CharField(_("MCSP area"), max_length=30)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_until__isnull=True),
                name="riskareatemplate_code_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), impact__range=(1, 5)),
                name="riskareatemplate_scale",
                violation_error_message=_("Likelihood and impact go from 1 to 5."),
            ),
            ordered(
                "valid_from",
                "valid_until",
                name="riskareatemplate_period_in_order",
                message=_("An area ends after it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}: {self.activity}"

    @property
    def is_for_all(self) -> bool:
        return self.target == "SEMUA"

    def fits(self, opd_code: str) -> bool:
        """Is this area offered to the OPD with that code?"""
        if self.is_for_all:
            return True
        codes = [code.strip() for code in self.target.replace(";", ",").split(",")]
        return opd_code in codes
