"""Posts held and roles given, each for a period."""

import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from people.models import Assignment, RoleGrant, User
from people.services.checks import locked, require
from people.services.errors import ServiceError


@transaction.atomic
def assign(assignment: Assignment, *, by: User | None) -> Assignment:
    """Put a person in a post. A new definitive post ends the running one the day before."""
    require(by, "people.add_assignment", assignment)
    locked(assignment.user)
    assignment.is_single_seat = assignment.post.is_single_seat
    _refuse_closed_post(assignment)
    if assignment.kind == Assignment.Kind.DEFINITIVE:
        _end_running(assignment, by=by)
    assignment.full_clean()
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError as error:  # Somebody else was quicker.
        raise ServiceError(_("Somebody else holds this post in that period.")) from error
    record(
        "assignment.add", by=by, target=assignment, person=str(assignment.user_id),
        post=assignment.post_id, kind=assignment.kind, starts_on=str(assignment.starts_on),
    )  # fmt: skip
    return assignment


def _refuse_closed_post(assignment: Assignment) -> None:
    closes_on = assignment.post.valid_until
    if closes_on and (assignment.ends_on is None or assignment.ends_on > closes_on):
        raise ServiceError(
            _("This post ends on %s. Give a last day before it, or another post.")
            % f"{closes_on:%d/%m/%Y}"
        )


def _end_running(assignment: Assignment, *, by: User | None) -> None:
    running = assignment.user.assignments.select_for_update(of=("self",)).filter(
        kind=Assignment.Kind.DEFINITIVE,
        ends_on__isnull=True,
        starts_on__lt=assignment.starts_on,
    )
    for earlier in running:
        earlier.ends_on = assignment.starts_on - datetime.timedelta(days=1)
        earlier.save(update_fields=["ends_on"])
        record("assignment.end", by=by, target=earlier, ends_on=str(earlier.ends_on))


@transaction.atomic
def end_assignment(
    assignment: Assignment, *, ends_on: datetime.date, by: User | None, reason: str = ""
) -> Assignment:
    require(by, "people.end_assignment", assignment)
    assignment = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if ends_on < assignment.starts_on:
        raise ServiceError(_("An assignment ends after it begins."))
    if assignment.ends_on is not None and assignment.ends_on <= ends_on:
        raise ServiceError(_("This assignment has ended already."))
    assignment.ends_on = ends_on
    assignment.save(update_fields=["ends_on"])
    record("assignment.end", by=by, target=assignment, ends_on=str(ends_on), reason=reason)
    return assignment


@transaction.atomic
def grant_role(grant: RoleGrant, *, by: User | None) -> RoleGrant:
    """Give a role for a period; it counts from the next request on."""
    require(by, "people.add_rolegrant", grant)
    if by is not None and by.pk == grant.user_id:
        raise PermissionDenied
    locked(grant.user)
    grant.granted_by = by
    grant.full_clean(exclude=["granted_by"] if by is None else None)
    same = RoleGrant.objects.running(on=grant.starts_on).filter(
        user=grant.user, role=grant.role, opd=grant.opd
    )
    if same.exists():
        raise ServiceError(_("This person has this role already."))
    grant.save(force_insert=True)
    record(
        "role.grant", by=by, target=grant, person=str(grant.user_id), role=grant.role,
        opd=grant.opd_id, starts_on=str(grant.starts_on), ends_on=str(grant.ends_on or ""),
        reason=grant.reason,
    )  # fmt: skip
    return grant


@transaction.atomic
def revoke_role(grant: RoleGrant, *, by: User, reason: str) -> RoleGrant:
    """Withdraw a role at once."""
    grant = RoleGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    require(by, "people.revoke_rolegrant", grant)
    if grant.revoked_at is not None:
        raise ServiceError(_("This role was withdrawn already."))
    grant.revoked_at, grant.revoked_by = timezone.now(), by
    grant.save(update_fields=["revoked_at", "revoked_by"])
    record(
        "role.revoke", by=by, target=grant, person=str(grant.user_id), role=grant.role,
        reason=reason,
    )  # fmt: skip
    return grant
