"""The ordinary three years: who states what before which decision, who declares a conflict."""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db import models

from declarations.seeding.cases import CaseMaker, Conflict, NamedParty, Statement
from declarations.seeding.companies import Company
from declarations.states import ConflictState as C
from declarations.states import StatementState as S
from declarations.states import TaskState as T
from people.seeding.population import Person

STATEMENTS_A_PERSON = 0.30
CONFLICTS_A_PERSON = 0.1
VENDORS_A_PERSON = 0.06
# Each state of a declared conflict, in turn: the weights are those of an ordinary autumn.
CONFLICT_TURNS = (
    (C.CLOSED, 8), (C.CONTROLLED, 5), (C.CONFLICT_FOUND, 2), (C.UNDER_REVIEW, 2), (C.SENT, 3),
    (C.NEEDS_DATA, 1), (C.ESCALATED, 1), (C.DRAFT, 2), (C.WITHDRAWN, 1), (C.NO_CONFLICT, 1),
    (C.SUPERSEDED, 1),
)  # fmt: skip
MEASURES = (
    "MUNDUR_PROSES", "MUNDUR_PROSES", "ALIH_WEWENANG", "LANJUT_BERSYARAT", "PENGAWASAN_KHUSUS",
    "BATASI_AKSES", "LEPAS_KEPENTINGAN", "LEPAS_JABATAN_LUAR", "BATASI_PERAN",
)  # fmt: skip
TASKS = ((T.OPEN,), (T.DONE,), (T.CONFIRMED, T.OPEN), (T.OPEN, T.CANCELLED), (T.CONFIRMED,))
SOURCES = (
    "BISNIS", "KELUARGA", "KELUARGA", "AFILIASI", "KERJA_LUAR", "RANGKAP_JABATAN", "GRATIFIKASI",
    "MANTAN_PEJABAT", "INFO_ASET", "LAINNYA",
)  # fmt: skip


class Story:
    def __init__(self, province: Any, clock: Any, maker: CaseMaker, companies: Any) -> None:
        self.province, self.clock, self.maker = province, clock, maker
        self.rng = random.Random(f"{province.seed}:story")  # noqa: S311 -- repeatable
        number = max(40, int(province.number * VENDORS_A_PERSON))
        self.vendors: list[Company] = [companies.make() for _index in range(number)]
        # One kind after the other, so that every state of a task occurs.
        self.tasks = itertools.cycle(TASKS)
        self.has_reopened = False
        # OPDs and people that the planting wants quiet.
        self.silent_opds: set[str] = set()
        self.apart: set[Any] = set()

    def people(self) -> list[Person]:
        return [
            p
            for p in self.province.obliged
            if p.id not in self.apart
            and p.post.rank <= 4
            and p.starts_on.year < self.clock.last_year
        ]

    def parties(self, *, most: int = 4) -> list[NamedParty]:
        chosen = self.rng.sample(self.vendors, self.rng.randint(1, most))
        return [NamedParty.of(company) for company in chosen]

    @property
    def number(self) -> int:
        """Of cases; a few more come in large provinces, see `_one_each`."""
        shares = STATEMENTS_A_PERSON, CONFLICTS_A_PERSON
        return sum(int(self.province.number * share) for share in shares)

    def statements(self) -> Iterator[Iterator[models.Model]]:
        """Case by case; each is to be read before the next one."""
        rng, people = self.rng, self.people()
        for _number in range(int(self.province.number * STATEMENTS_A_PERSON)):
            person = rng.choice(people)
            year = rng.choice((0, 1, 1, 2, 2, 2)) + self.clock.last_year - 2
            if person.starts_on >= datetime.date(year, 1, 1):
                year = self.clock.last_year
            matter = self.maker.matter(rng, person.post.opd, year)
            yield self._statement(person, matter, year)

    def _statement(self, person: Person, matter: Any, year: int) -> Iterator[models.Model]:
        yield matter
        rng = self.rng
        at = self.clock.in_year(rng, year)
        case = Statement(person, matter, self.parties(), at)
        chance = rng.random()
        if chance < 0.05:
            case.at, case.state = self.clock.recently(rng, 20), S.DRAFT
        elif chance < 0.08:
            case.state = S.WITHDRAWN
        elif chance < 0.10:
            case.state = S.SUPERSEDED
        yield from self.maker.statement(rng, case)
        if case.state == S.SUPERSEDED:
            correction = Statement(
                person, matter, self.parties(), self.clock.later(at, rng, 1, 9),
                supersedes=case.pk,
            )  # fmt: skip
            yield from self.maker.statement(rng, correction)

    def conflicts(self) -> Iterator[Iterator[models.Model]]:
        """Case by case, as `statements`."""
        rng = self.rng
        people = [p for p in self.people() if p.post.opd not in self.silent_opds]
        turns = [state for state, weight in CONFLICT_TURNS for _index in range(weight)]
        number = max(len(turns), int(self.province.number * CONFLICTS_A_PERSON))
        chosen = [(rng.choice(people), turns[index % len(turns)]) for index in range(number)]
        for person, state in [*chosen, *self._one_each(people, chosen)]:
            if self.clock.superior(person) is not None:
                yield self._conflict(person, state)

    def _one_each(
        self, people: list[Person], chosen: list[tuple[Person, str]]
    ) -> list[tuple[Person, str]]:
        """Everywhere else somebody has declared, so that the silent OPD is the one that didn't."""
        declaring = {
            person.post.opd for person, state in chosen if state not in (C.DRAFT, C.WITHDRAWN)
        }
        others = [person for person in people if self.clock.superior(person) is not None]
        first = {person.post.opd: person for person in reversed(others)}
        return [(first[opd], C.CLOSED) for opd in sorted(first.keys() - declaring)]

    def _conflict(self, person: Person, state: str) -> Iterator[models.Model]:
        rng = self.rng
        at = self._sent_at(person, state)
        matter = self.maker.matter(rng, person.post.opd, at.year)
        yield matter
        case = Conflict(
            person,
            matter,
            self.parties(most=2),
            source=rng.choice(SOURCES),
            at=at,
            state=state,
            kind=rng.choice(("actual", "potential", "potential")),
            stage=rng.choice(("not_started", "not_started", "running")),
            measure=rng.choice(MEASURES),
            found=state != C.NO_CONFLICT and not (state == C.CLOSED and rng.random() < 0.3),
            task_states=next(self.tasks) if state == C.CONTROLLED else TASKS[0],
            task_due=self.clock.working_day(
                self.clock.on + datetime.timedelta(days=rng.randint(4, 40))
            ),
            known_since=at.date() - datetime.timedelta(days=rng.randint(0, 2)),
            has_draft_decision=state == C.ESCALATED or rng.random() < 0.5,
        )
        if state == C.CONTROLLED:
            # The first one always, so that every state occurs.
            case.was_reopened = rng.random() < 0.15 or not self.has_reopened
            self.has_reopened = True
        if state == C.ESCALATED:
            case.handler = self.clock.superior(person, level=1)
            case.turn_at = self.clock.days_ago(rng, 2)
        if state not in (C.DRAFT, C.WITHDRAWN) and rng.random() < 0.4:
            origin = Statement(
                person, matter, case.parties, at - datetime.timedelta(hours=1), S.CONVERTED,
                yes=(case.source,),
            )  # fmt: skip
            yield from self.maker.statement(rng, origin)
            case.origin = origin.pk
        yield from self.maker.conflict(rng, case)
        if state == C.SUPERSEDED:
            correction = replace(
                case, state=C.SENT, at=self.clock.later(at, rng, 1, 1), supersedes=case.pk,
                origin=None, pk=None,
            )  # fmt: skip
            yield from self.maker.conflict(rng, correction)

    def _sent_at(self, person: Person, state: str) -> datetime.datetime:
        rng, clock = self.rng, self.clock
        recent: tuple[int, int] | None = {
            C.DRAFT: (1, 4), C.SENT: (0, 3), C.UNDER_REVIEW: (1, 4), C.NEEDS_DATA: (1, 3),
            C.ESCALATED: (8, 9), C.CONFLICT_FOUND: (4, 6), C.NO_CONFLICT: (4, 6),
            C.SUPERSEDED: (2, 4), C.WITHDRAWN: (5, 60), C.CONTROLLED: (15, 60),
        }.get(C(state))  # fmt: skip
        if recent:
            return clock.days_ago(rng, max(1, rng.randint(*recent)))
        first = clock.last_year - 2
        year = max(rng.choice((first, first + 1, first + 1, first + 2)), person.starts_on.year + 1)
        at = clock.in_year(rng, min(year, clock.last_year))
        latest = clock.days_ago(rng, 85)
        return min(at, latest)
