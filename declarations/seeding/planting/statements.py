"""Groups C and D: statements free of conflict, though the register names the party."""

from __future__ import annotations

import datetime
from typing import ClassVar

from declarations.seeding.cases import NamedParty
from declarations.seeding.planting.tools import Steps, Tools
from people.seeding.demo import DEMO_POSTS
from people.seeding.population import Person


class InStatements(Tools):
    """What a signed statement calls another one, or does not see."""

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
            case = self.clean(
                person, [NamedParty(name)], kind="AUDIT", about=other.post.opd, matched=[found]
            )
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
            if person.post.opd != "03" or person.id in self.story.apart or not person.earlier:
                continue
            post, _first, last = person.earlier
            if last > lately and post.opd != "03":
                name = self.province.opds[post.opd].name
                at = self.clock.days_ago(self.rng, 30)
                case = self.clean(
                    self.settle(person), [NamedParty(name)], kind="AUDIT", about=post.opd, at=at
                )
                self.note("D3_auditors_former_opd", [person], name, case=case)
                return

    RARE: ClassVar[Steps] = (
        _d3_auditors_ground, _d3_former_opd,
    )  # fmt: skip
    COMMON: ClassVar[Steps] = (
        _c2_own_company, _c3_relatives_employer, _c6_former_employer, _c12_giver_is_party,
        _c14_grant_to_own_body, _d2_panel,
    )  # fmt: skip
