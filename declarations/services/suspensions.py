"""Keeping a person out of a matter while, or because, they have a conflict in it.

Source: fact sheet of the domain, sections 3 (F3) and 4.2: the process is paused for that
person until the superior decides.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import record
from declarations.models import ConflictDeclaration, Matter, Suspension
from people.models import User


def running(user: User, matter: Matter) -> Suspension | None:
    return (
        Suspension.objects.filter(user=user, matter=matter, ended_at__isnull=True)
        .select_related("conflict")
        .first()
    )


def running_like(
    user: User, opd_id: Any, *, number_key: str, title_key: str
) -> Suspension | None:
    """A running suspension from that matter, however the matter is written this time.

    The number left out, or another kind chosen, does not make it another decision.
    """
    same = Q()
    if number_key:
        same |= Q(matter__number_key=number_key)
    if title_key:
        same |= Q(matter__title_key=title_key)
    if not same:
        return None
    return (
        Suspension.objects.filter(
            same, user=user, matter__opd_id=opd_id, ended_at__isnull=True
        )
        .select_related("conflict__document", "matter")
        .defer("conflict__draft", "conflict__document__content")
        .first()
    )


@transaction.atomic
def start(conflict: ConflictDeclaration, *, by: User | None) -> Suspension:
    """From now on the declarant may not act in the matter; a running one is kept."""
    suspension, is_new = Suspension.objects.get_or_create(
        conflict=conflict,
        ended_at=None,
        defaults={
            "user_id": conflict.declarant_id,
            "matter_id": conflict.matter_id,
            "started_at": timezone.now(),
        },
    )
    if is_new:
        record("suspension.start", by=by, target=conflict)
    return suspension


@transaction.atomic
def end(conflict: ConflictDeclaration, *, by: User | None, reason: str) -> None:
    ended = Suspension.objects.filter(conflict=conflict, ended_at__isnull=True).update(
        ended_at=timezone.now(), end_reason=reason[:200], is_lasting=False
    )
    if ended:
        record("suspension.end", by=by, target=conflict, reason=reason)


@transaction.atomic
def make_lasting(conflict: ConflictDeclaration, *, by: User | None) -> None:
    """The decision took the person off the matter: the suspension has no end."""
    start(conflict, by=by)
    Suspension.objects.filter(conflict=conflict, ended_at__isnull=True).update(is_lasting=True)
    record("suspension.last", by=by, target=conflict)
