"""What a person may do beyond their post, and the first way into the account."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice, ordered
from people.models.organisation import Opd
from people.models.persons import User
from people.querysets import RoleGrantQuerySet
from people.roles import GRANTABLE, Role


class RoleGrant(models.Model):
    """A role for a period, given by somebody who has to answer for it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_grants")
    role = models.CharField(
        _("role"), max_length=24, choices=[(role.value, role.label) for role in GRANTABLE]
    )
    opd = models.ForeignKey(Opd, models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    granted_at = models.DateTimeField(auto_now_add=True)
    # Null only for the first administrator of an instance, made on the command line.
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts_on", "-pk"]
        constraints: ClassVar = [
            ordered(
                "starts_on",
                "ends_on",
                name="rolegrant_period_in_order",
                message=_("A role ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in GRANTABLE]),
                name="rolegrant_role_known",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.OPD_OFFICER, opd__isnull=False)
                | ~Q(role=Role.OPD_OFFICER) & Q(opd__isnull=True),
                name="rolegrant_opd_for_officer_only",
                violation_error_message=_("An OPD officer works for one OPD, others for all."),
            ),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                name="rolegrant_not_to_oneself",
                violation_error_message=_("Nobody gives themselves a role."),
            ),
            all_or_none(
                "revoked_at",
                "revoked_by",
                name="rolegrant_revoked_at_and_by",
                message=_("A withdrawal has a time and a person, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} — {self.user}"


class ActivationChannel(models.TextChoices):
    LINK = "link", _("Link by e-mail")
    PRINTED = "printed", _("Printed code")


class ActivationCode(models.Model):
    """The first way in, once: a link by mail or a code that an administrator prints."""

    Channel = ActivationChannel

    user = models.ForeignKey(User, models.CASCADE, related_name="activation_codes")
    channel = models.CharField(max_length=10, choices=ActivationChannel)
    # SHA-256 of a random code (128 bits in a link, 80 on paper): a copy of the table opens no
    # account.
    code_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            known_choice("channel", ActivationChannel, name="activationcode_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_channel_display()})"
