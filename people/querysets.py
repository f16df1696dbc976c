"""Filters over people and posts: adjectives, with the day as an argument."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

from people import nip as nip_module

if TYPE_CHECKING:
    from people.models import User


def _in_force(start: str, end: str, on: datetime.date) -> Q:
    return Q(**{f"{start}__lte": on}) & (
        Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": on})
    )


class OpdQuerySet(models.QuerySet):
    def in_force(self, *, on: datetime.date) -> Self:
        return self.filter(_in_force("valid_from", "valid_until", on))


class PostQuerySet(models.QuerySet):
    def in_force(self, *, on: datetime.date) -> Self:
        return self.filter(_in_force("valid_from", "valid_until", on))

    def obliged(self) -> Self:
        return self.filter(is_obliged=True)


class AssignmentQuerySet(models.QuerySet):
    def running(self, *, on: datetime.date) -> Self:
        return self.filter(_in_force("starts_on", "ends_on", on))

    def definitive(self) -> Self:
        return self.filter(kind="definitive")

    def with_post(self) -> Self:
        return self.select_related("post__opd")


class RoleGrantQuerySet(models.QuerySet):
    def running(self, *, on: datetime.date) -> Self:
        return self.filter(_in_force("starts_on", "ends_on", on), revoked_at__isnull=True)


class UserQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_opd(self, opd: Any, *, on: datetime.date) -> Self:
        """Those who hold a post of `opd` on that day, acting ones included."""
        return self.filter(
            pk__in=self.model.assignments.rel.related_model.objects.running(on=on)
            .filter(post__opd=opd)
            .values("user")
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str) -> "User":
        return self.get(nip=nip_module.normalise(username))

    def create_user(self, nip: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password nobody can log in until the account is activated."""
        user = self.model(nip=nip_module.parse(nip).digits, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user
