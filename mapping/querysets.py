"""Maps, rows and controls as lists.

For pages that hold the map against what people declare:
`RiskMap.objects.in_force()` one map an OPD; `of_record(year)` one an OPD for a past year;
`RiskArea.objects.in_force()` their rows, `.with_overdue_controls(on=…)`, `.high()`;
`Control.objects.overdue(on=…)`.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from mapping import policies
from mapping.states import MapState
from people.models import Opd, Role

if TYPE_CHECKING:
    from people.models import User


def _own_opd_ids(user: User) -> frozenset[int]:
    return user.standing.headed_opd_ids | user.standing.officer_opd_ids


def _visible(user: User, prefix: str = "") -> Q:
    """The list form of `policies.can_view`."""
    if not user.is_active:
        return Q(pk__in=[])

    def q(**conditions: Any) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})

    seen = q(opd__in=_own_opd_ids(user))
    if user.has_any_role(*policies.OVERSEERS):
        seen |= ~q(state=MapState.DRAFT)
    if policies.leads_secretariat(user):
        seen |= q(opd__kind=Opd.Kind.INSPECTORATE) & ~q(state=MapState.DRAFT)
    return seen | q(opd__in=user.standing.opd_ids, state=MapState.APPROVED)


class RiskMapQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(_visible(user))

    def of_opds_drawn_by(self, user: User) -> Self:
        return self.filter(opd__in=_own_opd_ids(user))

    def open(self) -> Self:
        return self.filter(state__in=MapState.OPEN)

    def in_force(self) -> Self:
        """At most one an OPD."""
        return self.filter(state=MapState.APPROVED)

    def of_record(self, year: int | None = None) -> Self:
        """The approved map of each year: at most one an OPD and year."""
        found = self.filter(state__in=MapState.OF_RECORD, approved_at__isnull=False)
        return found if year is None else found.filter(year=year)

    def to_review_by(self, user: User) -> Self:
        """What waits for this reviewer; never of an OPD they belong to, or that has ended."""
        waiting = self.filter(state__in=MapState.TO_REVIEW)
        waiting = waiting.exclude(opd__valid_until__lt=timezone.localdate())
        if not user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR):
            if not policies.leads_secretariat(user):
                return self.none()
            waiting = waiting.filter(opd__kind=Opd.Kind.INSPECTORATE)
        mine = user.standing.opd_ids | _own_opd_ids(user)
        return waiting.exclude(opd__in=mine)

    def with_counts(self, *, on: datetime.date) -> Self:
        """`area_count`, `high_count` (what is left of the risk), `overdue_count` of controls."""
        areas = apps.get_model("mapping", "RiskArea").objects.filter(map=OuterRef("pk")).order_by()
        controls = (
            apps.get_model("mapping", "Control")
            .objects.overdue(on=on)
            .filter(opd=OuterRef("opd"))
            .order_by()
        )
        high = areas.high()
        return self.annotate(
            area_count=_counted(areas, "map"),
            high_count=_counted(high, "map"),
            overdue_count=_counted(controls, "opd"),
        )

    def for_list(self) -> Self:
        return self.select_related("opd").order_by("-year", "-version", "-pk")

    def for_detail(self) -> Self:
        return self.select_related(
            "opd__successor", "scale", "document", "previous", "signed_by", "reviewed_by",
            "returned_by", "approved_by",
        ).defer("document__content")  # fmt: skip


def _counted(rows: models.QuerySet, group: str) -> Coalesce:
    counted = rows.values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class RiskAreaQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(_visible(user, "map__"))

    def in_force(self) -> Self:
        return self.filter(map__state=MapState.APPROVED)

    def high(self) -> Self:
        """High or very high, after the control where that was judged."""
        levels = ("TINGGI", "SANGAT_TINGGI")
        return self.filter(Q(residual_level__in=levels) | Q(residual_level="", level__in=levels))

    def with_overdue_controls(self, *, on: datetime.date) -> Self:
        """`overdue_count`: controls of the same area that are late."""
        late = (
            apps.get_model("mapping", "Control")
            .objects.overdue(on=on)
            .filter(row_key=OuterRef("row_key"), opd=OuterRef("map__opd"))
            .order_by()
        )
        return self.annotate(overdue_count=_counted(late, "row_key"))

    def with_overdue_flag(self, *, on: datetime.date) -> Self:
        late = (
            apps.get_model("mapping", "Control")
            .objects.overdue(on=on)
            .filter(row_key=OuterRef("row_key"), opd=OuterRef("map__opd"))
        )
        return self.annotate(is_overdue=Exists(late))

    def with_open_comments(self) -> Self:
        comments = (
            apps.get_model("mapping", "RowComment")
            .objects.filter(area=OuterRef("pk"), settled_at__isnull=True)
            .order_by()
        )
        return self.annotate(open_comments=_counted(comments, "area"))

    def for_map(self) -> Self:
        return self.select_related("source", "template", "owner_post", "updated_by").order_by(
            "position", "pk"
        )


class ControlQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The list form of `mapping.view_control`."""
        if not user.is_active:
            return self.none()
        if user.has_any_role(*policies.OVERSEERS):
            return self
        return self.filter(
            Q(opd__in=_own_opd_ids(user)) | Q(owner_post__in=user.standing.post_ids)
        )

    def unfinished(self) -> Self:
        return self.filter(state="planned")

    def overdue(self, *, on: datetime.date) -> Self:
        return self.filter(state="planned", due_on__lt=on)

    def of_area(self, area: Any) -> Self:
        return self.filter(row_key=area.row_key, opd=area.map.opd_id)

    def for_list(self) -> Self:
        return self.select_related("opd", "owner_post").order_by("due_on", "pk")
