"""Beginning a map: empty, from last year's, or as a new version of the approved one."""

import calendar
import dataclasses
import datetime
from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from mapping import happenings
from mapping.happenings import Happening
from mapping.models import Control, RiskArea, RiskAreaPost, RiskAreaTemplate, RiskMap
from mapping.scales import default_scale, rate
from mapping.services.errors import MapError
from people.models import Opd, Post, User

COPIED = (
    "row_key", "position", "template_id", "area", "activity", "conflict_form", "source_id",
    "cause", "officials", "other_parties", "consequence", "likelihood", "impact",
    "existing_control", "control_effect", "residual_likelihood", "residual_impact", "prevention",
    "handling", "owner_post_id", "due_on", "status", "status_note", "mcsp_area",
)  # fmt: skip


def years_offered(on: datetime.date | None = None) -> list[int]:
    year = (on or timezone.localdate()).year
    return [year, year + 1]


def opds_drawn_by(user: User) -> list[Opd]:
    ids = user.standing.headed_opd_ids | user.standing.officer_opd_ids
    return list(Opd.objects.filter(pk__in=ids, valid_until__isnull=True).order_by("code"))


@transaction.atomic
def start_map(*, opd: Opd, year: int, by: User, copy: bool = False) -> RiskMap:
    """A draft of the year; `copy` takes the rows of the last approved map over."""
    if not by.has_perm("mapping.add_riskmap", opd):
        raise PermissionDenied
    if year not in years_offered():
        raise MapError(_("A map is begun for this year or the next."))
    _check_alive(opd)
    if RiskMap.objects.filter(opd=opd, year=year).exists():
        raise MapError(
            _("There is a map of %(year)s already. Open it, or open it again from its page.")
            % {"year": year}
        )
    source = last_map(opd, before=year) if copy else None
    return _create(opd=opd, year=year, version=1, source=source, by=by, reason="")


@transaction.atomic
def reopen_map(risk_map: RiskMap, *, by: User, reason: str) -> RiskMap:
    """A new version of an approved map, as a draft; the approved one stays in force."""
    risk_map = RiskMap.objects.select_for_update(of=("self",)).get(pk=risk_map.pk)
    if not by.has_perm("mapping.reopen_riskmap", risk_map):
        raise PermissionDenied
    reason = reason.strip()
    if not reason:
        raise MapError(_("Say why the map is opened again."))
    if not risk_map.is_in_force:
        raise MapError(_("Only the map in force can be opened again."))
    _check_alive(risk_map.opd)
    versions = RiskMap.objects.filter(opd=risk_map.opd, year=risk_map.year)
    if versions.open().exists():
        raise MapError(_("Somebody is working on a map of this year already."))
    last = versions.aggregate(last=Max("version"))["last"]
    return _create(
        opd=risk_map.opd, year=risk_map.year, version=last + 1, source=risk_map, by=by,
        reason=reason,
    )  # fmt: skip


def last_map(opd: Opd, *, before: int) -> RiskMap | None:
    return RiskMap.objects.of_record().filter(opd=opd, year__lt=before).order_by("-year").first()


def _check_alive(opd: Opd) -> None:
    if opd.valid_until is not None:
        raise MapError(_("This OPD ends or has ended; its map is carried over to its successor."))


def _create(
    *, opd: Opd, year: int, version: int, source: RiskMap | None, by: User | None, reason: str
) -> RiskMap:
    risk_map = RiskMap(
        opd=opd, year=year, version=version, scale=default_scale(), previous=source,
        created_by=by, opened_because=reason[:500],
    )  # fmt: skip
    try:
        with transaction.atomic():
            risk_map.save(force_insert=True)
    except IntegrityError as error:
        raise MapError(_("Somebody is working on a map of this year already.")) from error
    if source is not None:
        copy_rows(source.areas.all(), risk_map, by=by)
    record(
        "riskmap.start", by=by, target=risk_map, year=year, version=version, reason=reason,
        copied_from=str(source) if source else "",
    )  # fmt: skip
    return risk_map


def copy_rows(
    rows: Iterable[RiskArea], target: RiskMap, *, by: User | None, first: int = 1
) -> list[RiskArea]:
    """The rows as drafts of `target`, rated on its scale; posts that are gone stay behind."""
    rows = list(rows)
    on = timezone.localdate()
    living = set(Post.objects.filter(opd=target.opd).in_force(on=on).values_list("pk", flat=True))
    made = []
    for number, row in enumerate(rows, first):
        copied = RiskArea(
            map=target, updated_by=by, **{name: getattr(row, name) for name in COPIED}
        )
        copied.position = number
        renew(copied, target.year)
        if copied.owner_post_id not in living:
            copied.owner_post = None
        rate(copied, target.scale)
        made.append(copied)
    RiskArea.objects.bulk_create(made)
    by_key = {row.row_key: row.pk for row in made}
    keys = {row.pk: row.row_key for row in rows}
    named = RiskAreaPost.objects.filter(area__in=list(keys))
    RiskAreaPost.objects.bulk_create(
        RiskAreaPost(area_id=by_key[keys[item.area_id]], post_id=item.post_id)
        for item in named
        if item.post_id in living and keys[item.area_id] in by_key
    )
    return made


def renew(row: RiskArea, year: int) -> None:
    """What was due in an earlier year is due on the same day of `year`, and no longer done."""
    if row.due_on is None or row.due_on.year >= year:
        return
    day = min(row.due_on.day, calendar.monthrange(year, row.due_on.month)[1])
    row.due_on = row.due_on.replace(year=year, day=day)
    if row.status == RiskArea.Status.DONE:
        row.status = RiskArea.Status.PLANNED


@dataclasses.dataclass(frozen=True, slots=True)
class Since:
    """What has changed since the map that the rows were copied from."""

    posts_gone: list[tuple[RiskArea, Post]] = dataclasses.field(default_factory=list)
    overdue: list[Control] = dataclasses.field(default_factory=list)
    without_owner: list[RiskArea] = dataclasses.field(default_factory=list)
    # With the row of the area; None for an area that these rows lack.
    happened: list[tuple[RiskArea | None, Happening]] = dataclasses.field(default_factory=list)
    day: datetime.date | None = None
    # Rows that were due in an earlier year.
    renewed: int = 0

    def __bool__(self) -> bool:
        return bool(
            self.posts_gone or self.overdue or self.without_owner or self.happened or self.renewed
        )


def changed_since(
    risk_map: RiskMap, rows: list[RiskArea], *, on: datetime.date, viewer: User | None = None
) -> Since:
    """For a draft made from another map: 3 queries, and those of the apps that know more.

    What happened is counted as `viewer` may read it; without one it is left out.
    """
    if risk_map.previous is None or not risk_map.is_editable:
        return Since()
    here = {row.row_key: row for row in rows}
    gone = RiskAreaPost.objects.filter(
        area__map=risk_map.previous_id, area__row_key__in=list(here)
    ).exclude(post__in=Post.objects.filter(opd=risk_map.opd_id).in_force(on=on))
    posts_gone = [
        (here[item.area.row_key], item.post)
        for item in gone.select_related("area", "post__opd").order_by("pk")
    ]
    overdue = list(
        Control.objects.filter(opd=risk_map.opd_id, row_key__in=list(here))
        .overdue(on=on)
        .for_list()
    )
    without = [row for row in rows if row.owner_post_id is None]
    day = timezone.localdate(risk_map.previous.approved_at or risk_map.previous.created_at)
    happened = happenings.since(risk_map.opd, viewer=viewer, day=day) if viewer else []
    known = {row.template.code if row.template else str(row.row_key): row for row in rows}
    before = RiskArea.objects.filter(map=risk_map.previous_id, row_key__in=list(here))
    return Since(
        posts_gone, overdue, without, [(known.get(item.key), item) for item in happened], day,
        renewed=before.filter(due_on__lt=datetime.date(risk_map.year, 1, 1)).count(),
    )  # fmt: skip


def templates_for(opd: Opd) -> list[RiskAreaTemplate]:
    """The library's areas that fit the OPD: those for its code first, then those for all.

    What was meant for an OPD is offered to the one that took its place.
    """
    former = ArraySubquery(Opd.objects.filter(successor=opd).order_by().values("code"))
    found = RiskAreaTemplate.objects.filter(valid_until__isnull=True).annotate(former=former)
    fitting = [
        area
        for area in found.select_related("source")
        if any(area.fits(code) for code in (opd.code, *area.former))
    ]
    return sorted(fitting, key=lambda area: (area.is_for_all, area.code))


def templates_but(fitting: Iterable[RiskAreaTemplate]) -> list[RiskAreaTemplate]:
    """The rest of the library, which an OPD may take over all the same."""
    others = RiskAreaTemplate.objects.filter(valid_until__isnull=True).select_related("source")
    return list(others.exclude(pk__in=[item.pk for item in fitting]).order_by("code"))
