"""Keeping a person out of a matter while, or because, they have a conflict in it.

Source: fact sheet of the domain, sections 3 (F3) and 4.2: the process is paused for that
person until the superior decides.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
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


def running_of(user: User) -> QuerySet[Suspension]:
    return Suspension.objects.filter(user=user, ended_at__isnull=True)


def matters_like(opd_id: Any, *, number_key: str, title_key: str) -> QuerySet[Matter] | None:
    """The OPD's matters with that number or that title.

    A number left out, or another kind chosen, does not make it another decision.
    """
    same = Q()
    if number_key:
        same |= Q(number_key=number_key)
    if title_key:
        same |= Q(title_key=title_key)
    return Matter.objects.filter(same, opd_id=opd_id) if same else None


def running_like(user: User, matter: Matter) -> Suspension | None:
    """A running suspension from the matter, however the matter is written this time."""
    like = matters_like(matter.opd_id, number_key=matter.number_key, title_key=matter.title_key)
    if like is None:
        return None
    return running_of(user).filter(matter__in=like).select_related("conflict__document").first()


def for_page(key: Any) -> Suspension:
    """With the declaration's number."""
    rows = Suspension.objects.select_related("conflict__document", "matter")
    return rows.defer("conflict__draft", "conflict__document__content").get(pk=key)


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
