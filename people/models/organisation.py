"""The regional agencies (OPD), their posts, and the days on which nobody works."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import known_choice, ordered
from people.querysets import OpdQuerySet, PostQuerySet


class OpdKind(models.TextChoices):
    REGIONAL_SECRETARIAT = "SEKRETARIAT_DAERAH", _("Regional secretariat")
    BUREAU = "BIRO", _("Bureau")
    COUNCIL_SECRETARIAT = "SEKRETARIAT_DPRD", _("Council secretariat")
    INSPECTORATE = "INSPEKTORAT", _("Inspectorate")
    DEPARTMENT = "DINAS", _("Department")
    CIVIL_SERVICE_POLICE = "SATPOL_PP", _("Civil service police")
    AGENCY = "BADAN", _("Agency")
    HOSPITAL = "RSUD", _("Hospital")


class Opd(models.Model):
    """A regional agency (organisasi perangkat daerah), as long as it exists.

    Agencies merge and split: a closed one keeps its rows and names its successor, so that
    a document of last year still says which agency it came from.
    """

    Kind = OpdKind

    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=20, choices=OpdKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors"
    )

    objects = OpdQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_until__isnull=True),
                name="opd_code_once_in_force",
                violation_error_message=_("Another OPD in force has this code."),
            ),
            ordered(
                "valid_from",
                "valid_until",
                name="opd_period_in_order",
                message=_("An OPD ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(valid_until__isnull=False),
                name="opd_successor_needs_end",
                violation_error_message=_("An OPD with a successor has an end date."),
            ),
            models.CheckConstraint(
                condition=~Q(successor=F("id")),
                name="opd_not_its_own_successor",
                violation_error_message=_("An OPD is not its own successor."),
            ),
            known_choice("kind", OpdKind, name="opd_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:opd_detail", args=[self.pk])


class PostLevel(models.TextChoices):
    POLITICAL = "political", _("Governor and deputy")
    TOP_MIDDLE = "jpt_madya", _("JPT Madya")
    TOP_FIRST = "jpt_pratama", _("JPT Pratama")
    ADMINISTRATOR = "administrator", _("Administrator")
    SUPERVISOR = "pengawas", _("Pengawas")
    FUNCTIONAL = "fungsional", _("Fungsional")
    STAFF = "pelaksana", _("Pelaksana")


class Post(models.Model):
    """A post (jabatan) in an OPD; its holder's superior is the holder of `superior`."""

    Level = PostLevel

    opd = models.ForeignKey(Opd, models.PROTECT, related_name="posts")
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    unit = models.CharField(_("unit"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=20, choices=PostLevel)
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates"
    )
    is_opd_head = models.BooleanField(_("head of the OPD"), default=False)
    is_single_seat = models.BooleanField(_("held by one person"), default=True)
    is_obliged = models.BooleanField(_("obliged to declare"), default=False)
    obliged_because = models.CharField(_("why obliged"), max_length=200, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["opd", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["opd", "code"],
                name="post_code_once_an_opd",
                violation_error_message=_("This OPD already has a post with this code."),
            ),
            models.UniqueConstraint(
                fields=["opd"],
                condition=Q(is_opd_head=True, valid_until__isnull=True),
                name="post_one_head_an_opd",
                violation_error_message=_("This OPD already has a head."),
            ),
            models.CheckConstraint(
                condition=~Q(superior=F("id")),
                name="post_not_its_own_superior",
                violation_error_message=_("A post is not its own superior."),
            ),
            models.CheckConstraint(
                condition=Q(is_obliged=False) | ~Q(obliged_because=""),
                name="post_obliged_has_reason",
                violation_error_message=_("Say why this post is obliged to declare."),
            ),
            ordered(
                "valid_from",
                "valid_until",
                name="post_period_in_order",
                message=_("A post ends after it begins."),
            ),
            known_choice("level", PostLevel, name="post_level_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("people:post_detail", args=[self.pk])


class HolidayKind(models.TextChoices):
    NATIONAL = "national", _("National holiday")
    COLLECTIVE_LEAVE = "collective_leave", _("Collective leave")


class Holiday(models.Model):
    """A weekday on which the government does not work."""

    Kind = HolidayKind

    on = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=20, choices=HolidayKind, default=HolidayKind.NATIONAL
    )
    is_confirmed = models.BooleanField(_("confirmed by decree"), default=False)

    class Meta:
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [known_choice("kind", HolidayKind, name="holiday_kind_known")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
