"""What the database knows of the people and posts of a file, read in a handful of queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models.functions import Lower

from people.models import Assignment, NipChange, Opd, Post, User

# A list of a hundred thousand numbers in one statement costs more than twenty statements.
CHUNK = 5_000

PostKey = tuple[int, str]


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk


@dataclass
class Known:
    opds: dict[str, Opd] = field(default_factory=dict)
    opd_codes: dict[int, str] = field(default_factory=dict)
    posts: dict[PostKey, Post] = field(default_factory=dict)
    post_keys: dict[int, PostKey] = field(default_factory=dict)
    posts_by_code: dict[str, list[PostKey]] = field(default_factory=lambda: defaultdict(list))
    users: dict[str, User] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    assignments: dict[Any, list[Assignment]] = field(default_factory=lambda: defaultdict(list))
    # (old number, new number) of changes that were made before.
    nip_changes: set[tuple[str, str]] = field(default_factory=set)

    def holders(self, post_ids: Iterable[int]) -> dict[int, list[Assignment]]:
        """Definitive assignments of those posts, whoever holds them."""
        found: dict[int, list[Assignment]] = defaultdict(list)
        for chunk in chunks(sorted(post_ids)):
            rows = Assignment.objects.definitive().filter(post__in=chunk)
            for assignment in rows.select_related("user").order_by("starts_on", "pk"):
                found[assignment.post_id].append(assignment)
        return found


def load(
    *, nips: Iterable[str], old_nips: Iterable[str], emails: Iterable[str], on: datetime.date
) -> Known:
    known = Known()
    _load_posts(known, on=on)
    _load_people(known, sorted({*nips, *old_nips}), sorted(set(old_nips)), sorted(set(emails)))
    return known


def _load_posts(known: Known, *, on: datetime.date) -> None:
    known.opds = {opd.code: opd for opd in Opd.objects.in_force(on=on).order_by("pk")}
    known.opd_codes = dict(Opd.objects.values_list("pk", "code"))
    # A closed post keeps its code: it must not be made a second time.
    for post in Post.objects.order_by("pk").iterator(chunk_size=CHUNK):
        key = (post.opd_id, post.code)
        known.posts[key] = post
        known.post_keys[post.pk] = key
        known.posts_by_code[post.code].append(key)


def _load_people(known: Known, nips: list[str], old_nips: list[str], emails: list[str]) -> None:
    for chunk in chunks(nips):
        for user in User.objects.filter(nip__in=chunk).order_by("pk"):
            known.users[user.nip] = user
        rows = Assignment.objects.filter(user__nip__in=chunk).order_by("starts_on", "pk")
        for assignment in rows:
            known.assignments[assignment.user_id].append(assignment)
    for chunk in chunks(emails):
        rows = User.objects.annotate(lower=Lower("email")).filter(lower__in=chunk)
        known.emails.update(rows.values_list("lower", "nip"))
    for chunk in chunks(old_nips):
        changes = NipChange.objects.filter(old_nip__in=chunk)
        known.nip_changes.update(changes.values_list("old_nip", "new_nip"))
