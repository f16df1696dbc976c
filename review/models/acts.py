"""What was signed elsewhere: decrees (SK) and contracts, as an OPD's own register lists them.

A control plan keeps a person out of a matter and its parties; these rows show whether it did
(`review.rules.recusals`). Nothing here is decided in the portal.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice
from review.act_querysets import RegisteredActQuerySet


class ActKind(models.TextChoices):
    DECREE = "sk", _("Decree (SK)")
    CONTRACT = "kontrak", _("Contract")


class ActFile(models.Model):
    """One file that was taken in, whole; the rows name the last one that told of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class RegisteredAct(models.Model):
    """A decree or a contract: who signed it, when, about what, with whom."""

    Kind = ActKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ActFile, models.PROTECT, related_name="acts")
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+", verbose_name="OPD")
    kind = models.CharField(_("kind"), max_length=8, choices=ActKind)
    number = models.CharField(_("number"), max_length=120)
    # As those of a matter (`declarations.services.matters.key_of`).
    number_key = models.CharField(max_length=120, editable=False)
    title = models.CharField(_("title"), max_length=300)
    title_key = models.CharField(max_length=300, editable=False)
    signed_on = models.DateField(_("signed on"))
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signatory")
    )
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    removed_because = models.CharField(_("reason"), max_length=300, blank=True, editable=False)

    objects = RegisteredActQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-signed_on", "-id"]
        constraints: ClassVar = [
            known_choice("kind", ActKind, name="registeredact_kind_known"),
            models.UniqueConstraint(
                fields=["opd", "kind", "number_key"], name="registeredact_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(number_key="") & ~Q(title=""), name="registeredact_is_named"
            ),
            all_or_none(
                "removed_at",
                "removed_by",
                name="registeredact_removed_at_and_by",
                message=_("A removal has a time and a person, or neither."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-signed_on", "-id"], name="registeredact_newest"),
            models.Index(fields=["signatory", "signed_on"], name="registeredact_by_signatory"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("review:act_detail", args=[self.pk])


class ActParty(models.Model):
    """Whom it was signed with or about; `identifier` is an NPWP or NIB, digits alone."""

    act = models.ForeignKey(RegisteredAct, models.CASCADE, related_name="parties")
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    identifier = models.CharField("NPWP/NIB", max_length=20, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["act", "name_key"], name="actparty_once"),
            models.CheckConstraint(condition=~Q(name_key=""), name="actparty_has_name"),
        ]
        indexes: ClassVar = [models.Index(fields=["name_key"], name="actparty_by_name")]

    def __str__(self) -> str:
        return self.name
