"""Making the province: posts, people, roles; all in the caller's transaction."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common import bulk_writing
from people.models import Assignment, Opd, Post, RoleGrant, User
from people.roles import Role
from people.seeding import structure, writing
from people.seeding.demo import DEMO_POSTS
from people.seeding.population import Kinship, Person, Population
from people.seeding.structure import PostSpec

# The province's posts exist since the reorganisation that came with the year 2017.
POSTS_SINCE = datetime.date(2017, 1, 2)
# Everybody but the demonstration's accounts: no password opens these.
UNUSABLE = UNUSABLE_PASSWORD_PREFIX + "seeded"
INSPECTORS = 12

Report = Callable[[int, int], None]


class NotEmptyError(Exception):
    """The portal has people already; the text is for the user."""


# Posts know their holders and holders their posts: written out, they would fill the memory.
@dataclass(repr=False)
class Province:
    """What was made, for the apps above to go on with. Only obliged people are kept."""

    on: datetime.date
    seed: int
    number: int
    posts: list[PostSpec]
    opds: dict[str, Opd]
    kept: list[Person]
    kinships: list[Kinship]
    by_code: dict[str, PostSpec] = field(default_factory=dict)

    def holder(self, code: str) -> Person | None:
        post = self.by_code.get(code)
        return next((p for p in post.holders if p.is_active), None) if post else None

    @property
    def obliged(self) -> list[Person]:
        return [person for person in self.kept if person.post.because and person.is_active]

    def officer(self, opd: str) -> Person | None:
        """The OPD officer; see `_officer_post`."""
        post = _officer_post(opd, self.by_code)
        return self.holder(post) if post else None


def refuse_unless_empty() -> None:
    for model in (User, Post, Assignment):
        if model.objects.exists():
            raise NotEmptyError(
                _(
                    "This portal has people already. The synthetic province is only for an empty "
                    "one: use a new database (COI_DB_NAME) or an empty var/ folder."
                )
            )


def make(*, people: int, seed: int, on: datetime.date, report: Report) -> Province:
    """Write posts, people and roles; returns what the declarations need to know of them."""
    refuse_unless_empty()
    bulk_writing.begin()
    opds = {opd.code: opd for opd in Opd.objects.in_force(on=on).order_by("code")}
    posts = structure.build(
        [(opd.code, opd.name, opd.kind) for opd in opds.values()], people=people
    )
    writing.write_posts(posts, opds, valid_from=POSTS_SINCE)
    bulk_writing.analyse(Post)
    population = Population(posts, people=people, seed=seed, on=on)
    _write(population, report=report)
    province = Province(
        on, seed, population.made, posts, opds, population.kept, population.kinships,
        {post.code: post for post in posts},
    )  # fmt: skip
    grant_roles(province)
    record("province.seed", by=None, target=opds["01"], people=population.made, seed=seed)
    bulk_writing.analyse(User, Post, Assignment)
    return province


def _write(population: Population, *, report: Report) -> None:
    joined_at = timezone.now()
    password = make_password(settings.DEMO_PASSWORD) if settings.DEMO_PASSWORD else UNUSABLE
    demo = set(DEMO_POSTS.values())
    batch: list[Person] = []

    def flush() -> None:
        writing.write_users(batch, joined_at=joined_at)
        writing.write_assignments(person for person in batch if not person.is_kept)
        batch.clear()
        report(population.made, population.number)

    for person in population.people():
        person.password = password if person.post.code in demo else UNUSABLE
        batch.append(person)
        if len(batch) >= writing.BATCH:
            flush()
    flush()
    population.move_auditors()
    population.appoint_acting()
    writing.write_assignments(population.kept)


def grant_roles(province: Province) -> None:
    """Roles beyond the posts. The first administrator's came from the command line."""
    on = datetime.date(province.on.year - 2, 1, 2)
    admin, hr, chief = (
        province.holder(DEMO_POSTS[role])
        for role in (Role.SYSTEM_ADMINISTRATOR, Role.HR_ADMINISTRATOR, Role.CHIEF_INSPECTOR)
    )
    auditor = province.holder(DEMO_POSTS[Role.AUDITOR])
    grants = [
        _grant(admin, Role.SYSTEM_ADMINISTRATOR, None, on),
        _grant(hr, Role.HR_ADMINISTRATOR, admin, on),
        _grant(chief, Role.CHIEF_INSPECTOR, admin, on),
        _grant(auditor, Role.AUDITOR, chief, on),
    ]
    inspectors = [
        person
        for person in province.obliged
        if person.post.opd == "03" and person.post.rank in (1, 3) and person is not auditor
    ]
    first = province.holder(DEMO_POSTS[Role.INSPECTOR])
    inspectors.sort(key=lambda person: person is not first)
    grants += [_grant(p, Role.INSPECTOR, chief, on) for p in inspectors[:INSPECTORS]]
    for code, opd in province.opds.items():
        if (person := province.officer(code)) and person is not hr:
            grants.append(_grant(person, Role.OPD_OFFICER, hr, on, opd=opd))
    RoleGrant.objects.bulk_create([grant for grant in grants if grant])


def _grant(
    person: Person | None,
    role: Role,
    by: Person | None,
    on: datetime.date,
    opd: Opd | None = None,
) -> RoleGrant | None:
    if person is None:
        return None
    return RoleGrant(
        user_id=person.id,
        role=role,
        opd=opd,
        starts_on=max(on, person.starts_on),
        reason="Surat tugas penataan peran portal",
        granted_by_id=by.id if by else None,
    )


def _officer_post(opd: str, by_code: dict[str, PostSpec]) -> str | None:
    """Who checks for an OPD: its general affairs, else its secretariat, else a division."""
    for suffix in ("S.1", "S", "1.1", "1", "W2"):
        post = by_code.get(f"{opd}.{suffix}")
        if post and post.holders:
            return post.code
    return None


def as_json(person: Person) -> dict[str, Any]:
    """How a person is named in the file of planted conflicts."""
    return {
        "id": str(person.id),
        "nip": person.nip,
        "name": person.full_name,
        "opd": person.post.opd,
        "post": person.post.code,
    }
