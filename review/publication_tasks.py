"""Counts, campaigns and bundles by the clock and in the worker; each safe to run twice."""

import logging

from django.utils import timezone
from django_tasks import task

from jobs.priorities import SOON
from review.models import Campaign, SummaryRun
from review.services import campaigns, evidence_bundle, summaries

logger = logging.getLogger(__name__)


@task(priority=SOON, max_attempts=2)
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


@task(max_attempts=2)
def run_campaigns() -> int:
    """Every quarter of an hour: plan what is due, tell who waits. One stops no other."""
    now = timezone.now()
    told, failed = 0, []
    for campaign in Campaign.objects.filter(state="running"):
        try:
            campaigns.plan(campaign, on=timezone.localdate(now))
            told += campaigns.deliver(campaign, at=now)
        except Exception:
            logger.exception("The campaign %s failed.", campaign.pk)
            failed.append(str(campaign.pk))
    if failed:
        raise RuntimeError(f"Campaigns failed: {', '.join(failed)}")
    return told


@task(max_attempts=1)
def make_bundle(bundle_id: str) -> None:
    """What goes wrong is noted on the bundle, for the person who waits, and in the log."""
    try:
        evidence_bundle.make(bundle_id)
    except Exception as error:
        evidence_bundle.fail(bundle_id, type(error).__name__)
        raise
