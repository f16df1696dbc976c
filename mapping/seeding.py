"""Maps for a demonstration: every OPD has a story of several years.

The first year is drawn timidly and comes back once; controls are promised, some are kept; year
by year the residual risk falls, except where nobody did anything. This year most maps are in
force, some are still on the way. The same OPDs, years and seed give the same maps.
"""

import datetime
import random
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from common.bulk_writing import analyse
from mapping.models import (
    Control,
    RiskArea,
    RiskAreaPost,
    RiskAreaTemplate,
    RiskMap,
    RiskScale,
    RowComment,
)
from mapping.scales import default_scale, rate
from mapping.seeding_texts import CONTROLS, EVIDENCE, EXISTING, REMARKS, own_areas
from people.models import Assignment, Opd, Post, RoleGrant, User
from people.roles import Role

# Areas of very high risk that no control makes better.
STUBBORN = frozenset(("PBJ-02", "PUP-01"))
FIRST_ROWS, MORE_A_YEAR, OWN_ROWS = 8, 2, 2
# How this year's map stands, by chance; the rest is approved.
ON_THE_WAY = {"draft": 0.06, "signed": 0.08, "under_review": 0.05, "returned": 0.04}
PATHS = {
    "draft": (),
    "signed": ("signed",),
    "under_review": ("signed", "under_review"),
    "returned": ("signed", "under_review", "returned"),
    "approved": ("signed", "under_review", "approved"),
    "archived": ("signed", "under_review", "approved", "archived"),
}
BACK = ("signed", "under_review", "returned")


@dataclass
class Office:
    """Who draws and who reviews for one OPD."""

    opd: Opd
    posts: list[Post]
    head: User
    reviewer: User


@dataclass
class Written:
    maps: list[RiskMap] = field(default_factory=list)
    areas: list[RiskArea] = field(default_factory=list)
    named: list[RiskAreaPost] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    comments: list[RowComment] = field(default_factory=list)


@transaction.atomic
def seed_maps(
    opds: Sequence[Opd], years: Sequence[int], seed: int, *, neglected: Collection[str] = ()
) -> dict[str, int]:
    """Write the maps of `years` (ascending; the last is the running one). How many of what.

    `neglected`: codes of OPDs whose areas stay as hot as they were, past their day, with all
    posts named.
    """
    templates = list(RiskAreaTemplate.objects.filter(valid_until__isnull=True).order_by("code"))
    templates += own_areas()
    scale, years = default_scale(), sorted(years)
    final: dict[tuple[int, int], str] = {}
    written = Written()
    for office in _offices(opds):
        chance = random.Random(f"{seed}:{office.opd.code}")  # noqa: S311 -- a story, no secret
        is_neglected = office.opd.code in neglected
        story = _Story(office, templates, scale, years, chance, is_neglected=is_neglected)
        final |= story.tell(written)
    _write(written)
    _move(written.maps, final)
    analyse(RiskMap, RiskAreaPost, Control)
    return {
        "maps": len(written.maps), "areas": len(written.areas), "controls": len(written.controls)
    }  # fmt: skip


def _offices(opds: Sequence[Opd]) -> list[Office]:
    """OPDs with a head; an inspector reviews, or the secretary for the Inspectorate itself."""
    on = timezone.localdate()
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.filter(opd__in=opds).in_force(on=on).order_by("-is_opd_head", "code"):
        posts.setdefault(post.opd_id, []).append(post)
    heads = {
        item.post.opd_id: item.user
        for item in Assignment.objects.running(on=on)
        .filter(post__opd__in=opds, post__is_opd_head=True)
        .select_related("user", "post__opd")
        .order_by("-kind", "-pk")
    }
    secretary = next(
        (heads[opd.pk] for opd in opds
         if opd.kind == Opd.Kind.REGIONAL_SECRETARIAT and opd.pk in heads), None,
    )  # fmt: skip
    inspector = (
        RoleGrant.objects.running(on=on)
        .filter(role__in=[Role.INSPECTOR, Role.CHIEF_INSPECTOR])
        .order_by("pk")
        .select_related("user")
        .first()
    )
    found = []
    for opd in sorted(opds, key=lambda each: each.code):
        reviewer = inspector.user if inspector else None
        if opd.kind == Opd.Kind.INSPECTORATE:
            reviewer = secretary
        head = heads.get(opd.pk)
        if head and reviewer and head.pk != reviewer.pk and posts.get(opd.pk):
            found.append(Office(opd, posts[opd.pk], head, reviewer))
    return found


class _Story:
    """One OPD's maps, a year after the other."""

    def __init__(
        self, office: Office, templates: list[RiskAreaTemplate], scale: RiskScale,
        years: list[int], chance: random.Random, *, is_neglected: bool = False,
    ) -> None:  # fmt: skip
        self.office, self.scale, self.years, self.chance = office, scale, years, chance
        self.is_neglected, self.today = is_neglected, timezone.localdate()
        library = [item for item in templates if item.pk]
        fitting = [item for item in library if item.fits(office.opd.code)]
        special = [item for item in fitting if not item.is_for_all]
        general = [item for item in fitting if item.is_for_all]
        chance.shuffle(general)
        self.templates = [*special, *general]
        # What the library lacks, in words of the OPD's own: one from the first year on.
        self.own = chance.sample([item for item in templates if not item.pk], OWN_ROWS)
        areas = [*fitting, *self.own]
        self.keys = {
            item.code: uuid.UUID(int=chance.getrandbits(128), version=4) for item in areas
        }
        # Some areas get better by the controls, a few don't.
        never = {item.code for item in areas if is_neglected or item.code in STUBBORN}
        self.improves = {
            item.code: chance.random() < 0.8 and item.code not in never for item in areas
        }
        obliged = [post for post in office.posts if post.is_obliged] or office.posts
        most = len(obliged) if is_neglected else 3
        self.named = {
            item.code: obliged if is_neglected
            else chance.sample(obliged, min(len(obliged), chance.randint(1, most)))
            for item in areas
        }  # fmt: skip

    def tell(self, written: Written) -> dict[tuple[int, int], str]:
        final = {}
        previous = None
        for number, year in enumerate(self.years):
            state = self._state(year)
            risk_map = self._map(year, state, previous)
            written.maps.append(risk_map)
            final[self.office.opd.pk, year] = state
            chosen = self.templates[: FIRST_ROWS + number * MORE_A_YEAR]
            chosen = [*chosen, *self.own[: number + 1]]
            for position, template in enumerate(chosen, 1):
                row = self._row(template, risk_map, position, number)
                written.areas.append(row)
                written.named += [
                    RiskAreaPost(area=row, post=post) for post in self.named[template.code]
                ]
                if position % 2 == number % 2:
                    written.controls.append(self._control(template, row, year))
            if number == 0 and state == "archived":
                self._came_back(risk_map, written)
            previous = risk_map
        # What was approved last stays in force until its successor is.
        if final[self.office.opd.pk, self.years[-1]] != "approved" and len(self.years) > 1:
            final[self.office.opd.pk, self.years[-2]] = "approved"
        return final

    def _came_back(self, risk_map: RiskMap, written: Written) -> None:
        """With a remark on a row, which was settled before the map was signed again."""
        at, by = risk_map.reviewed_at, self.office.reviewer
        risk_map.returned_at, risk_map.returned_by = at, by
        risk_map.return_reason = "Mohon perbaiki baris yang diberi catatan."
        row = next(each for each in reversed(written.areas) if each.position == 1)
        written.comments.append(
            RowComment(
                area=row,
                text=self.chance.choice(REMARKS),
                created_by=by,
                settled_at=at + datetime.timedelta(days=3) if at else None,
                settled_by=self.office.head,
            )
        )

    def _state(self, year: int) -> str:
        if year != self.years[-1]:
            return "archived"
        draw = self.chance.random() + self.is_neglected
        for state, share in ON_THE_WAY.items():
            draw -= share
            if draw < 0:
                return state
        return "approved"

    def _map(self, year: int, state: str, previous: RiskMap | None) -> RiskMap:
        def at(month: int) -> datetime.datetime:
            day = datetime.datetime(
                year, month, self.chance.randint(2, 25), 2, tzinfo=datetime.UTC
            )
            return min(day, timezone.now())

        risk_map = RiskMap(
            opd=self.office.opd, year=year, scale=self.scale, previous=previous,
            created_by=self.office.head,
        )  # fmt: skip
        signed, reviewed, decided = at(1), at(2), at(3)
        path = PATHS[state]
        if "signed" in path:
            risk_map.signed_at, risk_map.signed_by = signed, self.office.head
        if "under_review" in path:
            risk_map.reviewed_at, risk_map.reviewed_by = reviewed, self.office.reviewer
        if "approved" in path:
            risk_map.approved_at, risk_map.approved_by = decided, self.office.reviewer
        if state == "returned":
            risk_map.returned_at, risk_map.returned_by = decided, self.office.reviewer
            risk_map.return_reason = "Mohon sebutkan jabatan pada area berisiko tinggi."
        return risk_map

    def _row(
        self, template: RiskAreaTemplate, risk_map: RiskMap, position: int, number: int
    ) -> RiskArea:
        row = RiskArea(
            map=risk_map, row_key=self.keys[template.code], position=position,
            template=template if template.pk else None,
            area=template.area, activity=template.activity, conflict_form=template.conflict_form,
            source_id=template.source_id, cause=template.cause, officials=template.officials,
            consequence=template.consequence, likelihood=template.likelihood,
            impact=template.impact, prevention=template.prevention, handling=template.handling,
            mcsp_area=template.mcsp_area,
            owner_post=self.named[template.code][0],
            due_on=datetime.date(risk_map.year - self.is_neglected, 6 + position % 6, 15),
            updated_by=self.office.head,
        )  # fmt: skip
        # What was promised is mostly kept, whether it helps or not.
        is_kept = position % 3 > 0 and not self.is_neglected and row.due_on < self.today
        row.status = "done" if is_kept or risk_map.year < self.years[-1] else "running"
        self._judge_rest(row, template, number)
        rate(row, self.scale)
        return row

    def _judge_rest(self, row: RiskArea, template: RiskAreaTemplate, number: int) -> None:
        """In the first year a part is not judged yet; then the rest falls, year by year."""
        if number == 0 and self.chance.random() < 0.3:
            return
        fall = min(number + 1, 2) if self.improves[template.code] else 0
        row.residual_likelihood = max(1, row.likelihood - fall)
        row.residual_impact = max(1, row.impact - (1 if number >= 2 and fall else 0))
        row.existing_control = self.chance.choice(EXISTING)
        row.control_effect = ("weak", "partly", "effective")[fall]

    def _control(self, template: RiskAreaTemplate, row: RiskArea, year: int) -> Control:
        control = Control(
            opd=self.office.opd, row_key=row.row_key, area_words=str(row),
            title=self.chance.choice(CONTROLS), owner_post=self.named[template.code][0],
            due_on=datetime.date(year, self.chance.randint(4, 12), 20),
            created_by=self.office.head,
        )  # fmt: skip
        is_kept = self.chance.random() < (0.9 if self.improves[template.code] else 0.35)
        past = control.due_on < timezone.localdate()
        if is_kept and past:
            done = datetime.datetime(
                control.due_on.year, control.due_on.month, 18, 3, tzinfo=datetime.UTC
            )
            number = self.chance.randint(10, 400)
            control.evidence = f"{self.chance.choice(EVIDENCE)} Nomor {number}/{year}"
            control.state, control.done_at, control.done_by = "done", done, self.office.head
            if self.chance.random() < 0.8:
                control.state, control.effect = "confirmed", self.chance.choice(
                    ("effective", "partly", "partly", "not")
                )  # fmt: skip
                control.confirmed_at = done + datetime.timedelta(days=5)
                control.confirmed_by = self.office.reviewer
        return control


def _write(written: Written) -> None:
    # A year after the other: each map points to the one before.
    for year in sorted({risk_map.year for risk_map in written.maps}):
        RiskMap.objects.bulk_create(each for each in written.maps if each.year == year)
    RiskArea.objects.bulk_create(written.areas, batch_size=1_000)
    # The triggers of what follows look both up, row by row.
    analyse(RiskMap, RiskArea)
    RiskAreaPost.objects.bulk_create(written.named, batch_size=2_000)
    Control.objects.bulk_create(written.controls, batch_size=1_000)
    RowComment.objects.bulk_create(written.comments, batch_size=1_000)


def _move(maps: list[RiskMap], final: dict[tuple[int, int], str]) -> None:
    """Along the edges, as the database demands; one year after the other."""
    for year in sorted({risk_map.year for risk_map in maps}):
        steps: dict[int, list[tuple[int, str]]] = {}
        for risk_map in maps:
            if risk_map.year == year:
                for number, state in enumerate(_path(risk_map, final[risk_map.opd_id, year])):
                    steps.setdefault(number, []).append((risk_map.pk, state))
        for number in sorted(steps):
            for state in sorted({state for _pk, state in steps[number]}):
                keys = [pk for pk, wanted in steps[number] if wanted == state]
                RiskMap.objects.filter(pk__in=keys).update(state=state)


def _path(risk_map: RiskMap, state: str) -> tuple[str, ...]:
    """Twice over the reviewer's desk where it was sent back."""
    came_back = risk_map.returned_at is not None and state != "returned"
    return (*BACK, *PATHS[state]) if came_back else PATHS[state]
