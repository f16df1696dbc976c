"""How far each OPD's obliged people are, kept ready for the province's page."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from declarations.models import InterestRegister
from declarations.services.compliance import SIGNED
from people.models import Assignment, Opd
from review.models import OpdStanding
from review.services import peers
from review.services.desk import VALID

YEARS_KEPT = 3
COUNTED = ("obliged", "signed", "in_time", "valid_in_time")


def day_of(year: int, *, on: datetime.date) -> datetime.date:
    """The day whose posts count: today, or the last day of a past year."""
    return min(on, datetime.date(year, 12, 31))


def years_kept(*, on: datetime.date) -> range:
    return range(on.year, on.year - YEARS_KEPT, -1)


def obliged_posts(*, year: int, on: datetime.date) -> QuerySet[Assignment]:
    """Each obliged person once an OPD, with `has_signed`, `was_in_time`, `was_valid`.

    Who holds obliged posts in two OPDs, acting ones included, counts in both.
    """
    running = Assignment.objects.running(on=day_of(year, on=on)).filter(
        post__is_obliged=True, user__is_active=True
    )
    earlier = running.filter(
        user=OuterRef("user"), post__opd=OuterRef("post__opd"), pk__lt=OuterRef("pk")
    )
    mine = InterestRegister.objects.filter(declarant=OuterRef("user"), year=year).order_by()
    in_time = Q(sent_at__date__lte=F("due_on"))
    return running.exclude(Exists(earlier)).annotate(
        has_signed=Exists(mine.filter(state__in=SIGNED)),
        was_in_time=Exists(mine.filter(in_time, state__in=SIGNED)),
        was_valid=Exists(mine.filter(in_time, state__in=VALID)),
    )


def recount(marked: Iterable[tuple[int, int | None]], *, at: datetime.datetime) -> None:
    """Count the marked OPDs anew; without a year in all years that are kept."""
    on = timezone.localdate(at)
    opds: dict[int, set[int]] = defaultdict(set)
    for opd, year in marked:
        for each in years_kept(on=on) if year is None else (year,):
            opds[each].add(opd)
    for year in years_kept(on=on):
        if opds[year]:
            _write(year, _counted(year, on=on, opds=opds[year]), opds[year])


def rebuild(*, at: datetime.datetime) -> int:
    """All OPDs and kept years, with the exposures; how many stood otherwise before."""
    on = timezone.localdate(at)
    known = set(Opd.objects.values_list("pk", flat=True))
    changed = sum(_write(year, _counted(year, on=on), known) for year in years_kept(on=on))
    window = peers.Window.ending(on)
    exposures, counts = peers.exposures(window), peers.counts(window)
    for standing in OpdStanding.objects.filter(year=on.year):
        standing.exposure = round(exposures.get(standing.opd_id, 0.0), 2)
        standing.declared = counts.get(standing.opd_id, 0)
        standing.save(update_fields=["exposure", "declared"])
    return changed


def _counted(
    year: int, *, on: datetime.date, opds: Iterable[int] | None = None
) -> dict[int, dict[str, Any]]:
    people = obliged_posts(year=year, on=on)
    if opds is not None:
        people = people.filter(post__opd__in=opds)
    rows = (
        people.order_by()
        .values(opd=F("post__opd"))
        .annotate(
            obliged=Count("pk"),
            signed=Count("pk", filter=Q(has_signed=True)),
            in_time=Count("pk", filter=Q(was_in_time=True)),
            valid_in_time=Count("pk", filter=Q(was_valid=True)),
        )
    )
    return {row.pop("opd"): row for row in rows}


def _write(year: int, fresh: dict[int, dict[str, Any]], opds: Iterable[int]) -> int:
    """Of `opds` those that stood otherwise before; an OPD without obliged people has zeros."""
    nothing = dict.fromkeys(COUNTED, 0)
    kept = {each.opd_id: each for each in OpdStanding.objects.filter(year=year, opd__in=opds)}
    existing = set(Opd.objects.filter(pk__in=opds).values_list("pk", flat=True))
    changed = []
    for opd in existing:
        values = fresh.get(opd, nothing)
        before = kept.get(opd)
        if before is None or any(getattr(before, name) != values[name] for name in COUNTED):
            changed.append(OpdStanding(opd_id=opd, year=year, **values))
    OpdStanding.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["year", "opd"], update_fields=list(COUNTED)
    )
    return len(changed)
