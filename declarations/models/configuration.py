"""Forms, lists and limits: versioned data, edited by an administrator."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.constraints import known_choice


class FormCode(models.TextChoices):
    F1 = "F1", _("Register of interests")
    F2 = "F2", _("Statement before a decision")
    F3 = "F3", _("Declaration of conflict")
    F4 = "F4", _("Report from others")
    F5 = "F5", _("Superior's decision")
    F6 = "F6", _("Control plan")
    F7 = "F7", _("Follow-up")


class FormVersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("In use")
    RETIRED = "retired", _("Replaced")


class FormVersion(models.Model):
    """Questions, texts and legal basis of a form; never changed once it was published."""

    Code = FormCode
    State = FormVersionState

    code = models.CharField(_("form"), max_length=4, choices=FormCode)
    version = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"))
    state = models.CharField(max_length=10, choices=FormVersionState, default="draft")
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    # Null with a time: shipped with the portal, published by nobody in person.
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    # Version counter against two editors of one draft.
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["code", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="formversion_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state="published"),
                name="formversion_one_in_use",
                violation_error_message=_("Another version of this form is in use."),
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state="draft"),
                name="formversion_one_draft",
                violation_error_message=_("This form already has a draft version."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False),
                name="formversion_published_has_time",
            ),
            known_choice("code", FormCode, name="formversion_code_known"),
            known_choice("state", FormVersionState, name="formversion_state_known"),
        ]
        triggers: ClassVar = [
            pgtrigger.FSM(
                name="edges",
                field="state",
                transitions=[("draft", "published"), ("published", "retired")],
            ),
            pgtrigger.Protect(
                name="content_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["published", "retired"])
                & pgtrigger.Q(old__content__df=pgtrigger.F("new__content")),
            ),
            pgtrigger.Protect(
                name="used_versions_stay",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state__in=["published", "retired"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class _Labelled(models.Model):
    """A list entry with a code that stays and words that may be edited."""

    code = models.CharField(_("code"), max_length=24, unique=True)
    label_id = models.CharField(_("name in Indonesian"), max_length=160)
    label_en = models.CharField(_("name in English"), max_length=160)
    hint_id = models.CharField(_("explanation in Indonesian"), max_length=400, blank=True)
    hint_en = models.CharField(_("explanation in English"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.label_en if translation.get_language() == "en" else self.label_id

    @property
    def hint(self) -> str:
        return self.hint_en if translation.get_language() == "en" else self.hint_id


class DecisionKind(_Labelled):
    """What is decided: a procurement package, a permit, a selection, a grant …"""


class ControlMeasureKind(_Labelled):
    """A way of controlling a conflict (BentukPengendalian)."""

    needs_replacement = models.BooleanField(_("needs a replacement official"), default=False)
    # "continue" measures are possible without a conflict; the others answer a conflict.
    allows_continuing = models.BooleanField(_("the person goes on"), default=False)


class TimeLimit(models.Model):
    """A limit in force from a day on; a decision keeps the one it was made under."""

    class Unit(models.TextChoices):
        WORKING_DAYS = "working_days", _("working days")
        DAYS = "days", _("days")
        MONTHS = "months", _("months")
        YEARS = "years", _("years")
        HOURS = "hours", _("hours")

    key = models.CharField(_("key"), max_length=40)
    value = models.PositiveSmallIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=14, choices=Unit)
    label_id = models.CharField(_("name in Indonesian"), max_length=200)
    label_en = models.CharField(_("name in English"), max_length=200)
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    is_verified = models.BooleanField(_("basis confirmed"), default=False)
    valid_from = models.DateField(_("valid from"))
    reason = models.CharField(_("reason of the change"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["key", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "valid_from"],
                name="timelimit_once_a_day",
                violation_error_message=_("This limit already has a value from that day."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=1000),
                name="timelimit_value_in_range",
                violation_error_message=_("A limit is from 1 to 1000."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value} {self.get_unit_display()}"

    @property
    def in_words(self) -> Promise:
        """In the language of whoever reads it."""
        return format_lazy("{} {}", self.value, self.Unit(self.unit).label)
