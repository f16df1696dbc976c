"""Registered acts as lists: the Inspectorate's and the auditors'."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from review.policies import oversees

if TYPE_CHECKING:
    from people.models import User


class RegisteredActQuerySet(models.QuerySet):
    def visible_to(self, user: "User") -> Self:
        """The list form of `review.view_registeredact`."""
        return self if oversees(user) else self.none()

    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)

    def about(self, words: str) -> Self:
        """By number, title, or the name or NIP of the signatory."""
        people = self.model.signatory.field.related_model.objects.matching(words).values("pk")
        return self.filter(
            Q(number__icontains=words) | Q(title__icontains=words) | Q(signatory__in=people)
        )

    def for_list(self) -> Self:
        return self.select_related("opd", "signatory")
