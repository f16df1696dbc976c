"""Filters over people and posts: adjectives, with the day as an argument."""

import datetime
import re
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from common.text import TYPOGRAPHIC_APOSTROPHES
from people import nip as nip_module

if TYPE_CHECKING:
    from people.models import User

LEADING_TITLES = re.compile(r"^(?:\w{1,5}\.\s*)+")


def _in_force(start: str, end: str, on: datetime.date) -> Q:
    return Q(**{f"{start}__lte": on}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": on}))


def _without_titles(text: str) -> str:
    """`Dr. H. Ma'ruf Amin, S.H.` as it was pasted → `Ma'ruf Amin`, which is what is stored."""
    plain = text.translate(TYPOGRAPHIC_APOSTROPHES).partition(",")[0]
    return LEADING_TITLES.sub("", plain).strip() or text


class OpdQuerySet(models.QuerySet):
    def in_force(self, *, on: datetime.date) -> Self:
        return self.filter(_in_force("valid_from", "valid_until", on))

    def with_people_count(self, *, on: datetime.date) -> Self:
        """How many people hold a post there on that day."""
        held = (
            apps.get_model("people", "Assignment")
            .objects.running(on=on)
            .filter(post__opd=models.OuterRef("pk"))
            .order_by()
            .values("post__opd")
            .annotate(number=models.Count("user", distinct=True))
            .values("number")
        )
        return self.annotate(people_count=Coalesce(models.Subquery(held), 0))


class PostQuerySet(models.QuerySet):
    def in_force(self, *, on: datetime.date) -> Self:
        return self.filter(_in_force("valid_from", "valid_until", on))

    def with_holders(self, *, on: datetime.date) -> Self:
        """`post.holders`: the running assignments with their people."""
        running = apps.get_model("people", "Assignment").objects.running(on=on)
        return self.prefetch_related(
            models.Prefetch(
                "assignments",
                queryset=running.select_related("user").order_by("kind", "user__name"),
                to_attr="holders",
            )
        )

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

    def visible_to(self, user: "User") -> Self:
        """The list form of `people.view_user`: oneself, and for some roles everybody."""
        return self if user.has_perm("people.list_user") else self.filter(pk=user.pk)

    def matching(self, text: str) -> Self:
        """By a part of the name, or by the first digits of a NIP, grouped or not."""
        digits = nip_module.normalise(text)
        if digits.isascii() and digits.isdigit():
            return self.filter(nip__startswith=digits)
        return self.filter(name__icontains=_without_titles(text))

    def with_last_code(self) -> Self:
        """When the last activation code left the house and how; null where none ever did."""
        codes = (
            apps.get_model("people", "ActivationCode")
            .objects.filter(user=models.OuterRef("pk"))
            .order_by("-pk")
        )
        return self.annotate(
            **{
                f"code_{name}": models.Subquery(codes.values(name)[:1])
                for name in ("channel", "created_at", "expires_at", "used_at")
            }
        )

    def unactivated(self) -> Self:
        """Who never had a password."""
        return self.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login__isnull=True)

    def with_main_post(self, *, on: datetime.date) -> Self:
        """Title, unit and OPD of the post held on that day, for a list."""
        held = (
            apps.get_model("people", "Assignment")
            .objects.running(on=on)
            .filter(user=models.OuterRef("pk"))
            .order_by("kind", "-starts_on", "pk")
        )
        return self.annotate(
            post_title=models.Subquery(held.values("post__title")[:1]),
            opd_name=models.Subquery(held.values("post__opd__short_name")[:1]),
        )

    def in_opd(self, opd: Any, *, on: datetime.date) -> Self:
        """Those who hold a post of `opd` on that day, acting ones included."""
        return self.filter(
            pk__in=apps.get_model("people", "Assignment")
            .objects.running(on=on)
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
