"""Roles are code; who holds one, and when, is data (`RoleGrant`, `Assignment`)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DECLARANT = "declarant", _("Declarant")
    SUPERIOR = "superior", _("Superior")
    OPD_HEAD = "opd_head", _("Head of OPD")
    OPD_OFFICER = "opd_officer", _("OPD officer")
    INSPECTOR = "inspector", _("Inspector")
    CHIEF_INSPECTOR = "chief_inspector", _("Chief inspector")
    HR_ADMINISTRATOR = "hr_administrator", _("HR administrator")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("System administrator")
    AUDITOR = "auditor", _("Read-only auditor")


# Given by a post; the others by a grant.
FROM_POST = frozenset({Role.DECLARANT, Role.SUPERIOR, Role.OPD_HEAD})
GRANTABLE = tuple(role for role in Role if role not in FROM_POST)
# A grant of these is for one OPD; of the others for the whole province.
FOR_ONE_OPD = frozenset({Role.OPD_OFFICER})
SECOND_FACTOR_COMPULSORY = frozenset(
    {
        Role.INSPECTOR,
        Role.CHIEF_INSPECTOR,
        Role.OPD_HEAD,
        Role.HR_ADMINISTRATOR,
        Role.SYSTEM_ADMINISTRATOR,
        Role.AUDITOR,
    }
)
