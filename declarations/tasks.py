"""What runs by the clock."""

import logging
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import task

from declarations.models import ConflictDeclaration, InterestRegister
from declarations.services import compliance, escalation, holding
from declarations.workflow import conflicts, handing_over, registers
from declarations.workflow.base import TransitionError
from jobs import progress

logger = logging.getLogger(__name__)


@task(queue_name="default", max_attempts=3)
def escalate_conflicts() -> int:
    """Overdue cases, and those whose superior can't decide, go up; safe to run twice.

    Control plans whose superior has left pass to the present one; what was found to be no conflict
    is closed as soon as nobody looks at it any more.
    """
    return _escalate(escalation.suspects)


@task(queue_name="default", max_attempts=3)
def escalate_any_conflict() -> int:
    """The same by night, with a close look at every open case (`escalation.suspects`)."""
    return _escalate(lambda rows, **_narrower: rows)


def _escalate(narrowed: Callable[..., QuerySet[ConflictDeclaration]]) -> int:
    """One transaction a case: one that fails is logged and does not stop the others."""
    on = timezone.localdate()
    moved = _each(escalation.data_requests_lapsed(on=on), conflicts.lapse_data_request)

    def pass_on(conflict: ConflictDeclaration) -> bool:
        reason = escalation.reason_to_pass_on(conflict, on=on)
        if reason is None:
            return False
        conflicts.escalate(conflict, by=None, reason=reason, seen=conflict)
        return True

    def hand_over(conflict: ConflictDeclaration) -> bool:
        reason = escalation.reason_to_replace(conflict, on=on)
        if reason is None:
            return False
        handing_over.hand_over(conflict, reason=reason, seen=conflict)
        return True

    def close_cleared(conflict: ConflictDeclaration) -> bool:
        if holding.is_held(conflict):
            return False
        conflicts.close(conflict, by=None)
        return True

    moved += _each(escalation.cleared(), close_cleared)
    moved += _each(narrowed(escalation.waiting(), on=on, or_else=Q(due_on__lte=on)), pass_on)
    return moved + _each(narrowed(escalation.led(), on=on), hand_over)


def _each(
    found: QuerySet[ConflictDeclaration], step: Callable[[ConflictDeclaration], object]
) -> int:
    """How many took the step. Those that changed meanwhile are left for the next run."""
    done = 0
    for conflict in found.iterator(chunk_size=200):
        try:
            done += bool(step(conflict))
        except TransitionError as error:
            logger.info("Declaration %s stays: %s", conflict.pk, error)
        except Exception:
            # Whatever is wrong with this case, the others have limits, too.
            logger.exception("Declaration %s could not be passed on", conflict.pk)
        progress.report(done, 0)
    return done


@task(queue_name="default", max_attempts=3)
def expire_registers() -> int:
    """After the yearly window the registers of former years expire; safe to run twice."""
    on = timezone.localdate()
    if on <= compliance.yearly_due_on(on.year, on=on):
        return 0
    old = InterestRegister.objects.filter(state="accepted", year__lt=on.year).defer("draft")
    expired = 0
    for register in old.order_by("pk").iterator(chunk_size=200):
        try:
            registers.expire(register, on=on)
        except TransitionError:  # Renewed at this very moment.
            continue
        expired += 1
        progress.report(expired, 0)
    return expired
