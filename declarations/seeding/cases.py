"""Statements (F2), declared conflicts (F3), decisions (F5), plans (F6) and evaluations (F7)."""

from __future__ import annotations

import datetime
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from audit.models import AuditEvent
from declarations.models import (
    ChosenMeasure,
    ConflictDeclaration,
    ConflictParty,
    ControlPlan,
    ControlTask,
    DataRequest,
    DecisionStatement,
    FollowUp,
    HandlerChange,
    Matter,
    Party,
    PartyMatch,
    SourceAnswer,
    SuperiorDecision,
    Suspension,
)
from declarations.seeding import texts
from declarations.seeding.companies import Company
from declarations.seeding.registers import NAMESPACE
from declarations.services import areas
from declarations.services.areas import NO_AREA
from declarations.services.matters import key_of
from declarations.states import ConflictState as C
from declarations.states import PlanState, StatementState, TaskState
from mapping.services import OfferedArea
from matching.names import name_key
from people import calendar
from people.seeding.population import Person

OWN_AREA_SHARE = 0.12
HOUR = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NamedParty:
    name: str
    nib: str = ""
    npwp: str = ""

    @classmethod
    def of(cls, company: Company) -> NamedParty:
        return cls(company.name, company.nib, company.npwp)


@dataclass
class Statement:
    """One F2 to be. `matched`: (party's index, interest) that the declarant called another one."""

    person: Person
    matter: Matter
    parties: list[NamedParty]
    at: datetime.datetime
    state: str = StatementState.ISSUED
    yes: tuple[str, ...] = ()
    matched: list[tuple[int, uuid.UUID, str]] = field(default_factory=list)
    answer: str = PartyMatch.Answer.DIFFERENT
    supersedes: uuid.UUID | None = None
    pk: uuid.UUID | None = None


@dataclass
class Conflict:
    """One F3 to be, as far as `state` says."""

    person: Person
    matter: Matter
    parties: list[NamedParty]
    source: str
    at: datetime.datetime
    state: str
    kind: str = "potential"
    stage: str = "not_started"
    measure: str = "MUNDUR_PROSES"
    handler: Person | None = None
    replacement: Person | None = None
    decided_at: datetime.datetime | None = None
    task_states: tuple[str, ...] = (TaskState.OPEN,)
    task_due: datetime.date | None = None
    found: bool = True
    # Judged as likely and as harmful as the scale goes.
    is_grave: bool = False
    origin: uuid.UUID | None = None
    followed_up: bool = True
    known_since: datetime.date | None = None
    # When the present handler's turn began, if not with the sending.
    turn_at: datetime.datetime | None = None
    # The declaration that this one corrects.
    supersedes: uuid.UUID | None = None
    # A first decision and its plan, replaced after the case was opened again.
    was_reopened: bool = False
    # The superior is writing the decision (under review), or had begun one (escalated).
    has_draft_decision: bool = False
    # The post in which it was declared, if the person has another one now.
    post: Any = None
    pk: uuid.UUID | None = None


class CaseMaker:
    """Rows of one case after the other; keys are derived, so that cases can be told again."""

    def __init__(self, province: Any, clock: Any, lists: Any) -> None:
        self.province, self.clock, self.lists = province, clock, lists
        self.number = 0
        self.areas: dict[uuid.UUID, OfferedArea] = {}
        self.seniors: dict[str, list[Person]] = defaultdict(list)
        for post in province.posts:
            if post.rank >= 2:
                self.seniors[post.opd].extend(p for p in post.holders if p.is_active)

    def new_id(self) -> uuid.UUID:
        self.number += 1
        return uuid.uuid5(NAMESPACE, f"{self.province.seed}:case:{self.number}")

    # --- Matters -----------------------------------------------------------------------------

    def matter(
        self,
        rng: random.Random,
        opd: str,
        year: int,
        *,
        kind: str = "",
        area: bool | OfferedArea = True,
        about: str = "",
    ) -> Matter:
        """`about`: the OPD that the title names, if not the one that decides."""
        kind = kind or rng.choice(texts.KINDS_OF_OPD.get(opd, texts.USUAL_KINDS))
        title = rng.choice(texts.TITLES[kind]).format(
            opd=self.province.opds[about or opd].short_name,
            year=year,
            thing=rng.choice(texts.THINGS),
            permit=rng.choice(texts.PERMITS),
            body=rng.choice(texts.BODIES),
            level=rng.choice(("Administrator", "Pengawas")),
        )
        self.number += 1
        number = f"{self.number:04d}/{kind}/{opd}/{year}"
        value = Decimal(rng.randrange(15, 4_000)) * 1_000_000
        found = self._area(rng, opd, kind) if area is True else area or None
        matter = Matter(
            id=uuid.uuid5(NAMESPACE, f"{self.province.seed}:matter:{number}"),
            opd=self.province.opds[opd],
            kind=self.lists.kinds[kind],
            number=number,
            number_key=key_of(number),
            title=title,
            title_key=key_of(title),
            value=value if kind in ("PBJ", "KONTRAK", "HIBAH", "ASET") else None,
            risk_area=found.template if found else None,
            risk_row=found.row.row_key if found and found.row else None,
            created_at=self.clock.at(datetime.date(year, 1, 10), rng),
        )
        if found is not None:
            self.areas[matter.pk] = found
        return matter

    def _area(self, rng: random.Random, opd: str, kind: str) -> OfferedArea | None:
        """Of the kind's areas in the OPD's map; now and then one of the OPD's own."""
        offered = self.lists.areas.get(opd, [])
        own = [each for each in offered if each.template is None]
        fitting = [each for each in offered if each.code in texts.AREAS[kind]]
        if own and rng.random() < OWN_AREA_SHARE:
            return rng.choice(own)
        return rng.choice(fitting) if fitting else None

    def _decision_draft(self, matter: Matter) -> dict[str, str]:
        draft = {"kind": matter.kind.code, "title": matter.title, "number": matter.number}
        if matter.value is not None:
            draft["value"] = str(int(matter.value))
        found = self.areas.get(matter.pk)
        draft["risk_area"] = found.code if found else NO_AREA
        return draft

    def _said(self, matter: Matter) -> dict[str, Any]:
        found = self.areas.get(matter.pk)
        return areas.said_of(found) if found is not None and found.row else {}

    # --- F2 ----------------------------------------------------------------------------------

    def statement(self, rng: random.Random, case: Statement) -> Iterator[models.Model]:
        pk = case.pk = case.pk or self.new_id()
        role = rng.choice(texts.ROLES)
        rows = [self._party_row(party, rng) for party in case.parties]
        is_signed = case.state in (StatementState.ISSUED, StatementState.SUPERSEDED)
        knows_matter = case.state not in (StatementState.DRAFT, StatementState.WITHDRAWN)
        sources = {code.lower(): "no" for code in self.lists.sources}
        for code in case.yes:
            sources[code.lower()] = "yes"
            sources[f"{code.lower()}_explanation"] = self._situation(code, case.parties)
        matches = {
            f"{rows[index]['key']}:{interest}": case.answer
            for index, interest, _why in case.matched
        }
        yield DecisionStatement(
            id=pk,
            **self._common(case.person, case.at, "F2"),
            state=case.state,
            matter=case.matter if knows_matter else None,
            own_role=role if knows_matter else "",
            area_said=self._said(case.matter) if knows_matter else {},
            draft={
                "decision": self._decision_draft(case.matter) | {"own_role": role},
                "parties": {"rows": rows},
                "sources": sources,
                **({"matches": matches} if matches else {}),
            },
            sent_at=case.at if is_signed else None,
            sent_by_id=case.person.id if is_signed else None,
            supersedes_id=case.supersedes,
            **self._withdrawn(case),
        )
        if knows_matter:
            yield from self._statement_rows(pk, case, rows)
        if is_signed:
            yield self._event("decisionstatement.issue", pk, case.person, case.at, case.matter)

    def _withdrawn(self, case: Any) -> dict[str, Any]:
        if case.state != "withdrawn":
            return {}
        return {
            "withdrawn_at": case.at + HOUR,
            "withdrawn_by_id": case.person.id,
            "withdrawal_reason": "Keputusan dibatalkan.",
        }

    def _statement_rows(
        self, pk: uuid.UUID, case: Statement, rows: list[dict[str, str]]
    ) -> Iterator[models.Model]:
        for code, source in self.lists.sources.items():
            is_yes = code in case.yes
            yield SourceAnswer(
                statement_id=pk,
                source=source,
                is_yes=is_yes,
                explanation=self._situation(code, case.parties) if is_yes else "",
            )
        for position, row in enumerate(rows, 1):
            yield Party(
                id=uuid.uuid5(pk, row["key"]),
                statement_id=pk,
                **self._party_columns(row, position),
            )
        for index, interest, why in case.matched:
            yield PartyMatch(
                party_id=uuid.uuid5(pk, rows[index]["key"]),
                interest_id=interest,
                score=1000 if why == "identifier" else 940,
                why=why,
                answer=case.answer,
                reason="" if case.answer == "same" else "Nama mirip, badan yang berbeda.",
            )

    def _party_row(self, party: NamedParty, rng: random.Random) -> dict[str, str]:
        row = {
            "key": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "name": party.name,
            "role": rng.choice(texts.PARTY_ROLES),
        }
        if party.nib:
            row["nib"] = party.nib
        return row

    def _party_columns(self, row: dict[str, str], position: int) -> dict[str, Any]:
        return {
            "row_key": row["key"],
            "position": position,
            "name": row["name"],
            "name_key": name_key(row["name"])[:200],
            "nib": row.get("nib", ""),
            "role": row["role"],
        }

    def _situation(self, code: str, parties: list[NamedParty]) -> str:
        return texts.SITUATIONS[code].format(party=parties[0].name if parties else "pihak terkait")

    def _common(
        self, person: Person, at: datetime.datetime, form: str, post: Any = None
    ) -> dict[str, Any]:
        post = post or person.post
        return {
            "declarant_id": person.id,
            "opd": self.province.opds[post.opd],
            "post_id": post.pk,
            "year": at.year,
            "form_version": self.lists.forms[form],
            "revision": 2,
            "created_at": at - HOUR,
            "updated_at": at,
        }

    def _event(
        self,
        action: str,
        pk: uuid.UUID,
        actor: Person | None,
        at: datetime.datetime,
        matter: Matter,
    ) -> AuditEvent:
        model = action.partition(".")[0]
        return AuditEvent(
            at=at,
            actor_id=actor.id if actor else None,
            actor_label=actor.name[:200] if actor else "",
            action=action,
            target_type=f"declarations.{model}",
            target_id=str(pk),
            target_label=str(matter)[:300],
            opd_id=matter.opd_id,
        )

    # --- F3 ----------------------------------------------------------------------------------

    def conflict(self, rng: random.Random, case: Conflict) -> Iterator[models.Model]:
        pk = case.pk = case.pk or self.new_id()
        turn_at = case.turn_at or case.at
        was_sent = case.state not in (C.DRAFT, C.WITHDRAWN)
        rows = [self._party_row(party, rng) for party in case.parties]
        handler = case.handler or self.clock.superior(case.person)
        follow_up = {"impact": texts.IMPACT, "is_confidential": "no"}
        situation = self._situation(case.source, case.parties)
        known_since = case.known_since or case.at.date()
        decision = self._decision_draft(case.matter) | {"stage": case.stage}
        typed: dict[str, Any] = {}
        if was_sent:
            typed = {
                "matter": case.matter,
                "conflict_kind": case.kind,
                "source": self.lists.sources[case.source],
                "stage": case.stage,
                "situation": situation,
                "known_since": known_since,
                "answers": {"impact": texts.IMPACT, "is_confidential": False},
                "handler_id": handler.id if handler else None,
                "handler_since": turn_at,
                "due_on": self.clock.decision_due(turn_at),
                "limit": self.clock.limits["SLA_PUTUSAN_DEKLARASI"],
                "escalation_level": 1 if case.state == C.ESCALATED else 0,
                "sent_at": case.at,
                "sent_by_id": case.person.id,
            }
        decided_at = self._decided_at(rng, case)
        closed_at = (
            self.clock.later(decided_at, rng, 15, 60)
            if case.state == C.CLOSED and decided_at
            else None
        )
        if closed_at and not case.found:
            closed_at = decided_at
        reviewed = case.state not in (C.SENT, C.ESCALATED) and was_sent
        if case.state == C.WITHDRAWN:
            typed |= self._withdrawn(case)
        yield ConflictDeclaration(
            id=pk,
            **self._common(case.person, case.at, "F3", case.post),
            state=case.state,
            origin_id=case.origin,
            supersedes_id=case.supersedes,
            review_started_at=case.at + HOUR if reviewed else None,
            decided_at=decided_at,
            closed_at=closed_at,
            draft={
                "conflict": {
                    "conflict_kind": case.kind,
                    "source": case.source,
                    "situation": situation,
                    "known_since": known_since.isoformat(),
                },
                "decision": decision,
                "parties": {"rows": rows},
                "follow_up": follow_up,
            },
            area_said=self._said(case.matter) if was_sent else {},
            **typed,
        )
        if not was_sent:
            return
        for position, row in enumerate(rows, 1):
            yield ConflictParty(
                id=self.new_id(), conflict_id=pk, **self._party_columns(row, position)
            )
        yield from self._waiting(rng, pk, case, handler, turn_at)
        yield self._event("conflictdeclaration.send", pk, case.person, case.at, case.matter)
        if decided_at and handler:
            if case.was_reopened:
                yield from self._replaced(rng, pk, case, handler)
            yield from self._decided(rng, pk, case, handler, decided_at, closed_at)
        elif case.state != "superseded":
            yield Suspension(
                id=self.new_id(), user_id=case.person.id, matter=case.matter, conflict_id=pk,
                started_at=case.at,
            )  # fmt: skip
            first = self.clock.superior(case.person)
            decider = first if case.state == C.ESCALATED else handler
            if case.has_draft_decision and decider is not None:
                yield self._open_decision(pk, case, decider)

    def _open_decision(self, pk: uuid.UUID, case: Conflict, decider: Person) -> SuperiorDecision:
        """Begun: still being written, or put away when the case passed to the next superior."""
        at = case.at + HOUR
        return SuperiorDecision(
            id=self.new_id(),
            conflict_id=pk,
            decider_id=decider.id,
            decider_post_id=decider.post.pk,
            opd=self.province.opds[case.person.post.opd],
            year=at.year,
            form_version=self.lists.forms["F5"],
            state="discarded" if case.state == C.ESCALATED else "draft",
            revision=1,
            draft={"findings": {"truth_analysis": texts.TRUTH[0]}},
            created_at=at,
            updated_at=at,
        )

    def _replaced(
        self, rng: random.Random, pk: uuid.UUID, case: Conflict, handler: Person
    ) -> Iterator[models.Model]:
        """The decision and plan that stood before the case was opened again."""
        at = case.at + 3 * HOUR
        decision = self._decision(rng, self.new_id(), pk, case, handler, at, None)
        decision.state = "superseded"
        yield decision
        measure = self.lists.measures[case.measure]
        for row in self._plan(rng, pk, decision.pk, case, handler, at, None, measure):
            if isinstance(row, ControlPlan):
                row.state = PlanState.REPLACED
            if isinstance(row, ControlPlan | ControlTask):
                yield row

    def _decided_at(self, rng: random.Random, case: Conflict) -> datetime.datetime | None:
        if case.state not in C.DECIDED:
            return None
        return case.decided_at or self.clock.later(case.at, rng, 1, 5)

    def _waiting(
        self,
        rng: random.Random,
        pk: uuid.UUID,
        case: Conflict,
        handler: Person | None,
        turn_at: datetime.datetime,
    ) -> Iterator[models.Model]:
        """Whose turn it was, and what was asked."""
        first = self.clock.superior(case.person)
        yield HandlerChange(
            conflict_id=pk, to_user_id=first.id if first else None, reason="first",
            changed_at=case.at,
        )  # fmt: skip
        if handler is not None and handler is not first:
            yield HandlerChange(
                conflict_id=pk,
                from_user_id=first.id if first else None,
                to_user_id=handler.id,
                reason="overdue",
                changed_at=max(turn_at, case.at + HOUR),
            )
        if case.state == C.NEEDS_DATA and handler is not None:
            asked = case.at + 2 * HOUR
            yield DataRequest(
                conflict_id=pk, question=texts.QUESTION, asked_at=asked, asked_by_id=handler.id,
                due_on=self.clock.data_due(asked),
            )  # fmt: skip
        elif case.state == C.CLOSED and rng.random() < 0.2 and handler is not None:
            asked = case.at + 2 * HOUR
            yield DataRequest(
                conflict_id=pk, question=texts.QUESTION, asked_at=asked, asked_by_id=handler.id,
                due_on=self.clock.data_due(asked), answer=texts.ANSWER, answered_at=asked + HOUR,
            )  # fmt: skip

    def _decided(
        self,
        rng: random.Random,
        pk: uuid.UUID,
        case: Conflict,
        handler: Person,
        at: datetime.datetime,
        closed_at: datetime.datetime | None,
    ) -> Iterator[models.Model]:
        decision_id = self.new_id()
        measure = self.lists.measures[case.measure if case.found else "LANJUT"]
        is_lasting = case.found and not measure.allows_continuing
        replacement = self._replacement(case, handler) if measure.needs_replacement else None
        yield Suspension(
            id=self.new_id(),
            user_id=case.person.id,
            matter=case.matter,
            conflict_id=pk,
            started_at=case.at,
            ended_at=None if is_lasting else at,
            end_reason="" if is_lasting else "Keputusan atasan.",
            is_lasting=is_lasting,
        )
        yield self._decision(rng, decision_id, pk, case, handler, at, replacement)
        if case.found:
            yield ChosenMeasure(
                decision_id=decision_id,
                kind=measure,
                replacement_id=replacement.id if replacement else None,
                note="Berlaku sampai keputusan selesai.",
            )
        step = "find" if case.found else "clear"
        yield self._event(f"conflictdeclaration.{step}", pk, handler, at, case.matter)
        if case.found:
            yield from self._plan(rng, pk, decision_id, case, handler, at, closed_at, measure)
        if closed_at:
            yield self._event("conflictdeclaration.close", pk, None, closed_at, case.matter)

    def _replacement(self, case: Conflict, handler: Person) -> Person:
        if case.replacement is not None:
            return case.replacement
        seniors = self.seniors[case.person.post.opd]
        peers = [p for p in seniors if p is not case.person and p is not handler]
        return peers[len(case.matter.title) % len(peers)] if peers else handler

    def _decision(
        self,
        rng: random.Random,
        decision_id: uuid.UUID,
        pk: uuid.UUID,
        case: Conflict,
        handler: Person,
        at: datetime.datetime,
        replacement: Person | None,
    ) -> SuperiorDecision:
        likelihood = rng.randint(2, 4) if case.found else 1
        impact = rng.randint(2, 5) if case.found else 2
        if case.is_grave:
            likelihood = impact = 5
        scale = self.lists.scale
        magnitude = scale.magnitude(likelihood, impact)
        reasons = texts.REASON_FOUND if case.found else texts.REASON_CLEAR
        truth = rng.choice(texts.TRUTH) if case.found else texts.NO_TRUTH
        row = {"key": str(uuid.uuid5(decision_id, "row")), "measure": case.measure}
        if replacement:
            row["replacement"] = replacement.nip
        return SuperiorDecision(
            id=decision_id,
            conflict_id=pk,
            decider_id=handler.id,
            decider_post_id=handler.post.pk,
            opd=self.province.opds[(case.post or case.person.post).opd],
            year=at.year,
            form_version=self.lists.forms["F5"],
            state="signed",
            revision=2,
            finding="conflict" if case.found else "no_conflict",
            truth_analysis=truth,
            impact_analysis=texts.IMPACT,
            scale=scale,
            likelihood=likelihood,
            impact=impact,
            magnitude=magnitude,
            level=scale.band(magnitude)["level"],
            reasons=reasons,
            valid_from=at.date(),
            created_at=at - HOUR,
            updated_at=at,
            signed_at=at,
            signed_by_id=handler.id,
            draft={
                "findings": {
                    "truth_analysis": truth,
                    "impact_analysis": texts.IMPACT,
                    "finding": "conflict" if case.found else "no_conflict",
                },
                "risk": {"likelihood": str(likelihood), "impact": str(impact)},
                "measures": {"rows": [row]} if case.found else {"nil": True, "rows": []},
                "validity": {
                    "reasons": reasons,
                    "valid_from": at.date().isoformat(),
                    "must_report": "no",
                },
            },
        )

    # --- F6, F7 ------------------------------------------------------------------------------

    def _plan(
        self,
        rng: random.Random,
        pk: uuid.UUID,
        decision_id: uuid.UUID,
        case: Conflict,
        handler: Person,
        at: datetime.datetime,
        closed_at: datetime.datetime | None,
        measure: Any,
    ) -> Iterator[models.Model]:
        plan_id = self.new_id()
        is_draft = case.state == C.CONFLICT_FOUND
        started = None if is_draft else self.clock.later(at, rng, 1, 2)
        action = f"{measure.label_id}: {case.matter.title}"[:400]
        due_on = case.task_due or calendar.add_working_days(at.date(), 10, self.clock.days_off)
        states = (
            (TaskState.CONFIRMED, TaskState.CONFIRMED)
            if case.state == C.CLOSED
            else case.task_states
        )
        rows = [
            {
                "key": str(uuid.uuid5(plan_id, str(index))),
                "action": action,
                "measure": measure.code,
                "owner": case.person.nip,
                "due_on": due_on.isoformat(),
                "expected_evidence": "Surat tugas atau berita acara",
            }
            for index in range(len(states))
        ]
        review_on = at.date() + datetime.timedelta(days=90)
        yield ControlPlan(
            id=plan_id,
            conflict_id=pk,
            decision_id=decision_id,
            opd=self.province.opds[(case.post or case.person.post).opd],
            year=at.year,
            form_version=self.lists.forms["F6"],
            state=PlanState.DRAFT
            if is_draft
            else PlanState.CLOSED
            if closed_at
            else PlanState.ACTIVE,
            revision=1,
            review_on=None if is_draft else review_on,
            draft={
                "plan": {
                    "aim": "Keputusan diambil tanpa pengaruh kepentingan pribadi.",
                    "review_on": review_on.isoformat(),
                },
                "tasks": {"rows": rows},
            },
            created_at=at,
            updated_at=closed_at or started or at,
            created_by_id=handler.id,
            started_at=started,
            started_by_id=handler.id if started else None,
            agreed_at=started + HOUR if started else None,
            agreed_by_id=case.person.id if started else None,
            closed_at=closed_at,
            closed_by_id=handler.id if closed_at else None,
        )
        if started is None:
            return
        yield self._event("conflictdeclaration.control", pk, handler, started, case.matter)
        for position, state in enumerate(states):
            yield self._task(rng, plan_id, position, state, case, handler, started, due_on, rows)
        if closed_at or case.followed_up:
            evaluated = min((closed_at or started).date(), self.clock.on)
            yield FollowUp(
                id=self.new_id(),
                plan_id=plan_id,
                form_version=self.lists.forms["F7"],
                evaluated_on=evaluated,
                period_from=started.date(),
                period_until=max(evaluated, started.date()),
                effect="effective" if rng.random() < 0.8 else "partly",
                findings=texts.FINDINGS,
                created_at=closed_at or started + HOUR,
                created_by_id=handler.id,
            )

    def _task(
        self,
        rng: random.Random,
        plan_id: uuid.UUID,
        position: int,
        state: str,
        case: Conflict,
        handler: Person,
        started: datetime.datetime,
        due_on: datetime.date,
        rows: list[dict[str, str]],
    ) -> ControlTask:
        done = self.clock.later(started, rng, 1, 6)
        is_done = state in (TaskState.DONE, TaskState.CONFIRMED)
        is_confirmed = state == TaskState.CONFIRMED
        row = rows[position]
        return ControlTask(
            id=self.new_id(),
            plan_id=plan_id,
            measure=self.lists.measures[row["measure"]],
            position=position,
            action=row["action"],
            owner_id=case.person.id,
            due_on=due_on,
            expected_evidence=row["expected_evidence"],
            state=state,
            evidence_note=texts.EVIDENCE if is_done else "",
            done_at=done if is_done else None,
            done_by_id=case.person.id if is_done else None,
            effect="effective" if is_confirmed else "",
            confirmed_at=done + HOUR if is_confirmed else None,
            confirmed_by_id=handler.id if is_confirmed else None,
        )
