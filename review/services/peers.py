"""The counts and exposures of all OPDs, for the comparison with peers."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, Least

from declarations.models import ConflictDeclaration
from declarations.states import ConflictState
from mapping.models import RiskAreaPost
from mapping.states import MapState
from people.models import Assignment
from review import silence

WINDOW_YEARS = 3
# A year in a post that a very risky area names counts five times a year in one that none names.
LEVEL_WEIGHTS = {"SANGAT_RENDAH": 1, "RENDAH": 2, "SEDANG": 3, "TINGGI": 4, "SANGAT_TINGGI": 5}
UNNAMED_WEIGHT = 1
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Window:
    since: datetime.date
    until: datetime.date

    @classmethod
    def ending(cls, on: datetime.date) -> "Window":
        return cls(on - datetime.timedelta(days=round(WINDOW_YEARS * DAYS_A_YEAR)), on)


def comparison(*, on: datetime.date) -> silence.Comparison | None:
    """All OPDs in force beside each other; two queries."""
    window = Window.ending(on)
    exposed, counted = exposures(window), counts(window)
    units = tuple(
        silence.Unit(key=opd, count=counted.get(opd, 0), exposure=round(exposed[opd], 2))
        for opd in sorted(exposed)
    )
    return silence.compare(units)


def exposures(window: Window) -> dict[int, float]:
    """Person-years in obliged posts of each OPD, weighted by the level of the area of each."""
    levels = [When(area__level=level, then=Value(w)) for level, w in LEVEL_WEIGHTS.items()]
    named = (
        RiskAreaPost.objects.filter(post=OuterRef("post"), area__map__state=MapState.APPROVED)
        .annotate(rank=Case(*levels, default=UNNAMED_WEIGHT, output_field=IntegerField()))
        .order_by("-rank")
        .values("rank")[:1]
    )
    days = Least(Coalesce("ends_on", Value(window.until)), Value(window.until)) - Greatest(
        "starts_on", Value(window.since)
    )
    rows = (
        Assignment.objects.filter(
            post__is_obliged=True,
            post__opd__valid_until__isnull=True,
            starts_on__lte=window.until,
        )
        .exclude(ends_on__lt=window.since)
        .annotate(weight=Coalesce(Subquery(named), Value(UNNAMED_WEIGHT)), days=days)
        .order_by()
        .values("post__opd", "weight")
        .annotate(total=Sum("days"))
    )
    found: dict[int, float] = defaultdict(float)
    for row in rows:
        found[row["post__opd"]] += row["weight"] * row["total"].days / DAYS_A_YEAR
    return found


def counts(window: Window) -> dict[int, int]:
    """Declared conflicts of each OPD in the window."""
    rows = (
        ConflictDeclaration.objects.filter(
            state__in=ConflictState.SENT_STATES,
            sent_at__date__gt=window.since,
            sent_at__date__lte=window.until,
        )
        .order_by()
        .values("opd")
        .annotate(number=Count("pk"))
    )
    return {row["opd"]: row["number"] for row in rows}
