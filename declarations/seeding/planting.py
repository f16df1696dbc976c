"""Conflicts hidden in the province, each noted with whom, what and where.

The kinds follow the catalogue of rules in docs (A: inside one register, B: against the year
before, D: people and posts, E: whole OPDs, F: handling). None needs data of procurement. The
list is for checking later what finds them; nothing in the portal reads it.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models

from declarations.models import Matter
from declarations.models.registers import Occasion
from declarations.seeding import texts
from declarations.seeding.cases import CaseMaker, Conflict, NamedParty, Statement
from declarations.seeding.companies import Company, CompanyMaker
from declarations.seeding.profiles import Filing, Profile, ProfileMaker, RowMaker
from declarations.seeding.registers import interest_id, register_id
from declarations.states import ConflictState as C
from declarations.states import RegisterState as State
from declarations.states import TaskState as T
from mapping.models import RiskArea, RiskAreaPost
from mapping.services import OfferedArea
from people.models.organisation import PostLevel
from people.seeding.demo import DEMO_OPD, DEMO_POSTS
from people.seeding.names import MALE
from people.seeding.population import Kinship, Person
from people.seeding.province import as_json

COPIES = 2
# The rule looks for five; a small OPD has no sixth.
CLONES, FEWEST = 6, 5
HIGH = ("TINGGI", "SANGAT_TINGGI")
# Areas of procurement, permits, grants and audit.
DEALING = "^(PBJ|IZN|HIB|AUD)-"
MADE_UP = ("1234567890123", "0000000000000")
SILENT_OPD, NIL_OPD, OFF_MAP_OPD = "05.08", "04.17", "04.15"
Edit = Callable[[Profile, RowMaker], None]


class Planter:
    """Picks people whom nothing else touches, and changes what they declare."""

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

    # --- Tools -------------------------------------------------------------------------------

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
        matter = self.matter(person, kind=options.pop("kind", "PBJ"))
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

    # --- What is planted ---------------------------------------------------------------------

    def plant(self) -> None:
        self.story.silent_opds.add(SILENT_OPD)
        self.profiles.nil_opds.add(NIL_OPD)
        self.story.apart.update(p.id for p in self.province.obliged if p.post.opd == SILENT_OPD)
        self._e1_silent_unit()
        self._e2_off_map()
        self._e3_past_its_day()
        self._e4_nil_rate()
        self._a12_clones()
        for _copy in range(COPIES):
            for step in self.STEPS:
                step(self)

    # Inside one register (A)

    def _a3_no_identifier(self) -> None:
        if person := self.take():
            row = self.maker.business(person, role="owner", share_percent="100")
            row.pop("nib")
            self.add_row(person, "business", row, since=self.year)
            self.note(
                "A3_company_without_identifier",
                [person],
                row["name"],
                register=self.register(person, self.year),
            )

    def _a6_made_up_number(self) -> None:
        if person := self.take():
            number = MADE_UP[self.rng.randrange(len(MADE_UP))]
            row = self.maker.business(person, nib=number)
            self.add_row(person, "business", row, since=self.year)
            self.note(
                "A6_made_up_number",
                [person],
                f"{row['name']}: {number}",
                register=self.register(person, self.year),
            )

    def _a2_share_left_blank(self) -> None:
        if person := self.take():
            row = self.maker.business(person, role="shareholder", share_percent="10")
            row.pop("share_percent")
            self.add_row(person, "business", row, since=self.year)
            self.note(
                "A2_share_left_blank",
                [person],
                row["name"],
                register=self.register(person, self.year),
            )

    def _a4_shares(self) -> None:
        first, second = self.take(), self.take()
        if first and second:
            company = self.companies.make()
            for person, share in ((first, "70"), (second, "60")):
                row = self.maker.business(person, company, role="shareholder", share_percent=share)
                self.add_row(person, "business", row, since=self.year)
            self.note("A4_shares_over_100", [first, second], company.name, sum_percent=130)

    def _a4_owner_of_nothing(self) -> None:
        if person := self.take():
            row = self.maker.business(person, role="owner", share_percent="0")
            self.add_row(person, "business", row, since=self.year)
            self.note(
                "A4_owner_with_zero_share",
                [person],
                row["name"],
                register=self.register(person, self.year),
            )

    def _a5_before_birth(self) -> None:
        if person := self.take():
            start = person.born_on.replace(day=1) - datetime.timedelta(days=400)
            row = self.maker.posts_held(person) | {"started_on": start.isoformat()}
            self.add_row(person, "posts_held", row, since=self.year)
            self.note(
                "A5_began_before_birth",
                [person],
                row["organisation"],
                register=self.register(person, self.year),
            )

    def _a11_placeholder(self) -> None:
        if person := self.take():
            row = self.maker.business(person, deals_with_government="yes", dealings="-")
            self.add_row(person, "business", row, since=self.year)
            self.note(
                "A11_placeholder_text",
                [person],
                "dealings: -",
                register=self.register(person, self.year),
            )

    def _a12_clones(self) -> None:
        by_opd: dict[str, list[Person]] = defaultdict(list)
        for person in self.free:
            by_opd[person.post.opd].append(person)
        opd, _people = max(by_opd.items(), key=lambda item: (len(item[1]), item[0]))
        found = [self.take(lambda p: p.post.opd == opd) for _number in range(CLONES)]
        clones = [person for person in found if person]
        at = self.clock.at(datetime.date(self.year, 2, 3), self.rng)
        for number, person in enumerate(clones):
            self.make_nil(person, since=self.year)
            self.edit(person, _sent_at(self.year, at + datetime.timedelta(seconds=70 * number)))
        what = f"{len(clones)} nihil dalam 10 menit"
        if len(clones) >= FEWEST:
            self.note("A12_clone_nil_filing", clones, what, opd=opd)

    def _a1_missing_spouse(self) -> None:
        if pair := self._married_in_different_opds() or self._marry():
            one, other, relation = pair
            self.make_nil(other, since=self.year - 2)
            self.note(
                "A1_relative_missing",
                [other, one],
                relation,
                register=self.register(other, self.year),
            )

    def _married_in_different_opds(self) -> tuple[Person, Person, str] | None:
        free = {person.id for person in self.free}
        for kinship in self.province.kinships:
            if {kinship.first.id, kinship.second.id} <= free and kinship.relation in (
                "istri", "suami",
            ):  # fmt: skip
                first, second = self.claim(kinship.first), self.claim(kinship.second)
                return first, second, kinship.relation
        return None

    def _marry(self) -> tuple[Person, Person, str] | None:
        """Two of about one age, where no couple is left."""
        first = self.take()
        second = first and self.take(
            lambda p: p.sex != first.sex and abs(p.born_on.year - first.born_on.year) < 8
        )
        if not first or not second:
            return None
        relation, inverse = ("istri", "suami") if first.sex == MALE else ("suami", "istri")
        self.province.kinships.append(Kinship(first, second, relation, inverse))
        row = self.maker.colleague(second, relation, self.province.opds[second.post.opd].name)
        self.add_row(first, "family", row, since=self.year - 2)
        return first, second, relation

    # Against the register of the year before

    def _b1_vanished(self) -> None:
        if person := self.take():
            row = self.maker.business(person)
            self.add_row(person, "business", row, since=self.year - 2)
            self.edit(person, _without("business", row["key"], self.year))
            self.note(
                "B1_vanished_interest",
                [person],
                row["name"],
                register=self.register(person, self.year),
            )

    def _b2_moved_to_kin(self) -> None:
        if person := self.take():
            company = self.companies.make()
            row = self.maker.business(person, company, role="owner", share_percent="100")
            self.add_row(person, "business", row, since=self.year - 2)
            self.edit(person, _without("business", row["key"], self.year))
            kin = self.maker.family(
                person, occupation="Direktur", employer=company.name, relation="ipar"
            )
            self.add_row(person, "family", kin, since=self.year)
            self.note(
                "B2_moved_to_kin",
                [person],
                company.name,
                relative=kin["name"],
                register=self.register(person, self.year),
            )

    def _b3_born_around_appointment(self) -> None:
        if person := self.take(lambda p: p.starts_on.year >= self.year - 4):
            born = person.starts_on + datetime.timedelta(days=60)
            row = self.maker.business(person, started_on=born.isoformat())
            self.add_row(person, "business", row, since=self.year - 1)
            self.note(
                "B3_company_born_around_appointment",
                [person],
                row["name"],
                appointed_on=person.starts_on,
                started_on=born,
                register=self.register(person, self.year),
            )

    def _b11_always_late(self) -> None:
        if person := self.take():
            for year in range(self.year - 2, self.year + 1):
                day = self.clock.working_day(datetime.date(year, 5, 20))
                self.edit(person, _sent_at(year, self.clock.at(day, self.rng)))
            self.note(
                "B11_late_every_year",
                [person],
                "sesudah 31 Maret, tiga tahun",
                register=self.register(person, self.year),
            )

    def _b11_never(self) -> None:
        if person := self.take():
            self.edit(person, lambda profile, _maker: profile.filings.clear())
            self.note("B11_never_filed", [person], "tidak ada daftar dalam tiga tahun")

    def _b11_returned_often(self) -> None:
        if person := self.take():

            def change(profile: Profile, _maker: RowMaker) -> None:
                filing = profile.in_year(self.year)
                if filing:
                    filing.rounds = 4
                    filing.returns = [("family", "Lengkapi pekerjaan anggota keluarga.")]

            self.edit(person, change)
            self.note(
                "B11_returned_often",
                [person],
                "dikembalikan empat kali",
                register=self.register(person, self.year),
            )

    def _b11_nil_then_declared(self) -> None:
        if person := self.take():
            self.make_nil(person, since=self.year)
            case = self.declared(person, [NamedParty.of(self.vendor())], at=self._this_year())
            self.note(
                "B11_nil_then_declared",
                [person],
                case.matter.title,
                register=self.register(person, self.year),
                case=case,
            )

    def _nil_two_years_in_risk_post(self) -> None:
        if person := self.take(lambda p: p.post.code in self.risky):
            self.make_nil(person, since=self.year - 1)
            self.note(
                "B11_nil_two_years_in_risk_post",
                [person],
                person.post.title,
                register=self.register(person, self.year),
            )

    def _q1_deals_in_risk_post(self) -> None:
        if person := self.take(lambda p: p.post.code in self.dealing):
            row = self.maker.business(
                person, deals_with_government="yes", dealings="Penyedia alat tulis kantor."
            )
            self.add_row(person, "business", row, since=self.year)
            self.note(
                "Q1_deals_in_risk_post",
                [person],
                row["name"],
                interest=row["name"],
                register=self.register(person, self.year),
            )

    # What the statements themselves show

    def _c2_own_company(self) -> None:
        if person := self.take():
            company = self.companies.make()
            row = self.maker.business(person, company, role="director")
            self.add_row(person, "business", row, since=self.year)
            found = (0, self.interest(person, row, self.year), "identifier")
            case = self.clean(person, [NamedParty.of(company)], matched=[found])
            self.note("C2_own_company_called_another", [person], company.name, case=case)

    def _c3_relatives_employer(self) -> None:
        if person := self.take():
            company = self.companies.make()
            row = self.maker.family(person, employer=company.name, occupation="Direktur")
            self.add_row(person, "family", row, since=self.year)
            found = (0, self.interest(person, row, self.year), "employer")
            case = self.clean(person, [NamedParty(company.name)], matched=[found])
            self.note(
                "C3_relatives_company_called_another",
                [person],
                company.name,
                case=case,
                relative=row["name"],
            )

    def _c6_former_employer(self) -> None:
        if person := self.take():
            company = self.companies.make()
            row = self.maker.previous_posts(
                person, employer=company.name, ended=f"{self.year - 1}-06-30"
            )
            row["started_on"] = f"{self.year - 3}-01-05"
            self.add_row(person, "previous_posts", row, since=self.year)
            found = (0, self.interest(person, row, self.year), "interest")
            case = self.clean(person, [NamedParty.of(company)], matched=[found])
            self.note("C6_former_employer_is_party", [person], company.name, case=case)

    def _c12_giver_is_party(self) -> None:
        if person := self.take():
            company = self.companies.make()
            row = self.maker.gifts(person, giver=company.name)
            row["received_on"] = f"{self.year - 1}-12-20"
            self.add_row(person, "gifts", row, since=self.year)
            found = (0, self.interest(person, row, self.year), "interest")
            case = self.clean(person, [NamedParty.of(company)], matched=[found])
            self.note("C12_giver_is_party", [person], company.name, case=case)

    def _c14_grant_to_own_body(self) -> None:
        if person := self.take():
            body = f"Yayasan {self.companies.make('').name.split(' ', 1)[1]}"
            row = self.maker.posts_held(person, body) | {"receives_grant": "yes"}
            self.add_row(person, "posts_held", row, since=self.year)
            found = (0, self.interest(person, row, self.year), "interest")
            case = self.clean(person, [NamedParty(body)], kind="HIBAH", matched=[found])
            self.note("C14_grant_to_own_body", [person], body, case=case)

    # Kin, posts and panels

    def _d1_reporting_line(self) -> None:
        person = self.take(lambda p: self._free_superior(p) is not None)
        superior = self._free_superior(person) if person else None
        if person is None or superior is None:
            return
        self.claim(superior)
        self._make_kin(superior, person)
        self.note(
            "D1_kin_in_reporting_line",
            [superior, person],
            "ipar",
            superior_post=superior.post.code,
            post=person.post.code,
        )

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

    def _d2_panel(self) -> None:
        if person := self.take():
            row = self.maker.family(person, relation="anak")
            # Too many people share a name of one word.
            while " " not in row["name"]:
                row = self.maker.family(person, relation="anak")
            self.add_row(person, "family", row, since=self.year)
            found = (0, self.interest(person, row, self.year), "relative")
            case = self.clean(person, [NamedParty(row["name"])], kind="SELEKSI", matched=[found])
            self.note("D2_panel_related_to_candidate", [person], row["name"], case=case)

    def _d3_auditors_ground(self) -> None:
        if person := self.take(lambda p: p.post.opd == "03") or self._another_auditor():
            other = self.take(lambda p: p.post.opd.startswith("04."))
            if other is None:
                return
            row = self.maker.colleague(other, "ipar", self.province.opds[other.post.opd].name)
            self.add_row(person, "family", row, since=self.year)
            found = (0, self.interest(person, row, self.year), "employer")
            name = self.province.opds[other.post.opd].name
            case = self.clean(person, [NamedParty(name)], kind="AUDIT", matched=[found])
            self.note("D3_auditors_own_ground", [person, other], name, case=case)

    def _another_auditor(self) -> Person | None:
        """Where nobody of the Inspectorate has been there for three years."""
        for person in self.province.obliged:
            stays = person.post.opd == "03" and person.post.code not in DEMO_POSTS.values()
            is_free = not person.post.is_head and person.id not in self.story.apart
            if stays and is_free and person.starts_on < datetime.date(self.year, 1, 1):
                return self.settle(person)
        return None

    def _d3_former_opd(self) -> None:
        """Somebody who came to the Inspectorate lately, see `Population.move_auditors`."""
        lately = self.clock.on - datetime.timedelta(days=600)
        for person in self.province.obliged:
            came = person.post.opd == "03" and person.earlier and person.earlier[2] > lately
            if came and person.id not in self.story.apart and person.earlier[0].opd != "03":
                name = self.province.opds[self.settle(person).earlier[0].opd].name
                at = self.clock.days_ago(self.rng, 30)
                case = self.clean(person, [NamedParty(name)], kind="AUDIT", at=at)
                self.note("D3_auditors_former_opd", [person], name, case=case)
                return

    def _d4_double_post(self) -> None:
        if person := self.take(lambda p: p.post.opd in ("01.04", "05.02", "01.03", "04.03")):
            row = self.maker.posts_held(person, "PT Bank Pembangunan Daerah Bengkulu") | {
                "post": "Komisaris", "receives_grant": "yes",
            }  # fmt: skip
            self.add_row(person, "posts_held", row, since=self.year - 1)
            self.note(
                "D4_forbidden_double_post",
                [person],
                row["organisation"],
                register=self.register(person, self.year),
            )

    def _d5_no_declaration(self) -> None:
        if person := self.take(lambda p: p.post.level != PostLevel.STAFF):
            self.edit(person, _drop_year(self.year))
            self.note("D5_risk_post_without_register", [person], person.post.title, year=self.year)

    def _has_free_officer(self, person: Person) -> bool:
        officer = self.province.officer(person.post.opd)
        return officer is not person and officer in self.free

    def _d6_reviewer_is_kin(self) -> None:
        person = self.take(self._has_free_officer)
        if person is None:
            return
        officer = self.province.officer(person.post.opd)
        self.claim(officer)
        self._make_kin(officer, person)
        self.note(
            "D6_checked_by_kin",
            [officer, person],
            "ipar",
            register=self.register(person, self.year),
        )

    # Whole OPDs (E)

    def _e1_silent_unit(self) -> None:
        self.note(
            "E1_silent_opd", [], "tidak ada deklarasi konflik dalam tiga tahun", opd=SILENT_OPD
        )

    def _e2_off_map(self) -> None:
        found = [self.take(lambda p: p.post.opd == OFF_MAP_OPD) for _number in range(2)]
        people = [person for person in found if person]
        for person in people:
            self.declared(
                person,
                [NamedParty.of(self.vendor())],
                kind="actual",
                area=False,
                at=self._this_year(),
            )
        what = "dua konflik aktual tanpa area rawan"
        if len(people) > 1:
            self.note("E2_conflicts_off_the_map", people, what, opd=OFF_MAP_OPD)

    def _e3_past_its_day(self) -> None:
        """The maps neglect the silent OPD."""
        rows = RiskArea.objects.filter(
            map__state="approved", map__opd__code=SILENT_OPD, residual_level__in=("", *HIGH),
            level__in=HIGH, status__in=("planned", "running"), due_on__lt=self.clock.on,
        )  # fmt: skip
        for row in rows.order_by("position")[:COPIES]:
            self.note(
                "E3_area_past_its_day", [], row.activity, opd=SILENT_OPD, area_id=row.pk,
            )  # fmt: skip

    def _e4_nil_rate(self) -> None:
        of_opd = (person.id for person in self.province.obliged if person.post.opd == NIL_OPD)
        self.profiles.complete.update(of_opd)
        self.note("E4_nil_rate_outlier", [], "semua daftar nihil", opd=NIL_OPD)

    # How cases are handled

    def _this_year(self) -> datetime.datetime:
        return self.clock.days_ago(self.rng, 60)

    def _f1_recusal_breach(self) -> None:
        if person := self.take():
            party = NamedParty.of(self.vendor())
            case = self.declared(
                person,
                [party],
                state=C.CONTROLLED,
                at=self._this_year(),
                task_due=self.clock.on + datetime.timedelta(days=20),
            )
            after = self.clean(person, [party], at=self.clock.days_ago(self.rng, 20))
            self.note(
                "F1_recusal_breach",
                [person],
                party.name,
                case=case,
                after=after,
            )

    def _f1_recusal_decision(self) -> None:
        """The superior is kept out of a party, and decides a subordinate's conflict with it."""
        person = self.take(self._is_decided_by_free)
        superior = self._free_superior(person) if person else None
        if person and superior:
            self.claim(superior)
            party = NamedParty.of(self.vendor())
            due = self.clock.on + datetime.timedelta(days=20)
            options: dict[str, Any] = {"state": C.CONTROLLED, "task_due": due}
            case = self.declared(superior, [party], at=self._this_year(), **options)
            self.declared(person, [party], at=self.clock.days_ago(self.rng, 20), **options)
            self.note(
                "F1_recusal_decision",
                [superior, person],
                party.name,
                case=case,
            )

    def _is_decided_by_free(self, person: Person) -> bool:
        superior = self._free_superior(person)
        return superior is not None and superior is self.clock.superior(person)

    # What runs on the day (the automatic flags, and the level of the area)

    def _running(self, name: str, what: str, person: Person, **options: Any) -> None:
        case = self.declared(
            person,
            [NamedParty.of(self.vendor())],
            state=C.CONTROLLED,
            at=self._this_year(),
            task_due=self.clock.on + datetime.timedelta(days=20),
            **options,
        )
        self.note(name, [person], what, case=case)

    def _q2_actual(self) -> None:
        if person := self.take():
            self._running("Q2_actual_conflict", "konflik aktual", person, kind="actual")

    def _q3_high_level(self) -> None:
        if person := self.take():
            self._running("Q3_high_level", "dinilai sangat tinggi", person, is_grave=True)

    def _l1_very_high(self) -> None:
        self._in_area("L1_area_very_high", "SANGAT_TINGGI")

    def _l2_high(self) -> None:
        self._in_area("L2_area_high", "TINGGI")

    def _in_area(self, name: str, level: str) -> None:
        if person := self.take(lambda p: self._area_of(p.post.opd, level) is not None):
            area = self._area_of(person.post.opd, level)
            fitting = (key for key, codes in texts.AREAS.items() if area.code in codes)
            matter = self.matter(person, kind=next(fitting, "LAINNYA"), area=area)
            self._running(name, area.label, person, matter=matter)

    def _area_of(self, opd: str, level: str) -> OfferedArea | None:
        offered = self.cases.lists.areas.get(opd, ())
        return next((each for each in offered if each.row and each.level == level), None)

    def _f2_superior_late(self) -> None:
        if person := self.take():
            at = self._this_year()
            case = self.declared(
                person,
                [NamedParty.of(self.vendor())],
                kind="actual",
                at=at,
                decided_at=self.clock.later(at, self.rng, 14, 16),
            )
            superior = self.clock.superior(person)
            self.note(
                "F2_superior_late",
                [superior, person],
                "lebih dari 7 hari kerja",
                case=case,
            )

    def _f2_overdue_now(self) -> None:
        if person := self.take():
            case = self.declared(
                person,
                [NamedParty.of(self.vendor())],
                state=C.UNDER_REVIEW,
                at=self.clock.days_ago(self.rng, 12),
            )
            self.note(
                "F2_decision_overdue",
                [self.clock.superior(person), person],
                "belum diputus setelah batas waktu",
                case=case,
            )

    def _f3_acted_while_suspended(self) -> None:
        if person := self.take():
            party = NamedParty.of(self.vendor())
            at = self.clock.days_ago(self.rng, 40)
            case = self.declared(
                person,
                [party],
                at=at,
                state=C.CONTROLLED,
                decided_at=self.clock.later(at, self.rng, 5, 5),
            )
            between = self.clock.later(at, self.rng, 2, 2)
            after = self.clean(person, [party], at=between)
            self.note(
                "F3_acted_while_suspended",
                [person],
                party.name,
                case=case,
                after=after,
            )

    def _f4_task_overdue(self) -> None:
        if person := self.take():
            due = self.clock.working_day(self.clock.on - datetime.timedelta(days=21))
            case = self.declared(
                person,
                [NamedParty.of(self.vendor())],
                state=C.CONTROLLED,
                at=self._this_year(),
                task_due=due,
                task_states=(T.OPEN,),
            )
            self.note("F4_task_overdue", [person], f"jatuh tempo {due}", case=case)

    def _f5_stale_after_transfer(self) -> None:
        moved = next(
            (
                p
                for p in self.province.obliged
                if p.earlier
                and p.earlier[0].because
                and p.starts_on > datetime.date(self.year - 1, 1, 1)
                and p.starts_on < self.clock.on - datetime.timedelta(days=45)
                and p.id not in self.profiles.complete
                and p.post.code not in DEMO_POSTS.values()
                and p.post.opd != SILENT_OPD
                and self.clock.superior(p) is not None
            ),
            None,
        )
        if moved is None:
            return
        self.settle(moved)
        before = self.clock.working_day(moved.starts_on - datetime.timedelta(days=60))
        case = self.declared(
            moved, [NamedParty.of(self.vendor())], state=C.CONTROLLED, followed_up=False,
            at=self.clock.at(before, self.rng), post=moved.earlier[0],
            task_due=self.clock.on + datetime.timedelta(days=30),
        )  # fmt: skip
        self.note(
            "F5_plan_stale_after_transfer",
            [moved],
            "rencana tidak dievaluasi",
            case=case,
            moved_on=moved.starts_on,
        )

    def _f6_refused_then_done(self) -> None:
        if person := self.take():
            row = self.maker.outside_work(person)
            row["started_on"] = f"{self.year - 1}-02-01"
            self.add_row(person, "outside_work", row, since=self.year - 1)
            at = self.clock.in_year(self.rng, self.year - 1, first_month=5)
            case = self.declared(
                person,
                [NamedParty(row["employer"])],
                source="KERJA_LUAR",
                at=at,
                measure="LEPAS_JABATAN_LUAR",
                matter_kind="LAINNYA",
            )
            self.note(
                "F6_told_to_stop_still_declared",
                [person],
                row["employer"],
                case=case,
                register=self.register(person, self.year),
            )

    def _superior_related(self) -> None:
        person = self.take(lambda p: self._free_superior(p) is not None)
        superior = self._free_superior(person) if person else None
        if person is None or superior is None:
            return
        self.claim(superior)
        self._make_kin(superior, person)
        case = self.declared(
            person,
            [NamedParty.of(self.vendor())],
            handler=superior,
            found=False,
            at=self._this_year(),
        )
        self.note(
            "D6_decided_by_kin",
            [superior, person],
            "tidak ada konflik menurut ipar",
            case=case,
        )

    def _continued_though_found(self) -> None:
        if person := self.take():
            case = self.declared(
                person,
                [NamedParty.of(self.vendor())],
                kind="actual",
                measure="LANJUT",
                state=C.CONTROLLED,
                at=self._this_year(),
            )
            self.note("F7_continued_though_found", [person], "LANJUT", case=case)

    def _declared_after_decision(self) -> None:
        if person := self.take():
            case = self.declared(
                person,
                [NamedParty.of(self.vendor())],
                kind="actual",
                stage="decided",
                at=self._this_year(),
            )
            self.note(
                "F8_declared_after_decision",
                [person],
                "keputusan sudah diambil",
                case=case,
            )

    def _replacement_conflicted(self) -> None:
        first, second = self.take(), None
        if first:
            second = self.take(lambda p: p.post.opd == first.post.opd)
        if first and second:
            company = self.companies.make()
            row = self.maker.business(second, company, role="owner", share_percent="100")
            self.add_row(second, "business", row, since=self.year)
            case = self.declared(
                first,
                [NamedParty.of(company)],
                measure="ALIH_WEWENANG",
                replacement=second,
                at=self._this_year(),
                state=C.CONTROLLED,
            )
            self.note("F9_replacement_conflicted", [second, first], company.name, case=case)

    # Who is rare comes first.
    STEPS = (
        _d3_auditors_ground, _d3_former_opd, _f1_recusal_decision, _d1_reporting_line,
        _superior_related, _d6_reviewer_is_kin, _replacement_conflicted, _l1_very_high,
        _d4_double_post, _a1_missing_spouse, _a3_no_identifier, _a4_shares, _a4_owner_of_nothing,
        _a5_before_birth, _a11_placeholder, _b1_vanished, _b2_moved_to_kin,
        _b3_born_around_appointment, _b11_always_late, _b11_never, _b11_returned_often,
        _b11_nil_then_declared, _nil_two_years_in_risk_post, _c2_own_company,
        _c3_relatives_employer, _c6_former_employer, _c12_giver_is_party, _c14_grant_to_own_body,
        _d2_panel, _d5_no_declaration, _f1_recusal_breach, _f2_superior_late, _f2_overdue_now,
        _f3_acted_while_suspended, _f4_task_overdue, _f5_stale_after_transfer,
        _f6_refused_then_done, _continued_though_found,
        _declared_after_decision, _a2_share_left_blank,
        _a6_made_up_number, _q1_deals_in_risk_post,
        _q2_actual, _q3_high_level, _l2_high,
    )  # fmt: skip


def _sent_at(year: int, at: datetime.datetime) -> Edit:
    def change(profile: Profile, _maker: RowMaker) -> None:
        filing = profile.in_year(year)
        if filing:
            filing.sent_at = at
            if filing.checked_by:  # A small province may have nobody to check it.
                filing.checked_at = max(filing.checked_at or at, at + datetime.timedelta(days=1))
            if filing.acknowledged_at:
                filing.acknowledged_at = max(filing.acknowledged_at, at)

    return change


def _without(section: str, key: str, year: int) -> Edit:
    def change(profile: Profile, _maker: RowMaker) -> None:
        filing = profile.in_year(year)
        if filing:
            rows = profile.own_rows(filing)
            rows[section] = [row for row in rows[section] if row["key"] != key]

    return change


def _drop_year(year: int) -> Edit:
    def change(profile: Profile, _maker: RowMaker) -> None:
        profile.filings = [filing for filing in profile.filings if filing.year != year]

    return change
