"""What a person is today: the posts they hold and the roles that follow."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef
from django.utils import timezone

from people.roles import Role

if TYPE_CHECKING:
    from people.models import Assignment, Opd, Post, User


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's posts and roles on one day, read in two queries."""

    on: datetime.date
    assignments: tuple[Assignment, ...]
    granted: frozenset[tuple[str, int | None]]
    superior_post_ids: frozenset[int]

    @classmethod
    def of(cls, user: User, *, on: datetime.date | None = None) -> Standing:
        on = on or timezone.localdate()
        post_model = apps.get_model("people", "Post")
        assignments = tuple(
            user.assignments.running(on=on)
            .with_post()
            .annotate(
                leads=Exists(post_model.objects.in_force(on=on).filter(superior=OuterRef("post")))
            )
            .order_by("kind", "-starts_on", "pk")
        )
        granted = frozenset(user.role_grants.running(on=on).values_list("role", "opd_id"))
        return cls(
            on=on,
            assignments=assignments,
            granted=granted,
            superior_post_ids=frozenset(a.post_id for a in assignments if a.leads),
        )

    @property
    def main(self) -> Assignment | None:
        """The definitive assignment; an acting one only when there is no other."""
        definitive = [a for a in self.assignments if a.kind == "definitive"]
        return next(iter(definitive or self.assignments), None)

    @property
    def post(self) -> Post | None:
        return self.main.post if self.main else None

    @property
    def opd(self) -> Opd | None:
        return self.main.post.opd if self.main else None

    @property
    def post_ids(self) -> frozenset[int]:
        return frozenset(a.post_id for a in self.assignments)

    @property
    def is_obliged(self) -> bool:
        return any(a.post.is_obliged for a in self.assignments)

    @property
    def headed_opd_ids(self) -> frozenset[int]:
        return frozenset(a.post.opd_id for a in self.assignments if a.post.is_opd_head)

    @property
    def officer_opd_ids(self) -> frozenset[int]:
        return frozenset(
            opd_id for role, opd_id in self.granted if role == Role.OPD_OFFICER and opd_id
        )

    @property
    def roles(self) -> frozenset[str]:
        found = {str(Role.DECLARANT)} | {role for role, _opd in self.granted}
        if self.superior_post_ids:
            found.add(str(Role.SUPERIOR))
        if self.headed_opd_ids:
            found.add(str(Role.OPD_HEAD))
        return frozenset(found)

    def has_role(self, role: Role | str, opd: Any = None) -> bool:
        if str(role) not in self.roles:
            return False
        if opd is None:
            return True
        opd_id = getattr(opd, "pk", opd)
        if role == Role.OPD_OFFICER:
            return opd_id in self.officer_opd_ids
        if role == Role.OPD_HEAD:
            return opd_id in self.headed_opd_ids
        return True
