"""When OPDs become one: people, open cases, maps and controls go over to the successor.

Signed documents stay as they were, under the old names. Open cases are moved by the apps that own
them (`mapping.carrying`); posts that don't exist in the successor are left out and named.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from mapping import carrying
from mapping.carrying import Line, Merger
from mapping.closing import Closing, close_emptied, closing_of
from mapping.models import Control, RiskArea, RiskAreaPost, RiskMap
from mapping.scales import default_scale, rate
from mapping.services.errors import MapError
from mapping.services.locks import count_change, lock_map
from mapping.services.maps import COPIED, renew
from mapping.services.obligations import update_obliged_posts
from mapping.workflow import archive
from people.models import Opd, Post, RoleGrant, User
from people.services import Move, grant_officers, move_people, moves_for, officers_of

OPEN = RiskMap.State.OPEN


@dataclass(frozen=True, slots=True)
class Merged:
    """`map` is None when the sources had none to carry over."""

    map: RiskMap | None
    carried: int = 0
    duplicates: int = 0
    archived: int = 0
    controls: int = 0
    people: int = 0
    cases: int = 0
    closed: int = 0

    @property
    def has_done_something(self) -> bool:
        return bool(self.map or self.controls or self.people or self.cases or self.closed)


class ChangedMeanwhileError(MapError):
    """What would happen is not what the person has seen."""


@transaction.atomic
def merge_opds(
    sources: Sequence[Opd],
    *,
    successor: Opd,
    year: int,
    by: User,
    reason: str,
    seen: str = "",
    close: bool = False,
) -> Merged:
    """Carry people, open cases, maps and controls of `sources` over to the successor, at once.

    People go to the posts of the same code from today on, then the open cases follow. The newest
    rows of the sources (and the successor's own) become one draft; the maps of the sources are
    archived, their unfinished controls move along. A second run finds nothing left to do.
    `seen` is the mark of the preview that the person agreed to; raises ChangedMeanwhileError when
    things have changed since. `close` ends the sources that are empty then.
    """
    if not by.has_perm("mapping.merge_riskmaps"):
        raise PermissionDenied
    _check(sources, successor, reason)
    ids = sorted({opd.pk for opd in sources})
    list(Opd.objects.select_for_update().filter(pk__in=[*ids, successor.pk]).order_by("pk"))
    if seen and preview(sources, successor=successor, by=by).mark != seen:
        raise ChangedMeanwhileError(
            _("Something has changed since you looked. Read again what would happen, please.")
        )
    merger = Merger(tuple(sources), successor, timezone.localdate(), by, reason.strip())
    people = move_people(sources, successor=successor, on=merger.on, by=by, reason=merger.reason)
    grant_officers(sources, successor=successor, on=merger.on, by=by, reason=merger.reason)
    cases = sum(carrying.carry(merger).values())
    merged = _merge_maps(merger, ids, year)
    merged = replace(
        merged, people=len(people), cases=cases, controls=_move_controls(ids, successor)
    )
    archived = _archive(ids, by=by, reason=merger.reason)
    for opd in sources:
        update_obliged_posts(opd)
    if close:
        ready = closing_of(merger, ()).ready
        merged = replace(merged, closed=close_emptied(merger, ready))
    if merged.has_done_something:
        record(
            "riskmap.merge", by=by, target=merged.map or successor,
            sources=[opd.code for opd in sources], carried=merged.carried,
            duplicates=merged.duplicates, controls=merged.controls, people=merged.people,
            cases=cases, closed=merged.closed, reason=merger.reason,
        )  # fmt: skip
    return replace(merged, archived=archived)


def _merge_maps(merger: Merger, ids: list[int], year: int) -> Merged:
    """One draft of all rows; nothing when no source has a map that is open or in force."""
    found = [risk_map for opd in merger.sources if (risk_map := _newest(opd)) is not None]
    if not found:
        return Merged(None)
    successor = merger.successor
    draft = RiskMap.objects.filter(opd=successor, year=year).open().first()
    if draft is not None:
        return Merged(draft, *_carry(found, _held(draft), by=merger.by))
    own = RiskMap.objects.filter(opd=successor).order_by("-year", "-version").first()
    draft = _draft(successor, year=year, previous=own, by=merger.by, reason=merger.reason)
    kept = _newest(successor, but=draft)
    taken = [kept, *found] if kept is not None else found
    return Merged(draft, *_carry(taken, draft, by=merger.by))


def _held(draft: RiskMap) -> RiskMap:
    """The map that the successor is working on, to which the rows are added."""
    draft = lock_map(draft)
    if not draft.is_editable:
        raise MapError(
            _("The map of %(opd)s for %(year)s is under review; finish that one first.")
            % {"opd": draft.opd.name, "year": draft.year}
        )
    count_change(draft)
    return draft


def _check(sources: Sequence[Opd], successor: Opd, reason: str) -> None:
    if not sources:
        raise MapError(_("Choose the OPDs that end."))
    if any(opd.pk == successor.pk for opd in sources):
        raise MapError(_("The successor can't be one of the OPDs that end."))
    if successor.valid_until is not None:
        raise MapError(_("The successor has ended itself."))
    if not reason.strip():
        raise MapError(_("Name the regulation or the reason."))


def _newest(opd: Opd, *, but: RiskMap | None = None) -> RiskMap | None:
    """What the OPD works on, else its map in force; archived ones were carried over already.

    One that was begun and has no rows yet doesn't hide the map in force.
    """
    maps = RiskMap.objects.filter(opd=opd, state__in=[*OPEN, "approved"])
    if but is not None:
        maps = maps.exclude(pk=but.pk)
    has_rows = Exists(RiskArea.objects.filter(map=OuterRef("pk")))
    return maps.annotate(has_rows=has_rows).order_by("-has_rows", "-year", "-version").first()


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
    there = list(draft.areas.all())
    seen = {(row.area, row.activity, row.conflict_form) for row in there}
    keys = {row.row_key for row in there}
    last = max((row.position for row in there), default=0)
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
            _carry_row(row, draft, posts, position=last + carried, by=by)
    return carried, duplicates


def _carry_row(
    row: RiskArea, draft: RiskMap, posts: dict[str, int], *, position: int, by: User
) -> None:
    copied = RiskArea(map=draft, updated_by=by, **{name: getattr(row, name) for name in COPIED})
    copied.position = position
    renew(copied, draft.year)
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
    moves: list[Move]
    officers: list[RoleGrant]
    cases: list[Line]
    closing: Closing

    @property
    def moving(self) -> list[Move]:
        return [move for move in self.moves if move.target]

    @property
    def staying(self) -> list[Move]:
        return [move for move in self.moves if not move.target]

    @property
    def has_nothing(self) -> bool:
        return not (self.maps or self.controls or self.moving or self.officers or self.cases)

    @property
    def mark(self) -> str:
        """Differs when anything of it does."""
        facts = [
            [f"{each.pk}:{each.revision}:{each.state}" for each in self.maps],
            self.controls,
            [(move.assignment.pk, move.target and move.target.pk) for move in self.moves],
            [grant.pk for grant in self.officers],
            [(line.label, line.number) for line in self.cases],
            [opd.pk for opd in self.closing.ready],
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def preview(sources: Sequence[Opd], *, successor: Opd, by: User) -> Preview:
    """Writes nothing."""
    on = timezone.localdate()
    found = {opd.pk: _newest(opd) for opd in sources}
    codes = Post.objects.filter(opd=successor).in_force(on=on)
    named = Post.objects.filter(
        pk__in=RiskAreaPost.objects.filter(
            area__map__in=[each.pk for each in found.values() if each]
        ).values("post")
    )
    merger = Merger(tuple(sources), successor, on, by)
    moves = moves_for(sources, successor=successor, on=on, by=by)
    return Preview(
        maps=[each for each in found.values() if each],
        without_map=[opd for opd in sources if found[opd.pk] is None],
        controls=Control.objects.filter(opd__in=list(found)).unfinished().count(),
        posts_missing=list(named.exclude(code__in=codes.values("code")).order_by("code")[:100]),
        moves=moves,
        officers=list(officers_of(sources, successor=successor, on=on, by=by)),
        cases=carrying.preview(merger),
        closing=closing_of(merger, moves),
    )
