"""Agencies and posts. Nothing is deleted: what ends gets an end date."""

import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from audit.services import record
from people.models import Opd, Post, User
from people.services.checks import require
from people.services.errors import ServiceError

OPD_FIELDS = ("code", "name", "short_name", "kind", "parent_id", "valid_from")
POST_FIELDS = (
    "code", "title", "unit", "level", "superior_id", "is_opd_head", "is_single_seat",
    "valid_from", "valid_until",
)  # fmt: skip


def _changes(before: models.Model | None, after: models.Model, fields: tuple[str, ...]) -> dict:
    return {
        name: str(getattr(after, name))
        for name in fields
        if before is None or getattr(before, name) != getattr(after, name)
    }


@transaction.atomic
def save_opd(opd: Opd, *, by: User | None) -> Opd:
    before = Opd.objects.select_for_update(of=("self",)).filter(pk=opd.pk).first()
    require(by, "people.change_opd" if before else "people.add_opd", opd if before else None)
    opd.full_clean()
    changes = _changes(before, opd, OPD_FIELDS)
    opd.save()
    record("opd.change" if before else "opd.add", by=by, target=opd, changes=changes)
    return opd


@transaction.atomic
def close_opd(
    opd: Opd, *, valid_until: datetime.date, successor: Opd | None, by: User | None, reason: str
) -> Opd:
    """End an agency. Its documents keep its name; nobody may hold a post there afterwards."""
    require(by, "people.close_opd", opd)
    opd = Opd.objects.select_for_update(of=("self",)).get(pk=opd.pk)
    if opd.valid_until is not None:
        raise ServiceError(_("This OPD was closed already."))
    if opd.children.in_force(on=valid_until + datetime.timedelta(days=1)).exists():
        raise ServiceError(_("Other OPDs still belong to this one. Close or move them first."))
    if _still_held(opd, after=valid_until):
        raise ServiceError(_("People still hold posts here after that day. Move them first."))
    opd.valid_until, opd.successor = valid_until, successor
    opd.full_clean()
    opd.save(update_fields=["valid_until", "successor"])
    opd.posts.in_force(on=valid_until).update(valid_until=valid_until)
    record(
        "opd.close", by=by, target=opd, valid_until=str(valid_until), reason=reason,
        successor=successor.code if successor else "",
    )  # fmt: skip
    return opd


def _still_held(opd: Opd, *, after: datetime.date) -> bool:
    held = models.Q(assignments__ends_on__isnull=True) | models.Q(assignments__ends_on__gt=after)
    return opd.posts.filter(held, assignments__isnull=False).exists()


@transaction.atomic
def save_post(post: Post, *, by: User | None) -> Post:
    before = Post.objects.select_for_update(of=("self",)).filter(pk=post.pk).first()
    require(by, "people.change_post" if before else "people.add_post", post if before else None)
    post.full_clean()
    if before is not None and _would_be_circle(post):
        raise ServiceError(_("A post cannot stand above itself, not even by a detour."))
    changes = _changes(before, post, POST_FIELDS)
    post.save()
    if "is_single_seat" in changes:
        _refuse_shared_seat(post)
        post.assignments.filter(ends_on__isnull=True).update(is_single_seat=post.is_single_seat)
    record("post.change" if before else "post.add", by=by, target=post, changes=changes)
    return post


def _refuse_shared_seat(post: Post) -> None:
    running = post.assignments.definitive().filter(ends_on__isnull=True)
    if post.is_single_seat and running.count() > 1:
        raise ServiceError(_("Several people hold this post now. End their assignments first."))


def _would_be_circle(post: Post) -> bool:
    seen: set[int] = set()
    above = post.superior_id
    while above is not None and above not in seen:
        if above == post.pk:
            return True
        seen.add(above)
        above = Post.objects.values_list("superior_id", flat=True).get(pk=above)
    return False


@transaction.atomic
def oblige_post(post: Post, *, is_obliged: bool, by: User | None, reason: str) -> Post:
    """Say by hand whether the holder of a post must declare (wajib lapor), and why."""
    require(by, "people.oblige_post", post)
    post = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if post.is_obliged == is_obliged and post.obliged_because == (reason if is_obliged else ""):
        raise ServiceError(_("Nothing would change."))
    before = post.is_obliged
    post.is_obliged, post.obliged_because = is_obliged, reason if is_obliged else ""
    post.save(update_fields=["is_obliged", "obliged_because"])
    record("post.oblige", by=by, target=post, before=before, after=is_obliged, reason=reason)
    return post
