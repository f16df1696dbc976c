"""What every planting needs: people whom nothing else touches, rows to be, the list of it all."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django.db import models

from declarations.models import Matter
from declarations.models.registers import Occasion
from declarations.seeding.cases import CaseMaker, Conflict, NamedParty, Statement
from declarations.seeding.companies import Company, CompanyMaker
from declarations.seeding.profiles import Filing, Profile, ProfileMaker, RowMaker
from declarations.seeding.registers import interest_id, register_id
from declarations.states import ConflictState as C
from declarations.states import RegisterState as State
from mapping.models import RiskAreaPost
from people.seeding.demo import DEMO_OPD, DEMO_POSTS
from people.seeding.population import Kinship, Person
from people.seeding.province import as_json

HIGH = ("TINGGI", "SANGAT_TINGGI")
# Areas of procurement, permits, grants and audit.
DEALING = "^(PBJ|IZN|HIB|AUD)-"
SILENT_OPD, NIL_OPD, OFF_MAP_OPD = "05.08", "04.17", "04.15"
Edit = Callable[[Profile, RowMaker], None]
# The ways to plant the kinds of a group.
Steps = tuple[Callable[[Any], None], ...]


class Tools:
    """Picks people whom nothing else touches, and changes what they declare."""

    # Few people fit the first.
    RARE: ClassVar[Steps] = ()
    COMMON: ClassVar[Steps] = ()

    def __init__(
        self,
        province: Any,
        clock: Any,
        profiles: ProfileMaker,
        cases: CaseMaker,
        story: Any,
        companies: CompanyMaker,
    ) -> None:
        self.province, self.clock, self.profiles = province, clock, profiles
        self.cases, self.story, self.companies = cases, story, companies
        self.rng = random.Random(f"{province.seed}:planting")  # noqa: S311 -- repeatable
        self.year = clock.last_year
        self.records: list[dict[str, Any]] = []
        self.todo: list[Matter | Statement | Conflict] = []
        self.maker = RowMaker(self.rng, companies)
        taken = set(DEMO_POSTS.values())
        self.free = [
            p
            for p in province.obliged
            if p.post.code not in taken
            and p.post.opd not in (DEMO_OPD, SILENT_OPD, NIL_OPD)
            and not p.acting
            and self._has_three_years(p)
            and clock.superior(p) is not None
        ]
        self.rng.shuffle(self.free)
        named = RiskAreaPost.objects.filter(area__map__state="approved")
        self.risky = set(named.filter(area__level__in=HIGH).values_list("post__code", flat=True))
        self.dealing = set(
            named.filter(area__template__code__regex=DEALING).values_list("post__code", flat=True)
        )

    def _has_three_years(self, person: Person) -> bool:
        return person.starts_on < datetime.date(self.year - 2, 1, 1)

    def take(self, fits: Callable[[Person], bool] = lambda person: True) -> Person | None:
        """The next free person; None when the province is too small for this kind."""
        for index, person in enumerate(self.free):
            if fits(person):
                del self.free[index]
                return self.settle(person)
        return None

    def claim(self, person: Person) -> Person:
        """As `take`, of somebody who is known to be free."""
        self.take(lambda other: other is person)
        return person

    def settle(self, person: Person) -> Person:
        """Nothing else touches them from now on; for somebody who was never free."""
        self.profiles.complete.add(person.id)
        self.story.apart.add(person.id)
        return person

    def edit(self, person: Person, change: Edit) -> None:
        self.profiles.complete.add(person.id)
        self.profiles.edits[person.id].append(change)

    def note(
        self,
        kind: str,
        people: list[Person],
        what: str,
        *,
        case: Statement | Conflict | None = None,
        after: Statement | None = None,
        **where: Any,
    ) -> None:
        """`after`: what was signed later, though the declared `case` forbade it."""
        if case:
            where["matter"] = case.matter.pk
            where["conflict" if isinstance(case, Conflict) else "statement"] = case.pk
        if after:
            where |= {"signed": after.matter.pk, "statement": after.pk}
        self.records.append(
            {
                "kind": kind,
                "rule": kind.partition("_")[0],
                "people": [as_json(person) for person in people],
                "what": what,
                "where": {name: str(value) for name, value in where.items()},
            }
        )

    def add_row(self, person: Person, section: str, row: dict[str, Any], *, since: int) -> None:
        def change(profile: Profile, _maker: RowMaker) -> None:
            for filing in profile.each_from(since):
                profile.own_rows(filing)[section].append(row)

        self.edit(person, change)

    def make_nil(self, person: Person, *, since: int) -> None:
        def change(profile: Profile, _maker: RowMaker) -> None:
            for filing in profile.each_from(since):
                filing.rows = defaultdict(list)

        self.edit(person, change)

    def note_register(self, kind: str, person: Person, what: str) -> None:
        """What stands in this year's register of one person."""
        self.note(kind, [person], what, register=self.register(person, self.year))

    def register(self, person: Person, year: int) -> Any:
        filing = Filing(year, person.post, Occasion.YEARLY, self.clock.on, State.ACCEPTED, {})
        return register_id(person, filing)

    def interest(self, person: Person, row: dict[str, Any], year: int) -> Any:
        return interest_id(self.register(person, year), row["key"])

    def matter(self, person: Person, **options: Any) -> Any:
        found = self.cases.matter(self.rng, person.post.opd, self.year, **options)
        self.todo.append(found)
        return found

    def clean(self, person: Person, parties: list[NamedParty], **options: Any) -> Statement:
        """A signed statement free of conflict on a matter of its own, in this year."""
        kind, about = options.pop("kind", "PBJ"), options.pop("about", "")
        matter = self.matter(person, kind=kind, about=about)
        at = options.pop("at", None) or self.clock.in_year(self.rng, self.year, first_month=5)
        case = Statement(person, matter, parties, at, pk=self.cases.new_id(), **options)
        self.todo.append(case)
        return case

    def declared(self, person: Person, parties: list[NamedParty], **options: Any) -> Conflict:
        options.setdefault("source", "BISNIS")
        options.setdefault("state", C.CLOSED)
        matter = options.pop("matter", None) or self.matter(
            person, kind=options.pop("matter_kind", "PBJ"), area=options.pop("area", True)
        )
        at = options.pop("at", None) or self.clock.days_ago(self.rng, 100)
        case = Conflict(person, matter, parties, at=at, pk=self.cases.new_id(), **options)
        self.todo.append(case)
        return case

    def vendor(self) -> Company:
        return self.rng.choice(self.story.vendors)

    def rows(self) -> Iterator[models.Model]:
        for case in self.todo:
            if isinstance(case, Statement):
                yield from self.cases.statement(self.rng, case)
            elif isinstance(case, Conflict):
                yield from self.cases.conflict(self.rng, case)
            else:
                yield case

    def _this_year(self) -> datetime.datetime:
        return self.clock.days_ago(self.rng, 60)

    def _within(self, year: int) -> datetime.datetime:
        """As `_this_year` where that lies in `year`; early in the year it does not."""
        at = self._this_year()
        is_within = at.date() >= datetime.date(year, 2, 1)
        return at if is_within else self.clock.days_ago(self.rng, 3)

    def _free_superior(self, person: Person) -> Person | None:
        above = person.post.above
        if above is None or above.opd != person.post.opd:
            return None
        return next((p for p in above.holders if p in self.free), None)

    def _make_kin(self, one: Person, other: Person) -> None:
        """In-laws, whom no common name gives away; both say so in their registers."""
        self.province.kinships.append(Kinship(one, other, "ipar", "ipar"))
        for person, relative in ((one, other), (other, one)):
            opd = self.province.opds[relative.post.opd].name
            row = self.maker.colleague(relative, "ipar", opd)
            self.add_row(person, "family", row, since=self.year - 2)
