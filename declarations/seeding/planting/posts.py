"""Groups D and E: people and posts, whole OPDs and their maps."""

from __future__ import annotations

from typing import ClassVar

from declarations.seeding.cases import NamedParty
from declarations.seeding.planting.tools import (
    HIGH,
    NIL_OPD,
    OFF_MAP_OPD,
    SILENT_OPD,
    Edit,
    Steps,
    Tools,
)
from declarations.seeding.profiles import Profile, RowMaker
from mapping.models import RiskArea
from people.models.organisation import PostLevel
from people.seeding.population import Person


class InPosts(Tools):
    """Kin in one line, posts held twice or without a register, OPDs that stay silent."""

    def _kin_in_line(self) -> tuple[Person, Person] | None:
        """A superior and somebody below them, now kin."""
        person = self.take(lambda p: self._free_superior(p) is not None)
        superior = self._free_superior(person) if person else None
        if person is None or superior is None:
            return None
        self.claim(superior)
        self._make_kin(superior, person)
        return superior, person

    def _d1_reporting_line(self) -> None:
        if (pair := self._kin_in_line()) is None:
            return
        superior, person = pair
        self.note(
            "D1_kin_in_reporting_line",
            [superior, person],
            "ipar",
            superior_post=superior.post.code,
            post=person.post.code,
        )

    def _d4_double_post(self) -> None:
        if person := self.take(lambda p: p.post.opd in ("01.04", "05.02", "01.03", "04.03")):
            row = self.maker.posts_held(person, "PT Bank Pembangunan Daerah Bengkulu") | {
                "post": "Komisaris", "receives_grant": "yes",
            }  # fmt: skip
            self.add_row(person, "posts_held", row, since=self.year - 1)
            self.note_register("D4_forbidden_double_post", person, row["organisation"])

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

    def _superior_related(self) -> None:
        if (pair := self._kin_in_line()) is None:
            return
        superior, person = pair
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
                at=self._within(self.clock.on.year),
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
        for row in rows.order_by("position")[:2]:
            self.note(
                "E3_area_past_its_day", [], row.activity, opd=SILENT_OPD, area_id=row.pk,
            )  # fmt: skip

    def _e4_nil_rate(self) -> None:
        of_opd = (person.id for person in self.province.obliged if person.post.opd == NIL_OPD)
        self.profiles.complete.update(of_opd)
        self.note("E4_nil_rate_outlier", [], "semua daftar nihil", opd=NIL_OPD)

    RARE: ClassVar[Steps] = (
        _d1_reporting_line, _superior_related, _d6_reviewer_is_kin, _d4_double_post,
    )  # fmt: skip
    COMMON: ClassVar[Steps] = (
        _d5_no_declaration,
    )  # fmt: skip


def _drop_year(year: int) -> Edit:
    def change(profile: Profile, _maker: RowMaker) -> None:
        profile.filings = [filing for filing in profile.filings if filing.year != year]

    return change
