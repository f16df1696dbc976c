"""The people of the invented province, their posts over the years, and their families.

People come out one by one, post by post, so that a large province needs no more memory than
its obliged people: those are kept, the others are written and forgotten.
"""

from __future__ import annotations

import datetime
import random
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from people.models.assignments import AssignmentKind
from people.models.organisation import PostLevel
from people.seeding import names
from people.seeding.demo import DEMO_POSTS
from people.seeding.names import FEMALE, MALE
from people.seeding.numbers import (
    OFFICIAL,
    PNS,
    PPPK,
    NumberMaker,
    appointment_year,
    birth_date,
    grade,
)
from people.seeding.structure import PostSpec

ONE_DAY = datetime.timedelta(days=1)
AGES = ((22, 57), (26, 57), (34, 56), (39, 57), (45, 59))
# Shares of the whole, as of a real personnel office: a few seats wait for a holder.
VACANT = 0.04
LEAVERS = 0.03
MOVED = 0.22
HAS_KIN = 0.12
EMAIL_DOMAIN = "pegawai.example.invalid"
RESERVOIR = 400
INSPECTORATE, DEPARTMENTS = "03", "04."
NEW_AUDITORS = 2
# Seats that the demonstration's accounts hold; they are never vacant.
ALWAYS_FILLED_PREFIXES = ("01.GUB", "01.WAGUB", "01.SEKDA", "04.02.", "03.", "05.04.", "04.14.")

# The demonstration's people have been in their posts for all the years that are told.
SETTLED = frozenset(DEMO_POSTS.values())

RELATIONS = {
    # (relation of the second to the first, of the first to the second), by sex of the second
    "spouse": (("suami", "istri"), ("istri", "suami")),
    "sibling": (("saudara_kandung", "saudara_kandung"),) * 2,
    "child": (("anak", "orang_tua"),) * 2,
    "in_law": (("ipar", "ipar"),) * 2,
    "child_in_law": (("menantu", "mertua"),) * 2,
}


@dataclass(slots=True, eq=False, repr=False)
class Person:
    id: uuid.UUID
    nip: str
    name: str
    region: str
    family: str
    sex: int
    born_on: datetime.date
    title_before: str
    title_after: str
    email: str
    employment: str
    grade: str
    post: PostSpec
    starts_on: datetime.date
    ends_on: datetime.date | None = None
    # (post, first day, last day) of a post held before.
    earlier: tuple[PostSpec, datetime.date, datetime.date] | None = None
    acting: list[tuple[PostSpec, str, datetime.date, datetime.date | None]] = field(
        default_factory=list
    )
    kin: int = 0
    is_kept: bool = False
    password: str = ""

    @property
    def full_name(self) -> str:
        name = f"{self.title_before} {self.name}".strip()
        return f"{name}, {self.title_after}" if self.title_after else name

    @property
    def is_active(self) -> bool:
        return self.ends_on is None


def _first_day(person: Person) -> datetime.date:
    """Nobody holds a post before the year of the appointment has passed."""
    return datetime.date(int(person.nip[8:12]), 12, 31)


@dataclass(frozen=True, slots=True)
class Kinship:
    """`second` is `relation` of `first`; the other way round it is `inverse`."""

    first: Person
    second: Person
    relation: str
    inverse: str


class Population:
    """Fills posts with people. Each random choice is drawn in one fixed order."""

    def __init__(
        self, posts: list[PostSpec], *, people: int, seed: int, on: datetime.date
    ) -> None:
        self.posts, self.number, self.on = posts, people, on
        self.staff_posts = [
            post for post in posts if post.level == PostLevel.STAFF and not post.is_single
        ]
        self.rng = random.Random(seed)  # noqa: S311 -- repeatable on purpose
        self.numbers = NumberMaker()
        self.kept: list[Person] = []
        self.kinships: list[Kinship] = []
        self.vacant: list[PostSpec] = []
        self.made = 0
        self._seeking_kin: deque[Person] = deque(maxlen=RESERVOIR)
        self._promoted: deque[Person] = deque(maxlen=RESERVOIR)
        # Codes of seats whose last holder is known.
        self._taken_over: set[str] = set()

    def people(self) -> Iterator[Person]:
        """Everybody once. The posts of those who are kept may still change: write them last."""
        seats = [post for post in self.posts if post.is_single]
        shared = [post for post in self.posts if not post.is_single]
        for post in seats:
            if self._stays_vacant(post):
                self.vacant.append(post)
            else:
                yield self._fill(post)
        yield from self._former_officials(seats)
        rest = self.number - self.made
        total = sum(post.weight for post in shared)
        carried = 0.0
        for index, post in enumerate(shared):
            carried += rest * post.weight / total
            count = round(carried) if index < len(shared) - 1 else self.number - self.made
            count = max(0, min(count, self.number - self.made))
            carried -= count
            for _number in range(count):
                yield self._fill(post)

    def _former_officials(self, seats: list[PostSpec]) -> Iterator[Person]:
        """Who left the service lately; the seat's present holder took it over from them."""
        lately = self.on - datetime.timedelta(days=700)
        changed = [
            post.holders[0]
            for post in seats
            if post.because
            and post.opd.startswith(DEPARTMENTS)
            and post.code not in SETTLED | self._taken_over
            and post.holders
            and post.holders[0].starts_on > lately
        ]
        for successor in changed[: max(3, self.number // 250)]:
            person = self._make(successor.post, self.rng.choice((MALE, FEMALE)), None, "")
            last = successor.starts_on - ONE_DAY
            first = max(last - ONE_DAY * self.rng.randint(400, 1_400), _first_day(person))
            if (last - first).days > 60 and self.made < self.number:
                person.starts_on, person.ends_on = first, last
                self.made += 1
                yield person

    def _stays_vacant(self, post: PostSpec) -> bool:
        if post.code.startswith(ALWAYS_FILLED_PREFIXES) or post.is_head or not post.is_single:
            return False
        if self.made >= self.number:
            return True
        return post.level != PostLevel.STAFF and self.rng.random() < VACANT

    def _fill(self, post: PostSpec) -> Person:
        rng = self.rng
        sex = MALE if rng.random() < (0.66 if post.rank >= 3 else 0.52) else FEMALE
        relative, relation = self._find_kin(post, sex)
        person = self._make(post, sex, relative, relation)
        self.made += 1
        if relative is not None:
            second, inverse = RELATIONS[relation][person.sex - 1]
            self.kinships.append(Kinship(relative, person, second, inverse))
            relative.kin += 1
            person.kin += 1
        self._give_history(person)
        keeps = bool(post.because) or relative is not None
        if keeps:
            person.is_kept = True
            self.kept.append(person)
            post.holders.append(person)
        if keeps or rng.random() < HAS_KIN:
            self._seeking_kin.append(person)
        return person

    def _make(self, post: PostSpec, sex: int, relative: Person | None, relation: str) -> Person:
        rng = self.rng
        employment = self._employment(post)
        born_on = self._birth_date(post, relative, relation)
        year = appointment_year(rng, born_on.year, pppk=employment == PPPK, on=self.on)
        if post.code in SETTLED:
            year = min(year, self.on.year - 10)
        name = self._name(sex, relative, relation)
        before, after = names.titles(
            rng,
            sex=sex,
            born=born_on.year,
            rank=post.rank,
            region=name.region,
            field=post.learning,
        )
        return Person(
            id=uuid.UUID(int=rng.getrandbits(128), version=4),
            nip=self.numbers.make(
                rng, born_on=born_on, sex=sex, appointed=year, pppk=employment == PPPK
            ),
            name=name.text,
            region=name.region,
            family=name.family,
            sex=sex,
            born_on=born_on,
            title_before=before,
            title_after=after,
            email=f"{names.slug(name.text)}.{self.made + 1}@{EMAIL_DOMAIN}",
            employment=employment,
            grade=grade(rng, rank=post.rank, years=self.on.year - year, employment=employment),
            post=post,
            starts_on=self._start(post, year),
        )

    def _employment(self, post: PostSpec) -> str:
        if post.level == PostLevel.POLITICAL:
            return OFFICIAL
        if post.rank <= 1 and self.rng.random() < (0.28 if post.rank == 0 else 0.15):
            return PPPK
        return PNS

    def _birth_date(self, post: PostSpec, relative: Person | None, relation: str) -> datetime.date:
        youngest, oldest = AGES[post.rank]
        if relative is not None:
            age = (self.on - relative.born_on).days // 365
            low, high = {
                "spouse": (age - 6, age + 6),
                "sibling": (age - 11, age + 11),
                "in_law": (age - 11, age + 11),
                "child": (age - 34, age - 21),
                "child_in_law": (age - 34, age - 19),
            }[relation]
            youngest, oldest = max(youngest, low), min(oldest, high)
        return birth_date(self.rng, youngest, oldest, on=self.on)

    def _name(self, sex: int, relative: Person | None, relation: str) -> names.Name:
        if relative is None:
            return names.make(self.rng, sex)
        if relation in ("sibling", "child"):
            return names.make(self.rng, sex, region=relative.region, family=relative.family)
        muslim = names.BY_KEY[relative.region].is_mostly_muslim
        while True:
            name = names.make(self.rng, sex)
            if names.BY_KEY[name.region].is_mostly_muslim == muslim:
                return name

    def _start(self, post: PostSpec, appointed: int) -> datetime.date:
        """The day on which the present post began: a first or a second of some month."""
        rng = self.rng
        if post.code in SETTLED:
            return datetime.date(self.on.year - 4, 2, 1)
        first = max(appointed + (0, 2, 6, 10, 15)[post.rank], 2017)
        year = rng.randint(min(first, self.on.year - 1), self.on.year - 1)
        if rng.random() < 0.1:
            year = self.on.year
        last_month = 12 if year < self.on.year else max(1, self.on.month - 2)
        month = rng.randint(1, last_month)
        return datetime.date(year, month, rng.choice((1, 1, 2, 3, 10)))

    def _find_kin(self, post: PostSpec, sex: int) -> tuple[Person | None, str]:
        """Somebody in another OPD who may be family, as the ages allow."""
        if not self._seeking_kin or self.rng.random() >= HAS_KIN:
            return None, ""
        relative = self.rng.choice(self._seeking_kin)
        if relative.post.opd == post.opd or relative.kin >= 3:
            return None, ""
        youngest, oldest = AGES[post.rank]
        age = (self.on - relative.born_on).days // 365
        fitting = [
            relation
            for relation, low, high in (
                ("spouse", age - 6, age + 6),
                ("sibling", age - 11, age + 11),
                ("in_law", age - 11, age + 11),
                ("child", age - 34, age - 21),
                ("child_in_law", age - 34, age - 19),
            )
            if min(oldest, high) - max(youngest, low) >= 2
            and not (relation == "spouse" and (sex == relative.sex or relative.kin))
        ]
        return (relative, self.rng.choice(fitting)) if fitting else (None, "")

    def _give_history(self, person: Person) -> None:
        """An earlier post for some: the seat's present holder took it over from them."""
        rng, post = self.rng, person.post
        if post.is_single and self._promoted and rng.random() < 0.5:
            before = next(
                (
                    other
                    for other in self._promoted
                    if other.post.rank > post.rank and other.starts_on <= person.starts_on
                ),
                None,
            )
            if before is not None:
                self._promoted.remove(before)
                self._held_earlier(before, post)
                self._taken_over.add(post.code)
        if post.rank >= 3 and post.level != PostLevel.POLITICAL:
            self._promoted.append(person)
        if person.earlier is None and not post.is_single and rng.random() < MOVED:
            self._held_earlier(person, self._some_shared_post(post))
        if not post.is_single and not post.because and rng.random() < LEAVERS * 2:
            earliest = max(person.starts_on, self.on - datetime.timedelta(days=900))
            days = (self.on - earliest).days
            if days > 60:
                person.ends_on = earliest + datetime.timedelta(days=rng.randint(30, days - 5))

    def _held_earlier(self, person: Person, post: PostSpec) -> None:
        last = person.starts_on - ONE_DAY
        first = max(last - ONE_DAY * self.rng.randint(400, 1_400), _first_day(person))
        if (last - first).days > 60:
            person.earlier = (post, first, last)

    def _some_shared_post(self, own: PostSpec) -> PostSpec:
        found = self.rng.choice(self.staff_posts)
        return found if found is not own else self.staff_posts[0]

    def move_auditors(self) -> None:
        """Some of the Inspectorate came from another OPD a year ago; a small one has few."""
        until = self.on - datetime.timedelta(days=400)
        since = datetime.date(until.year, until.month, 1)
        own = [
            person
            for person in self.kept
            if person.post.opd == INSPECTORATE
            and person.is_active
            and not person.post.is_head
            and person.post.code not in SETTLED
            and int(person.nip[8:12]) < since.year - 2
        ]
        elsewhere = [post for post in self.staff_posts if post.opd.startswith(DEPARTMENTS)]
        auditors = [person for person in own if person.post.rank in (1, 3)]
        own = auditors if len(auditors) > 2 * NEW_AUDITORS else own
        own.sort(key=lambda person: person.starts_on, reverse=True)
        for person in own[:NEW_AUDITORS] if len(own) > 2 * NEW_AUDITORS else own[:1]:
            person.starts_on = since
            self._held_earlier(person, self.rng.choice(elsewhere))

    def appoint_acting(self) -> None:
        """Two of three vacant seats are looked after by somebody of the same OPD (Plt)."""
        by_opd: dict[str, list[Person]] = {}
        for person in self.kept:
            if person.post.is_single and person.post.rank >= 2 and person.is_active:
                by_opd.setdefault(person.post.opd, []).append(person)
        for post in self.vacant:
            candidates = [p for p in by_opd.get(post.opd, []) if not p.acting]
            if not candidates or self.rng.random() > 0.67:
                continue
            person = self.rng.choice(candidates)
            since = self.on - datetime.timedelta(days=self.rng.randint(20, 300))
            since = max(since, person.starts_on)
            person.acting.append((post, AssignmentKind.ACTING, since, None))
