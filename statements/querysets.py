"""Documents as lists: whose, in which order, with what is shown beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from statements import registry
from statements.states import SignatureState, State

if TYPE_CHECKING:
    from collections.abc import Hashable

    from people.models import Opd, User

    Ties = tuple[tuple[str, Hashable], ...]


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user: User, *, ties: Ties | None = None) -> Self:
        """The rows `user` may see: the list form of `policies.can_view`.

        `ties` where they were asked for already (`registry.ties_of`).
        """
        if not user.is_active:
            return self.none()
        seen = Q(subject=user) | Q(signatures__signer=user)
        known = dict(registry.ties_of(user) if ties is None else ties)
        for kind, viewer in registry.viewers():
            given = (known[kind],) if kind in known else ()
            seen |= Q(kind=kind) & viewer.filter(user, *given)
        return self.filter(pk__in=self.model.objects.filter(seen).values("pk"))

    def for_year(self, *, opd: Opd, year: int) -> Self:
        return self.filter(opd=opd, year=year)

    def with_file(self) -> Self:
        return self.exclude(file_sha256="")

    def waiting_for_signature(self) -> Self:
        """Somebody has signed, the file does not show it yet."""
        waiting = Q(signatures__state__in=(SignatureState.REQUESTED, SignatureState.FAILED))
        return self.filter(
            waiting, state__in=(State.PENDING, State.FAILED, State.SIGNED)
        ).distinct()

    def failed(self) -> Self:
        """Documents whose file, or next signature, could not be made."""
        stuck = Q(state=State.FAILED) | Q(
            state=State.SIGNED, signatures__state=SignatureState.FAILED
        )
        return self.filter(pk__in=self.model.objects.filter(stuck).values("pk"))

    def for_list(self) -> Self:
        return (
            self.defer("content", "supersedes", "failure")
            .select_related("subject", "opd")
            .order_by("-created_at", "-pk")
        )

    def for_detail(self) -> Self:
        return self.select_related("subject", "opd", "supersedes").prefetch_related("signatures")
