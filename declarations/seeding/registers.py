"""Profiles as rows: registers (F1), their interests, what was sent back."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from audit.models import AuditEvent
from declarations.answers import as_json
from declarations.content import Form, Question, Section
from declarations.models import FormVersion, Interest, InterestRegister, SectionReturn
from declarations.seeding.profiles import SECTIONS, Filing, Profile, Rows
from declarations.services.registers import FAMILY, SOURCES
from declarations.states import RegisterState as State
from matching.names import name_key, person_key
from people.seeding.population import Person

# Names the invented rows, so that others can point at them before they are written.
NAMESPACE = uuid.UUID("6f0f5c1e-63a5-4b7e-9f5a-0c1f2d3e4a5b")


def register_id(person: Person, filing: Filing) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{person.id}:{filing.year}:{filing.occasion}")


def interest_id(register: uuid.UUID, row_key: str) -> uuid.UUID:
    return uuid.uuid5(register, row_key)


def draft_of(rows: Rows) -> dict[str, Any]:
    """As the form keeps it: a section has rows, or says that there are none."""
    return {
        section: {"rows": rows[section]} if rows.get(section) else {"nil": True, "rows": []}
        for section in SECTIONS
    }


class RegisterMaker:
    def __init__(
        self,
        province: Any,
        *,
        form: Form,
        version: FormVersion,
        sources: Mapping[str, Any],
        relatives: Mapping[str, uuid.UUID],
    ) -> None:
        self.province, self.form, self.version = province, form, version
        self.sources, self.relatives = sources, relatives
        self.sections: dict[str, Section] = {s.key: s for s in form.sections}

    def make(
        self, profile: Profile, *, latest_year: int
    ) -> Iterator[InterestRegister | Interest | SectionReturn | AuditEvent]:
        """Everything of one person, oldest first; an accepted one renews the one before it."""
        settle(profile, latest_year=latest_year)
        former: tuple[uuid.UUID, Filing] | None = None
        for filing in profile.filings:
            register = self._register(profile.person, filing, former)
            yield register
            if filing.state != State.DRAFT:
                yield from self._interests(register.pk, filing.rows)
            yield from self._returns(register, filing)
            yield from self._events(register, filing, profile.person)
            if filing.state in (State.ACCEPTED, State.RENEWED, State.EXPIRED):
                former = (register.pk, filing)

    def _register(
        self, person: Person, filing: Filing, former: tuple[uuid.UUID, Filing] | None
    ) -> InterestRegister:
        created = (filing.sent_at or _noon(filing.due_on, person)) - datetime.timedelta(hours=2)
        last = filing.checked_at or filing.sent_at or created
        draft = draft_of(filing.rows)
        register = InterestRegister(
            id=register_id(person, filing),
            declarant_id=person.id,
            opd=self.province.opds[filing.post.opd],
            post_id=filing.post.pk,
            year=filing.year,
            form_version=self.version,
            draft=draft,
            revision=3,
            state=filing.state,
            occasion=filing.occasion,
            due_on=filing.due_on,
            is_nil=filing.is_nil and filing.sent_at is not None,
            previous_id=former[0] if former else None,
            is_unchanged=bool(former and filing.sent_at and draft_of(former[1].rows) == draft),
            sent_at=filing.sent_at,
            sent_by_id=person.id if filing.sent_at else None,
            checked_at=filing.checked_at,
            checked_by_id=filing.checked_by.id if filing.checked_by else None,
            acknowledged_at=filing.acknowledged_at,
            acknowledged_by_id=filing.acknowledged_by.id if filing.acknowledged_by else None,
            created_at=created,
            updated_at=last,
        )
        if former and filing.state in (State.ACCEPTED, State.RENEWED, State.EXPIRED):
            register.supersedes_id = former[0]
        if filing.state == State.WITHDRAWN:
            register.withdrawn_at, register.withdrawn_by_id = last, person.id
            register.withdrawal_reason = filing.reason
        return register

    def _interests(self, register: uuid.UUID, rows: Rows) -> Iterator[Interest]:
        for key in SECTIONS:
            section = self.sections[key]
            for position, row in enumerate(rows.get(key, ())):
                yield self._interest(register, section, position, row)

    def _interest(
        self, register: uuid.UUID, section: Section, position: int, row: Mapping[str, Any]
    ) -> Interest:
        """As `services.registers.write_interests` does it from the checked answers."""
        typed = {q.key: _typed(q, row.get(q.key)) for q in section.questions}
        columns: dict[str, Any] = {}
        for question in section.questions:
            value = typed[question.key]
            if question.maps_to is None or value is None:
                continue
            if question.maps_to == "relative":
                columns["relative_id"] = self.relatives.get(value)
            elif question.maps_to == "role" and question.type == "choice":
                columns["role"] = question.choice_label(value, "id")
            else:
                columns[question.maps_to] = value
        is_person = section.key == FAMILY
        name = columns.pop("name")[:200]
        organisation = columns.get("organisation", "")
        return Interest(
            id=interest_id(register, row["key"]),
            register_id=register,
            row_key=row["key"],
            section=section.key,
            source=self.sources[SOURCES[section.key]],
            position=position,
            name=name,
            name_key=(person_key(name) if is_person else name_key(name))[:200],
            is_person=is_person,
            organisation_key=name_key(organisation)[:200] if organisation else "",
            role=columns.pop("role", "")[:120],
            answers=as_json(typed),
            **columns,
        )

    def _returns(self, register: InterestRegister, filing: Filing) -> Iterator[SectionReturn]:
        for number in range(1, filing.rounds + 1):
            for section, comment in filing.returns:
                is_open = filing.state == State.RETURNED and number == filing.rounds
                at = (filing.sent_at or register.updated_at) + datetime.timedelta(hours=3 * number)
                yield SectionReturn(
                    register_id=register.pk,
                    section=section,
                    comment=comment,
                    round=number,
                    returned_at=at,
                    returned_by_id=self._officer(register, filing),
                    resolved_at=None if is_open else at + datetime.timedelta(hours=1),
                )

    def _officer(self, register: InterestRegister, filing: Filing) -> uuid.UUID:
        officer = self.province.officer(filing.post.opd)
        if officer is None or officer.id == register.declarant_id:
            officer = self.province.holder(f"{filing.post.opd}.00")
        return officer.id if officer else self.province.holder("01.SEKDA").id

    def _events(
        self, register: InterestRegister, filing: Filing, person: Person
    ) -> Iterator[AuditEvent]:
        """The bare bones of the history: who sent, who accepted, who sent back."""
        steps = [("send", filing.sent_at, person)]
        if filing.checked_by:
            steps.append(("accept", filing.checked_at, filing.checked_by))
        for action, at, actor in steps:
            if at is not None:
                yield AuditEvent(
                    at=at,
                    actor_id=actor.id,
                    actor_label=actor.name[:200],
                    action=f"interestregister.{action}",
                    target_type="declarations.interestregister",
                    target_id=str(register.pk),
                    target_label=str(register)[:300],
                    opd_id=register.opd_id,
                )


def settle(profile: Profile, *, latest_year: int) -> None:
    """Only the last accepted register is in force; a year that nobody renewed let it expire."""
    accepted = [f for f in profile.filings if f.state == State.ACCEPTED]
    for filing in accepted[:-1]:
        filing.state = State.RENEWED
    if accepted and accepted[-1].year < latest_year:
        accepted[-1].state = State.EXPIRED


def _noon(day: datetime.date, person: Person) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, 12, tzinfo=datetime.UTC)


TEXT_TYPES = ("name", "text", "textarea", "nib", "nip", "npwp")


def _typed(question: Question, value: Any) -> Any:
    """What checking the typed text would give."""
    kind = question.type
    if value in (None, ""):
        return "" if kind in TEXT_TYPES and question.shown_if is None else None
    if kind == "yesno":
        return value == "yes"
    if kind == "date":
        return datetime.date.fromisoformat(value)
    if kind == "integer":
        return int(value)
    if kind == "percent":
        return Decimal(value)
    return value
