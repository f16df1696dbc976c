"""Counts, campaigns and bundles by the clock and in the worker; each safe to run twice."""

from django.utils import timezone
from django_tasks import task

from review.models import SummaryRun
from review.services import summaries


@task(max_attempts=2)
def refresh_summaries() -> int:
    """Every few seconds: what was marked; the very first time everything."""
    now = timezone.now()
    if not SummaryRun.objects.filter(rebuilt_at__isnull=False).exists():
        return summaries.rebuild(at=now)
    return summaries.refresh(at=now)


@task(max_attempts=3)
def rebuild_summaries() -> int:
    """Each night, after the day on which posts begin and end."""
    return summaries.rebuild(at=timezone.now())
