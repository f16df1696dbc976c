"""Rows of a map that is being drawn, and the reviewer's comments on them.

The map is locked for every write, so no row slips in behind the signature; two people may write
different rows one after the other, the same row only from what they have seen.
"""

import datetime
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from mapping.models import RiskArea, RiskAreaPost, RiskAreaTemplate, RiskMap, RowComment
from mapping.scales import rate
from mapping.services.ended import refuse_ended
from mapping.services.errors import MapError, StaleRowError
from mapping.services.locks import count_change, lock_for_change, lock_map
from people.models import Post, User
from people.models.organisation import Opd

MOST_ROWS = 500
FIELDS = (
    "area", "activity", "conflict_form", "source_id", "cause", "officials", "other_parties",
    "consequence", "likelihood", "impact", "existing_control", "control_effect",
    "residual_likelihood", "residual_impact", "prevention", "handling", "owner_post_id", "due_on",
    "status", "status_note", "mcsp_area",
)  # fmt: skip


@transaction.atomic
def save_row(
    row: RiskArea, *, by: User, posts: Iterable[Post], revision: int | None = None
) -> RiskArea:
    """Write a new or changed row with the posts it names.

    `revision` is that of the row which the person saw; raises StaleRowError when somebody has
    written it since, MapError when the map is closed, ValidationError for what a row can't be.
    """
    risk_map = lock_for_change(row.map_id, by=by)
    row.map = risk_map
    posts = list(posts)
    before = None
    if row.pk is None:
        _check_room(risk_map)
        row.position = _next_position(risk_map)
    else:
        before = RiskArea.objects.filter(pk=row.pk, map=risk_map).first()
        if before is None:
            raise MapError(_("Somebody removed this row meanwhile."))
        if revision is not None and before.revision != revision:
            raise StaleRowError(_("Somebody changed this row meanwhile."), row=before)
        row.revision = before.revision + 1
    _check(row, risk_map, posts)
    row.updated_by = by
    row.save()
    is_named_anew = _name_posts(row, posts)
    count_change(risk_map)
    _record(row, before, by=by, is_named_anew=is_named_anew)
    return row


def _check(row: RiskArea, risk_map: RiskMap, posts: list[Post]) -> None:
    faults: dict[str, Any] = {}
    if not (_on_scale(row.likelihood) and _on_scale(row.impact)):
        faults["likelihood"] = _("Likelihood and impact go from 1 to 5.")
    residual = (row.residual_likelihood, row.residual_impact)
    if (residual[0] is None) != (residual[1] is None):
        faults["residual_impact"] = _("Residual likelihood and impact are given together.")
    elif residual[0] is not None and not all(_on_scale(step) for step in residual):
        faults["residual_impact"] = _("Likelihood and impact go from 1 to 5.")
    if any(post.opd_id != risk_map.opd_id for post in posts):
        faults["posts"] = _("A row names only posts of its own OPD.")
    if row.owner_post is not None and row.owner_post.opd_id != risk_map.opd_id:
        faults["owner_post"] = _("A row names only posts of its own OPD.")
    if faults:
        raise ValidationError(faults)
    rate(row, risk_map.scale)
    row.full_clean(exclude=["map"])


def _on_scale(step: Any) -> bool:
    return isinstance(step, int) and 1 <= step <= 5


def _check_room(risk_map: RiskMap, adding: int = 1) -> None:
    if risk_map.areas.count() + adding > MOST_ROWS:
        raise MapError(_("A map has at most %(count)s rows.") % {"count": MOST_ROWS})


def _next_position(risk_map: RiskMap) -> int:
    return (risk_map.areas.aggregate(last=Max("position"))["last"] or 0) + 1


def _name_posts(row: RiskArea, posts: Iterable[Post]) -> bool:
    """Whether the row names other posts than before."""
    wanted = {post.pk for post in posts}
    known = set(row.named_posts.values_list("post_id", flat=True))
    row.named_posts.filter(post_id__in=known - wanted).delete()
    RiskAreaPost.objects.bulk_create(
        RiskAreaPost(area=row, post_id=pk) for pk in sorted(wanted - known)
    )
    return wanted != known


def _record(row: RiskArea, before: RiskArea | None, *, by: User, is_named_anew: bool) -> None:
    if before is None:
        record("riskarea.add", by=by, target=row, map=str(row.map))
        return
    changed = [name for name in FIELDS if getattr(before, name) != getattr(row, name)]
    if is_named_anew:
        changed.append("posts")
    record(
        "riskarea.change", by=by, target=row, map=str(row.map), changed=changed,
        revision=row.revision,
    )  # fmt: skip


@transaction.atomic
def remove_row(row: RiskArea, *, by: User, revision: int | None = None) -> None:
    """Take a row out of a draft; it stays in the maps that were signed with it."""
    risk_map = lock_for_change(row.map_id, by=by)
    found = RiskArea.objects.filter(pk=row.pk).first()
    if found is None:
        raise MapError(_("Somebody removed this row meanwhile."))
    if revision is not None and found.revision != revision:
        raise StaleRowError(_("Somebody changed this row meanwhile."), row=found)
    record("riskarea.remove", by=by, target=found, map=str(risk_map))
    found.delete()
    count_change(risk_map)


@transaction.atomic
def add_from_library(
    risk_map: RiskMap,
    *,
    codes: Collection[str],
    by: User,
    owner_post: Post | None = None,
    due_on: datetime.date | None = None,
) -> list[RiskArea]:
    """Rows from templates, as the library words them; what the map has already is skipped.

    `owner_post` and `due_on` are those of all new rows, to be changed row by row.
    """
    risk_map = lock_for_change(risk_map, by=by)
    if owner_post is not None and owner_post.opd_id != risk_map.opd_id:
        raise MapError(_("A row names only posts of its own OPD."))
    known = set(risk_map.areas.values_list("template_id", flat=True))
    words = set(risk_map.areas.values_list("area", "activity", "conflict_form"))
    templates = RiskAreaTemplate.objects.filter(code__in=codes, valid_until__isnull=True)
    wanted = [
        item
        for item in templates.select_related("source").order_by("code")
        if item.pk not in known and (item.area, item.activity, item.conflict_form) not in words
    ]
    _check_room(risk_map, len(wanted))
    first = _next_position(risk_map)
    rows = [
        row_from(item, risk_map, position=number, by=by)
        for number, item in enumerate(wanted, first)
    ]
    former = _former_keys(risk_map, wanted)
    for row in rows:
        row.owner_post, row.due_on = owner_post, due_on
        row.row_key = former.get(row.template_id, row.row_key)
    RiskArea.objects.bulk_create(rows)
    if rows:
        count_change(risk_map)
        record(
            "riskmap.library", by=by, target=risk_map, codes=[item.code for item in wanted],
            count=len(rows),
        )  # fmt: skip
    return rows


def _former_keys(
    risk_map: RiskMap, templates: Iterable[RiskAreaTemplate]
) -> dict[int | None, uuid.UUID]:
    """Template → the key of its row in the OPD's newest map that had one.

    So the controls of the area come along, and years can be compared row by row.
    """
    by_code = {item.code: item.pk for item in templates}
    used = risk_map.areas.values("row_key")
    rows = RiskArea.objects.filter(map__opd=risk_map.opd_id, template__code__in=list(by_code))
    found = rows.exclude(row_key__in=used).order_by("map__year", "map__version", "pk")
    return {by_code[code]: key for code, key in found.values_list("template__code", "row_key")}


def row_from(
    template: RiskAreaTemplate, risk_map: RiskMap, *, position: int, by: User | None
) -> RiskArea:
    row = RiskArea(
        map=risk_map, position=position, template=template, area=template.area,
        activity=template.activity, conflict_form=template.conflict_form, source=template.source,
        cause=template.cause, officials=template.officials, consequence=template.consequence,
        likelihood=template.likelihood, impact=template.impact, prevention=template.prevention,
        handling=template.handling, mcsp_area=template.mcsp_area, updated_by=by,
    )  # fmt: skip
    rate(row, risk_map.scale)
    return row


def posts_offered(opd: Opd) -> Any:
    """Posts of the OPD today, for the choice in a row."""
    return (
        Post.objects.filter(opd=opd)
        .in_force(on=timezone.localdate())
        .order_by("-is_opd_head", "title", "pk")
    )


@transaction.atomic
def comment_on(row: RiskArea, *, by: User, text: str) -> RowComment:
    """The reviewer's remark; possible while the map is under review."""
    risk_map = lock_map(row.map_id)
    if not by.has_perm("mapping.comment_riskmap", risk_map):
        raise PermissionDenied
    refuse_ended(risk_map)
    if risk_map.state not in ("signed", "under_review"):
        raise MapError(_("This map isn't under review now."))
    text = text.strip()
    if not text:
        raise MapError(_("Write what should be changed in this row."))
    comment = RowComment.objects.create(area=row, text=text[:1000], created_by=by)
    record("riskarea.comment", by=by, target=row, text=comment.text[:200])
    return comment


@transaction.atomic
def settle_comment(comment: RowComment, *, by: User) -> RowComment:
    """The OPD says that it has done what the comment asks."""
    lock_for_change(comment.area.map_id, by=by)
    comment = RowComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if comment.settled_at is None:
        comment.settled_at, comment.settled_by = timezone.now(), by
        comment.save(update_fields=["settled_at", "settled_by"])
        record("riskarea.settle", by=by, target=comment.area)
    return comment
