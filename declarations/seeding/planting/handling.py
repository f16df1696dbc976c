"""Group F and the automatic flags: how declared conflicts are handled, and what runs today."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from declarations.seeding import texts
from declarations.seeding.cases import NamedParty
from declarations.seeding.planting.tools import SILENT_OPD, Steps, Tools
from declarations.states import ConflictState as C
from declarations.states import TaskState as T
from mapping.services import OfferedArea
from people.seeding.demo import DEMO_POSTS
from people.seeding.population import Person


class InHandling(Tools):
    """What a declared conflict leads to, or should have."""

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
        person = self.take(lambda p: self._area_of(p.post.opd, level) is not None)
        area = self._area_of(person.post.opd, level) if person else None
        if person and area:
            fitting = (key for key, codes in texts.AREAS.items() if area.code in codes)
            matter = self.matter(person, kind=next(fitting, "LAINNYA"), area=area)
            self._running(name, area.label, person, matter=matter)

    def _area_of(self, opd: str, level: str) -> OfferedArea | None:
        offered = self.cases.lists.areas.get(opd, ())
        return next((each for each in offered if each.row and each.level == level), None)

    RARE: ClassVar[Steps] = (
        _f1_recusal_decision, _replacement_conflicted, _l1_very_high,
    )  # fmt: skip
    COMMON: ClassVar[Steps] = (
        _f1_recusal_breach, _f2_superior_late, _f2_overdue_now, _f3_acted_while_suspended,
        _f4_task_overdue, _f5_stale_after_transfer, _f6_refused_then_done,
        _continued_though_found, _declared_after_decision, _q2_actual, _q3_high_level,
        _l2_high,
    )  # fmt: skip
