"""Runs of the rules: what changed, everything by night, and the cases that follow."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from review.services import evaluation, flag_changes
from review.services.evaluation import Outcome
from review.workflow import cases

if TYPE_CHECKING:
    import uuid

logger = logging.getLogger(__name__)


def run_all(*, at: datetime.datetime) -> Outcome:
    """Every rule over the province; safe to run twice, and beside `run_changes`."""
    return _followed(evaluation.evaluate_all(at=at), at=at)


def run_changes(*, at: datetime.datetime) -> Outcome:
    """What rests on what changed since the last look; moves on only when it is written.

    Two at once go one after the other by the lock of the cursor.
    """
    with transaction.atomic():
        cursor, is_new = flag_changes.hold_cursor(at=at)
        changes = flag_changes.read_changes(cursor)
        outcome = _apply(changes, is_new=is_new, at=at)
        if is_new or changes.events or changes.horizon != cursor.horizon:
            flag_changes.move_cursor(cursor, changes, at=at)
    return _followed(outcome, at=at)


def _apply(changes: flag_changes.Changes, *, is_new: bool, at: datetime.datetime) -> Outcome:
    if is_new or changes.is_everything:
        return evaluation.evaluate_all(at=at)
    outcome = Outcome()
    if changes.rules:
        outcome.add(evaluation.evaluate_rules(sorted(changes.rules), at=at))
    if changes.users or changes.opds:
        outcome.add(
            evaluation.evaluate_subjects(
                sorted(changes.users, key=str), sorted(changes.opds), at=at
            )
        )
    return outcome


def _followed(outcome: Outcome, *, at: datetime.datetime) -> Outcome:
    """Put what is queued into cases: one transaction a person, and one that fails stops none."""
    _gather(sorted(outcome.subjects, key=str), at=at)
    return outcome


def _gather(subjects: Iterable[uuid.UUID], *, at: datetime.datetime) -> None:
    for subject in subjects:
        try:
            cases.gather(subject, at=at)
        except Exception:
            # The flags are there; the next run finds the case lacking again.
            logger.exception("The flags of %s could not be gathered", subject)
