"""Writing all declarations of the province, in batches and in an order the triggers accept."""

from __future__ import annotations

import itertools
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from audit.models import AuditEvent
from common.bulk_writing import analyse
from declarations.models import (
    ChosenMeasure,
    ConflictDeclaration,
    ConflictParty,
    ControlMeasureKind,
    ControlPlan,
    ControlTask,
    DataRequest,
    DecisionKind,
    DecisionStatement,
    FollowUp,
    FormVersion,
    HandlerChange,
    Interest,
    InterestRegister,
    Matter,
    Party,
    PartyMatch,
    SectionReturn,
    SourceAnswer,
    SuperiorDecision,
    Suspension,
)
from declarations.seeding import demonstration
from declarations.seeding.cases import CaseMaker
from declarations.seeding.clock import Clock
from declarations.seeding.companies import CompanyMaker
from declarations.seeding.planting import Planter
from declarations.seeding.profiles import ProfileMaker
from declarations.seeding.registers import RegisterMaker
from declarations.seeding.story import Story
from declarations.services.configuration import form_in_use, read_version
from mapping.models import ConflictSource, RiskScale
from mapping.services import OfferedArea, areas_for
from people.models import Opd
from people.seeding.writing import copy_objects

# A signed register takes no more rows: rows first, then what they belong to. The foreign keys
# are checked at the commit.
ORDER: tuple[type[models.Model], ...] = (
    Interest, InterestRegister, SectionReturn, Matter, SourceAnswer, Party, PartyMatch,
    DecisionStatement, ConflictDeclaration, ConflictParty, Suspension, HandlerChange, DataRequest,
    SuperiorDecision, ChosenMeasure, ControlPlan, ControlTask, FollowUp, AuditEvent,
)  # fmt: skip
FLUSH_AT = 20_000
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Lists:
    """The reference data that the rows point at."""

    forms: dict[str, FormVersion]
    sources: dict[str, ConflictSource]
    kinds: dict[str, DecisionKind]
    measures: dict[str, ControlMeasureKind]
    # By the code of the OPD: what its map offers.
    areas: dict[str, list[OfferedArea]]
    scale: RiskScale

    @classmethod
    def read(cls, opds: Iterable[Opd]) -> Lists:
        return cls(
            forms={code: form_in_use(code) for code in ("F1", "F2", "F3", "F5", "F6", "F7")},
            sources={row.code: row for row in ConflictSource.objects.filter(is_active=True)},
            kinds={row.code: row for row in DecisionKind.objects.all()},
            measures={row.code: row for row in ControlMeasureKind.objects.all()},
            areas={opd.code: areas_for(opd) for opd in opds},
            scale=RiskScale.objects.get(is_default=True),
        )


class Writer:
    """Collects rows and copies them in the one order that works."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self.waiting = 0
        self.written: dict[str, int] = defaultdict(int)
        self.counted: dict[type[models.Model], int] = defaultdict(int)

    def take(self, rows: Iterable[models.Model]) -> None:
        """The rows of one case; they go in together."""
        for row in rows:
            self.rows[type(row)].append(row)
            self.waiting += 1
        if self.waiting >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        for model in ORDER:
            if found := self.rows.pop(model, None):
                copy_objects(model, found)
                self.written[model._meta.model_name or ""] += len(found)
                self._count(model)
        self.waiting = 0

    def _count(self, model: type[models.Model]) -> None:
        """At once, for the triggers of the next table, and again whenever it has doubled."""
        written = self.written[model._meta.model_name or ""]
        if written >= 2 * self.counted[model]:
            analyse(model)
            self.counted[model] = written


class Progress:
    """Of people and cases; every 200th is told."""

    def __init__(self, report: Report, *, total: int) -> None:
        self.report, self.total, self.done = report, total, 0

    def step(self) -> None:
        self.done += 1
        if self.done % 200 == 0:
            self.report(min(self.done, self.total), self.total)

    def end(self) -> None:
        self.report(self.total, self.total)


def declare(province: Any, *, report: Report) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Write three years of declarations; returns the planted conflicts and the numbers of rows."""
    clock, writer = Clock(province), Writer()
    lists = Lists.read(province.opds.values())
    companies = CompanyMaker(random.Random(f"{province.seed}:companies"))  # noqa: S311 -- repeatable
    profiles = ProfileMaker(province, companies, clock)
    cases = CaseMaker(province, clock, lists)
    story = Story(province, clock, cases, companies)
    planter = Planter(province, clock, profiles, cases, story, companies)
    planter.plant()
    demonstration.edit_profiles(province, profiles, story)
    progress = Progress(report, total=len(province.obliged) + story.number)
    _write_registers(province, profiles, lists, writer, clock, progress)
    writer.take(planter.rows())
    writer.flush()
    for case in itertools.chain(story.statements(), story.conflicts()):
        writer.take(case)
        progress.step()
    writer.flush()
    progress.end()
    analyse(*ORDER)
    return planter.records, dict(writer.written)


def _write_registers(
    province: Any,
    profiles: ProfileMaker,
    lists: Lists,
    writer: Writer,
    clock: Clock,
    progress: Progress,
) -> None:
    relatives: dict[str, uuid.UUID] = {}
    for kinship in province.kinships:
        for person in (kinship.first, kinship.second):
            relatives[person.nip] = person.id
    registers = RegisterMaker(
        province,
        form=read_version(lists.forms["F1"]),
        version=lists.forms["F1"],
        sources=lists.sources,
        relatives=relatives,
    )
    for person in province.obliged:
        profile = profiles.make(person)
        writer.take(registers.make(profile, latest_year=clock.last_year))
        progress.step()
    writer.flush()
