"""When OPDs become one: their maps go over to the successor as one draft.

Signed documents stay as they were, under the old names. People and open cases are moved by the
apps that own them; posts that don't exist in the successor are left out of the rows and named.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from mapping.models import Control, RiskArea, RiskAreaPost, RiskMap
from mapping.services.errors import MapError
from mapping.services.maps import COPIED
from mapping.services.obligations import update_obliged_posts
from mapping.services.scales import default_scale, rate
from mapping.workflow import archive
from people.models import Opd, Post, User

OPEN = RiskMap.State.OPEN


@dataclass(frozen=True, slots=True)
class Merged:
    map: RiskMap
    carried: int
    duplicates: int
    archived: int
    controls: int


@transaction.atomic
def merge_opds(
    sources: Sequence[Opd], *, successor: Opd, year: int, by: User, reason: str
) -> Merged:
    """Carry the newest rows of `sources` (and the successor's own) into one draft.

    Posts are found again in the successor by their code. The maps of the sources are archived,
    their unfinished controls move along.
    """
    if not by.has_perm("mapping.merge_riskmaps"):
        raise PermissionDenied
    _check(sources, successor, reason)
    ids = sorted({opd.pk for opd in sources})
    list(Opd.objects.select_for_update().filter(pk__in=[*ids, successor.pk]).order_by("pk"))
    own = _newest(successor, any_state=True)
    if own is not None and own.state in OPEN and own.year == year:
        raise MapError(
            _("%(opd)s is working on its map of %(year)s; finish that one first.")
            % {"opd": successor.name, "year": year}
        )
    draft = _draft(successor, year=year, previous=own, by=by, reason=reason)
    taken = [found for opd in (successor, *sources) if (found := _newest(opd)) is not None]
    carried, duplicates = _carry(taken, draft, by=by)
    controls = _move_controls(ids, successor)
    archived = _archive(ids, by=by, reason=reason)
    for opd in sources:
        update_obliged_posts(opd)
    record(
        "riskmap.merge", by=by, target=draft, sources=[opd.code for opd in sources],
        carried=carried, duplicates=duplicates, reason=reason,
    )  # fmt: skip
    return Merged(draft, carried, duplicates, archived, controls)


def _check(sources: Sequence[Opd], successor: Opd, reason: str) -> None:
    if not sources:
        raise MapError(_("Choose the OPDs that end."))
    if any(opd.pk == successor.pk for opd in sources):
        raise MapError(_("The successor can't be one of the OPDs that end."))
    if successor.valid_until is not None:
        raise MapError(_("The successor has ended itself."))
    if not reason.strip():
        raise MapError(_("Name the regulation or the reason."))


def _newest(opd: Opd, *, any_state: bool = False) -> RiskMap | None:
    """What the OPD worked on last; archived drafts don't count as knowledge lost."""
    maps = RiskMap.objects.filter(opd=opd)
    if not any_state:
        maps = maps.exclude(state="superseded")
    return maps.order_by("-year", "-version").first()


def _draft(opd: Opd, *, year: int, previous: RiskMap | None, by: User, reason: str) -> RiskMap:
    last = RiskMap.objects.filter(opd=opd, year=year).aggregate(last=Max("version"))["last"] or 0
    return RiskMap.objects.create(
        opd=opd, year=year, version=last + 1, scale=default_scale(), previous=previous,
        created_by=by, opened_because=reason.strip()[:500],
    )  # fmt: skip


def _carry(maps: list[RiskMap], draft: RiskMap, *, by: User) -> tuple[int, int]:
    posts = {
        post.code: post.pk
        for post in Post.objects.filter(opd=draft.opd).in_force(on=timezone.localdate())
    }
    seen: set[tuple[str, str, str]] = set()
    keys: set[uuid.UUID] = set()
    duplicates, carried = 0, 0
    for risk_map in maps:
        for row in risk_map.areas.select_related("owner_post").order_by("position", "pk"):
            words = (row.area, row.activity, row.conflict_form)
            if words in seen or row.row_key in keys:
                duplicates += 1
                continue
            seen.add(words)
            keys.add(row.row_key)
            carried += 1
            _carry_row(row, draft, posts, position=carried, by=by)
    return carried, duplicates


def _carry_row(
    row: RiskArea, draft: RiskMap, posts: dict[str, int], *, position: int, by: User
) -> None:
    copied = RiskArea(map=draft, updated_by=by, **{name: getattr(row, name) for name in COPIED})
    copied.position = position
    copied.owner_post_id = posts.get(row.owner_post.code) if row.owner_post else None
    rate(copied, draft.scale)
    copied.save()
    codes = row.named_posts.values_list("post__code", flat=True)
    RiskAreaPost.objects.bulk_create(
        RiskAreaPost(area=copied, post_id=posts[code]) for code in codes if code in posts
    )


def _move_controls(ids: list[int], successor: Opd) -> int:
    """Unfinished controls go to the post of the same code, else to the head of the successor."""
    posts = {
        post.code: post
        for post in Post.objects.filter(opd=successor).in_force(on=timezone.localdate())
    }
    moved = 0
    for control in Control.objects.filter(opd__in=ids).unfinished().select_related("owner_post"):
        owner = posts.get(control.owner_post.code) or next(
            (post for post in posts.values() if post.is_opd_head), None
        )
        if owner is not None:
            control.opd, control.owner_post = successor, owner
            control.save(update_fields=["opd", "owner_post"])
            moved += 1
    return moved


def _archive(ids: list[int], *, by: User, reason: str) -> int:
    maps = RiskMap.objects.filter(opd__in=ids, state__in=[*OPEN, "approved"]).order_by("pk")
    return len([archive(risk_map, by=by, reason=reason) for risk_map in maps])


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merger would do, for the page before it."""

    maps: list[RiskMap]
    without_map: list[Opd]
    controls: int
    posts_missing: list[Post]


def preview(sources: Sequence[Opd], *, successor: Opd) -> Preview:
    """Writes nothing."""
    found = {opd.pk: _newest(opd) for opd in sources}
    ids = list(found)
    codes = Post.objects.filter(opd=successor).in_force(on=timezone.localdate())
    named = Post.objects.filter(
        pk__in=RiskAreaPost.objects.filter(
            area__map__in=[each.pk for each in found.values() if each]
        ).values("post")
    )
    return Preview(
        maps=[each for each in found.values() if each],
        without_map=[opd for opd in sources if found[opd.pk] is None],
        controls=Control.objects.filter(opd__in=ids).unfinished().count(),
        posts_missing=list(named.exclude(code__in=codes.values("code")).order_by("code")[:100]),
    )
