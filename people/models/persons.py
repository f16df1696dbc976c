"""Who a person is: one row a person, whatever number they carry today."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

import rules
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from common.constraints import known_choice
from people import nip as nip_module
from people.querysets import UserManager
from people.roles import Role
from people.standing import Standing


class Employment(models.TextChoices):
    PNS = "pns", _("PNS")
    PPPK = "pppk", _("PPPK")
    OFFICIAL = "official", _("State official")


class User(AbstractBaseUser):
    """A civil servant with an account.

    The key is ours, because the NIP of a PPPK may change with the contract. Roles come
    from posts and grants; there is no superuser, and nobody stands above the policies.
    """

    Employment = Employment

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    nip = models.CharField(
        _("NIP"),
        max_length=18,
        unique=True,
        validators=[nip_module.validate],
        error_messages={"unique": _("Somebody else has this NIP.")},
    )
    name = models.CharField(_("name without titles"), max_length=150)
    title_before = models.CharField(_("titles before the name"), max_length=60, blank=True)
    title_after = models.CharField(_("titles after the name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    employment = models.CharField(_("employment"), max_length=10, choices=Employment)
    grade = models.CharField(_("grade"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    language = models.CharField(_("language"), max_length=5, default="id")

    USERNAME_FIELD = "nip"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name", "employment"]

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(nip__regex=r"^[0-9]{18}$"),
                name="user_nip_is_18_digits",
                violation_error_message=_("A NIP has 18 digits."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="user_has_name",
                violation_error_message=_("A person has a name."),
            ),
            known_choice("employment", Employment, name="user_employment_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name", "id"], name="user_by_name"),
            # What `icontains` asks for: a part of the name in any spelling.
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="user_by_part_of_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """The name as it is printed: `Dr. H. Ahmad Fauzi, S.H., M.Si.`"""
        name = f"{self.title_before} {self.name}".strip()
        return f"{name}, {self.title_after}" if self.title_after else name

    @property
    def nip_display(self) -> str:
        return nip_module.display(self.nip)

    @cached_property
    def standing(self) -> Standing:
        """Posts and roles as of today; asked of the database once an instance (a request)."""
        return Standing.of(self)

    @property
    def roles(self) -> frozenset[str]:
        return self.standing.roles

    def has_role(self, role: Role | str, opd: Any = None) -> bool:
        """Holds `role` today; with `opd`, for that OPD (a province-wide role counts)."""
        return self.is_active and self.standing.has_role(role, opd)

    def has_any_role(self, *roles: Role) -> bool:
        return any(self.has_role(role) for role in roles)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """The policies decide, for everybody alike."""
        return self.is_active and rules.has_perm(perm, self, obj)

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def get_absolute_url(self) -> str:
        return address("people:detail", self.pk)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.name


class NipChange(models.Model):
    """A number that a person carried before; login by it is not possible any more."""

    user = models.ForeignKey(User, models.PROTECT, related_name="nip_changes")
    old_nip = models.CharField(max_length=18, db_index=True)
    new_nip = models.CharField(max_length=18)
    reason = models.CharField(_("reason"), max_length=200)
    changed_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.old_nip} → {self.new_nip}"
