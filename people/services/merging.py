"""People of OPDs that end go over to the posts of their successor, from a day on.

A post is found again by its code, else by its title and level. Who finds no post, or a seat that
is taken, stays and is named: an administrator decides, never the portal.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from people.models import Assignment, Opd, Post, RoleGrant, User
from people.roles import Role
from people.services.standing import assign, end_assignment, grant_role

NO_POST, TAKEN, OWN, TODAY = "no_post", "taken", "own", "today"


@dataclass(frozen=True, slots=True)
class Move:
    """`target` is None for somebody who stays; `why` says why."""

    assignment: Assignment
    target: Post | None
    why: str = ""


def moves_for(
    sources: Collection[Opd], *, successor: Opd, on: datetime.date, by: User
) -> list[Move]:
    """Where everybody who holds a post in `sources` would go; writes nothing. Three queries."""
    running = (
        Assignment.objects.running(on=on)
        .filter(post__opd__in=sources)
        .select_related("user", "post__opd")
        .order_by("post__opd__code", "post__code", "pk")
    )
    posts = list(Post.objects.filter(opd=successor).in_force(on=on).order_by("code"))
    held = Assignment.objects.filter(post__in=posts, kind=Assignment.Kind.DEFINITIVE)
    taken = set(held.exclude(ends_on__lt=on).values_list("post_id", flat=True))
    return [_move(each, posts, taken, on=on, by=by) for each in running]


def _move(
    item: Assignment, posts: list[Post], taken: set[int], *, on: datetime.date, by: User
) -> Move:
    target = _same_post(item.post, posts)
    if target is None:
        return Move(item, None, NO_POST)
    if item.user_id == by.pk:
        return Move(item, None, OWN)
    if item.starts_on >= on:
        return Move(item, None, TODAY)
    if target.is_single_seat and item.kind == Assignment.Kind.DEFINITIVE:
        if target.pk in taken:
            return Move(item, None, TAKEN)
        taken.add(target.pk)
    return Move(item, target)


def _same_post(post: Post, posts: list[Post]) -> Post | None:
    if post.is_opd_head:
        return next((each for each in posts if each.is_opd_head), None)
    by_code = (each for each in posts if each.code == post.code)
    alike = (each for each in posts if (each.title, each.level) == (post.title, post.level))
    return next(by_code, None) or next(alike, None)


@transaction.atomic
def move_people(
    sources: Collection[Opd], *, successor: Opd, on: datetime.date, by: User, reason: str
) -> list[Move]:
    """End the assignments the day before `on` and begin those in the successor; what was moved.

    Safe to run twice. Each move is an event of its own.
    """
    list(
        Assignment.objects.select_for_update(of=("self",))
        .running(on=on)
        .filter(post__opd__in=sources)
        .order_by("pk")
    )
    moved = [move for move in moves_for(sources, successor=successor, on=on, by=by) if move.target]
    eve = on - datetime.timedelta(days=1)
    for move in moved:
        former = move.assignment
        end_assignment(former, ends_on=eve, by=by, reason=reason[:120])
        assign(
            Assignment(
                user=former.user, post=move.target, kind=former.kind, starts_on=on,
                decree=reason[:120],
            ),
            by=by,
        )  # fmt: skip
    return moved


def officers_of(
    sources: Collection[Opd], *, successor: Opd, on: datetime.date, by: User
) -> QuerySet[RoleGrant]:
    """Officers of the sources who are not yet officers of the successor; never oneself."""
    officers = RoleGrant.objects.running(on=on).filter(role=Role.OPD_OFFICER)
    there = officers.filter(opd=successor).values("user")
    return (
        officers.filter(opd__in=sources, user__is_active=True)
        .exclude(user__in=there)
        .exclude(user=by)
        .select_related("user", "opd")
        .order_by("user", "pk")
        .distinct("user")
    )


@transaction.atomic
def grant_officers(
    sources: Collection[Opd], *, successor: Opd, on: datetime.date, by: User, reason: str
) -> int:
    """The officers may go on with the open cases; what they could read they can still read."""
    given = 0
    for former in list(officers_of(sources, successor=successor, on=on, by=by)):
        grant = RoleGrant(
            user=former.user, role=former.role, opd=successor, starts_on=on,
            ends_on=former.ends_on, reason=reason[:200],
        )  # fmt: skip
        if by.has_perm("people.add_rolegrant", grant):
            grant_role(grant, by=by)
            given += 1
    return given
