"""Flags by the clock."""

from django.utils import timezone
from django_tasks import task

from jobs.priorities import SOON
from review.workflow import flag_runs


@task(queue_name="default", priority=SOON, max_attempts=2)
def follow_changes() -> int:
    """Every few seconds: flags of what changed; how many flags are different."""
    outcome = flag_runs.run_changes(at=timezone.now())
    return outcome.raised + outcome.changed + outcome.cleared


@task(queue_name="default", max_attempts=2)
def evaluate_all() -> int:
    """By night: days have passed, and what no event tells; safe to run twice."""
    outcome = flag_runs.run_all(at=timezone.now())
    return outcome.raised + outcome.changed + outcome.cleared
