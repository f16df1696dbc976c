"""Groups A and B: inside one register, and against the year before."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import ClassVar

from declarations.seeding.cases import NamedParty
from declarations.seeding.planting.tools import Edit, Steps, Tools
from declarations.seeding.profiles import Profile, RowMaker
from people.seeding.names import MALE
from people.seeding.population import Kinship, Person

MADE_UP = ("1234567890123", "0000000000000")
# The rule looks for five; a small OPD has no sixth.
CLONES, FEWEST = 6, 5


class InRegisters(Tools):
    """What somebody declares, fails to declare or declares late."""

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

    def _a2_share_left_blank(self) -> None:
        if person := self.take():
            row = self.maker.business(person, role="shareholder", share_percent="10")
            row.pop("share_percent")
            self.add_row(person, "business", row, since=self.year)
            self.note_register("A2_share_left_blank", person, row["name"])

    def _a3_no_identifier(self) -> None:
        if person := self.take():
            row = self.maker.business(person, role="owner", share_percent="100")
            row.pop("nib")
            self.add_row(person, "business", row, since=self.year)
            self.note_register("A3_company_without_identifier", person, row["name"])

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
            self.note_register("A4_owner_with_zero_share", person, row["name"])

    def _a5_before_birth(self) -> None:
        if person := self.take():
            start = person.born_on.replace(day=1) - datetime.timedelta(days=400)
            row = self.maker.posts_held(person) | {"started_on": start.isoformat()}
            self.add_row(person, "posts_held", row, since=self.year)
            self.note_register("A5_began_before_birth", person, row["organisation"])

    def _a6_made_up_number(self) -> None:
        if person := self.take():
            number = MADE_UP[self.rng.randrange(len(MADE_UP))]
            row = self.maker.business(person, nib=number)
            self.add_row(person, "business", row, since=self.year)
            self.note_register("A6_made_up_number", person, f"{row['name']}: {number}")

    def _a11_placeholder(self) -> None:
        if person := self.take():
            row = self.maker.business(person, deals_with_government="yes", dealings="-")
            self.add_row(person, "business", row, since=self.year)
            self.note_register("A11_placeholder_text", person, "dealings: -")

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

    def _b1_vanished(self) -> None:
        if person := self.take():
            row = self.maker.business(person)
            self.add_row(person, "business", row, since=self.year - 2)
            self.edit(person, _without("business", row["key"], self.year))
            self.note_register("B1_vanished_interest", person, row["name"])

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
            self.note_register("B11_late_every_year", person, "sesudah 31 Maret, tiga tahun")

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
            self.note_register("B11_returned_often", person, "dikembalikan empat kali")

    def _b11_nil_then_declared(self) -> None:
        if person := self.take():
            self.make_nil(person, since=self.year)
            signed = self.clock.at(datetime.date(self.year, 1, 12), self.rng)
            self.edit(person, _sent_at(self.year, signed))
            at = self._within(self.year)
            case = self.declared(person, [NamedParty.of(self.vendor())], at=at)
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
            self.note_register("B11_nil_two_years_in_risk_post", person, person.post.title)

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

    RARE: ClassVar[Steps] = (
        _a1_missing_spouse,
    )  # fmt: skip
    COMMON: ClassVar[Steps] = (
        _a2_share_left_blank, _a3_no_identifier, _a4_shares, _a4_owner_of_nothing,
        _a5_before_birth, _a6_made_up_number, _a11_placeholder, _b1_vanished,
        _b2_moved_to_kin, _b3_born_around_appointment, _b11_always_late, _b11_never,
        _b11_returned_often, _b11_nil_then_declared, _nil_two_years_in_risk_post,
        _q1_deals_in_risk_post,
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
