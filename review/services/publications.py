"""Freezing and signing F8, and publishing a year's statistics."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from people.models import Opd, User
from people.proof import Proof
from review import monitoring_documents
from review.models import (
    MonitoringReport,
    OpdStanding,
    PublishedStatistics,
    SummaryCell,
    SuppressionThreshold,
)
from review.models.publications import Period
from review.services.monitoring_numbers import numbers_of
from review.suppression import Protected, protect
from statements import services as statements
from statements.services import SignatureRequest

MONTHS_OF = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
FIRST_THRESHOLD = 5


class PublicationError(Exception):
    """This can't be done now; the text is for the user."""


def period_bounds(period: str, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the month, quarter or year that holds `day`."""
    months = MONTHS_OF[Period(period)]
    first = (day.month - 1) // months * months + 1
    following = day.year * 12 + first - 1 + months
    end = datetime.date(following // 12, following % 12 + 1, 1) - datetime.timedelta(days=1)
    return datetime.date(day.year, first, 1), end


@transaction.atomic
def freeze(
    *,
    period: str,
    day: datetime.date,
    at: datetime.datetime,
    by: User,
    opd: Opd | None = None,
) -> MonitoringReport:
    """A new version of the period's report with the numbers of this moment; of one OPD or all."""
    if not by.has_perm("review.freeze_monitoring"):
        raise PermissionDenied
    starts_on, ends_on = period_bounds(period, day)
    on = timezone.localdate(at)
    if starts_on > on:
        raise PublicationError(_("This period has not begun."))
    same = MonitoringReport.objects.filter(period=period, starts_on=starts_on, opd=opd)
    version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            report = MonitoringReport.objects.create(
                opd=opd,
                period=period,
                starts_on=starts_on,
                ends_on=ends_on,
                version=version,
                snapshot_at=at,
                numbers=numbers_of(starts_on=starts_on, ends_on=ends_on, on=on, opd=opd),
                created_by=by,
            )
    except IntegrityError as error:
        raise PublicationError(_("Somebody else froze this period just now.")) from error
    record("monitoringreport.freeze", by=by, target=report, period=period, version=version)
    return report


@transaction.atomic
def sign(report: MonitoringReport, *, by: User, proof: Proof) -> MonitoringReport:
    """The chief inspector's signature under the frozen numbers."""
    report = MonitoringReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not by.has_perm("review.sign_monitoring", report):
        raise PermissionDenied
    if report.is_signed:
        raise PublicationError(_("This report is signed already."))
    post = by.standing.post
    report.document = statements.issue(
        kind=monitoring_documents.KIND,
        content=monitoring_documents.content_of(report, signer=by),
        subject=by,
        opd=_office(by),
        year=report.ends_on.year,
        title=monitoring_documents.title_of(report),
        signatures=[
            SignatureRequest(
                "inspector", signer=by, caption="Inspektur", post=post.title if post else ""
            )
        ],
        by=by,
        proof=proof,
    )
    report.signed_at, report.signed_by = timezone.now(), by
    report.save(update_fields=["document", "signed_at", "signed_by"])
    record("monitoringreport.sign", by=by, target=report, number=report.document.number)
    return report


def _office(by: User) -> Opd:
    """The Inspectorate, in whose name F8 goes out."""
    found = Opd.objects.filter(kind=Opd.Kind.INSPECTORATE, valid_until__isnull=True).first()
    office = found or by.standing.opd
    if office is None:
        raise PublicationError(_("There is no OPD in whose name the report can be signed."))
    return office


def threshold() -> SuppressionThreshold | None:
    return SuppressionThreshold.objects.order_by("-pk").first()


def load_threshold() -> None:
    """Reference data of a new installation; what somebody set stays."""
    if not SuppressionThreshold.objects.exists():
        SuppressionThreshold.objects.create(value=FIRST_THRESHOLD, reason="Nilai awal")


@transaction.atomic
def set_threshold(*, value: int, reason: str, by: User) -> SuppressionThreshold:
    """For what is published from now on; what was published stays as it is."""
    if not by.has_perm("review.publish_statistics"):
        raise PermissionDenied
    if not 3 <= value <= 100:
        raise PublicationError(_("The smallest number shown lies between 3 and 100."))
    row = SuppressionThreshold.objects.create(value=value, reason=reason, created_by=by)
    record("threshold.set", by=by, target=row, value=value, reason=reason)
    return row


@transaction.atomic
def publish(*, year: int, at: datetime.datetime, by: User) -> PublishedStatistics:
    """The tables of a year that is over, once: two editions would give each other away."""
    if not by.has_perm("review.publish_statistics"):
        raise PermissionDenied
    if year >= timezone.localdate(at).year:
        raise PublicationError(_("Only a year that is over is published."))
    limit = threshold()
    if limit is None:
        raise PublicationError(_("Set the smallest number that is shown first."))
    if PublishedStatistics.objects.filter(year=year).exists():
        raise PublicationError(_("This year is published already."))
    tables = [_protected(table, limit.value) for table in (_compliance(year), _sources(year))]
    try:
        with transaction.atomic():
            found = PublishedStatistics.objects.create(
                year=year, tables=tables, threshold=limit, snapshot_at=at, published_by=by
            )
    except IntegrityError as error:
        raise PublicationError(_("This year is published already.")) from error
    record("statistics.publish", by=by, target=found, year=year, threshold=limit.value)
    return found


def preview(*, year: int) -> list[dict[str, Any]]:
    """As `publish` would show it now; for the Inspectorate only."""
    limit = threshold()
    value = limit.value if limit else FIRST_THRESHOLD
    return [_protected(table, value) for table in (_compliance(year), _sources(year))]


def _compliance(year: int) -> dict[str, Any]:
    standings = OpdStanding.objects.filter(year=year, obliged__gt=0).select_related("opd")
    rows = list(standings.order_by("opd__code", "opd"))
    return {
        "key": "kepatuhan",
        "rows": [each.opd.name for each in rows],
        "columns": ["in_time", "late", "missing"],
        "cells": [[each.in_time, each.late, each.missing] for each in rows],
    }


def _sources(year: int) -> dict[str, Any]:
    """By kind of OPD: a single OPD has too few for anything to be left."""
    cells = SummaryCell.objects.filter(
        kind=SummaryCell.Counted.CONFLICTS,
        day__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)),
        source__isnull=False,
    )
    counted = cells.values_list("opd__kind", "source__code").annotate(number=Sum("number"))
    found = {(kind, source): number for kind, source, number in counted.order_by()}
    kinds = sorted({kind for kind, _source in found})
    sources = sorted({source for _kind, source in found})
    return {
        "key": "sumber",
        "rows": kinds,
        "columns": sources,
        "cells": [[found.get((kind, source), 0) for source in sources] for kind in kinds],
    }


def _protected(table: dict[str, Any], limit: int) -> dict[str, Any]:
    protected: Protected = protect(table["cells"], threshold=limit)
    return table | {
        "cells": [list(row) for row in protected.cells],
        "row_totals": list(protected.row_totals),
        "column_totals": list(protected.column_totals),
        "total": protected.total,
    }
