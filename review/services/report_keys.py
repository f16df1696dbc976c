"""Key rotation: the keys of reports are wrapped anew, the texts and files stay as they are."""

from collections.abc import Callable

from django.db import models, transaction

from audit.services import record
from review.models import ConflictReport, ReporterIdentity, ReportSeries
from review.models.reports import RING

BATCH = 500
WRAPPED = (ConflictReport, ReporterIdentity)
Report = Callable[[int, int], None]


def rotate(*, report: Report = lambda done, total: None) -> int:
    """Wrap every key that an older key of COI_REPORT_KEYS wrapped with the newest; the number.

    Stopped in the middle and begun again it goes on where it was; reports that come meanwhile are
    sealed with the newest key already. Raises `UndecipherableError` when a key is missing.
    """
    total = sum(model._default_manager.count() for model in WRAPPED)
    done = wrapped = 0
    for model in WRAPPED:
        last = None
        while batch := _batch(model, after=last):
            wrapped += _wrap(model, batch)
            last, done = batch[-1][0], done + len(batch)
            report(done, total)
    if wrapped:
        with transaction.atomic():
            series = ReportSeries.objects.order_by("-year").first()
            if series is not None:
                record("reportseries.rotate", by=None, target=series, count=wrapped)
    return wrapped


def _batch(model: type[models.Model], *, after: object) -> list[tuple]:
    rows = model._default_manager.order_by("pk").values_list("pk", "data_key")
    return list((rows.filter(pk__gt=after) if after else rows)[:BATCH])


@transaction.atomic
def _wrap(model: type[models.Model], batch: list[tuple]) -> int:
    """Only where the key is still the one that was read: another run may be faster."""
    wrapped = 0
    for key, old in batch:
        token = bytes(old)
        if not RING.is_newest(token):
            new = RING.encrypt(RING.decrypt(token))
            found = model._default_manager.filter(pk=key, data_key=old)
            wrapped += found.update(data_key=new)
    return wrapped
