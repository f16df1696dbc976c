"""What a rule is: one SQL statement, its parameters, and the words for what it finds.

A rule finds rows of `key, subject, opd, year, people, facts, shown`. `facts` are what the finding
rests on: their hash is the fingerprint. `shown` are names for the sentence; a person who marries
does not make a dismissed flag open again. The same statement serves the whole province and a
few people: `<among …>` is true for everybody when the run has no scope, and the planner folds it
away.

Words of a finding are written once, in Indonesian, and frozen with it, as in a signed document.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

IN_FORCE = "('sent','returned','accepted')"
SIGNED = "('sent','returned','accepted','renewed','expired')"
LIVE_CONFLICT = (
    "('sent','under_review','needs_data','escalated','conflict_found','no_conflict',"
    "'controlled','closed')"
)
AWAITING = "('sent','under_review','needs_data','escalated')"
ZONE = "Asia/Jakarta"


class Scope(StrEnum):
    """What a finding depends on: its people, one OPD, or a comparison of all OPDs."""

    PEOPLE = "people"
    OPD = "opd"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number from `least` to `most`, or a list of short words when `default` is a list."""

    name: str
    label: Any
    default: Any
    least: int = 0
    most: int = 1000

    @property
    def is_list(self) -> bool:
        return isinstance(self.default, list)

    def clean(self, value: Any) -> Any:
        """The value as the statement takes it, or a ValidationError that names the parameter."""
        return self._clean_list(value) if self.is_list else self._clean_number(value)

    def _clean_number(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(_("%(name)s: give a whole number.") % {"name": self.label})
        if not self.least <= value <= self.most:
            raise ValidationError(
                _("%(name)s: the number lies between %(least)s and %(most)s.")
                % {"name": self.label, "least": self.least, "most": self.most}
            )
        return value

    def _clean_list(self, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise ValidationError(_("%(name)s: give a list of words.") % {"name": self.label})
        words = sorted({word.strip() for word in value if word.strip()})
        if not words or len(words) > 60 or any(len(word) > 60 for word in words):
            raise ValidationError(
                _("%(name)s: give 1 to 60 words of at most 60 letters.") % {"name": self.label}
            )
        return words


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the path and the edge that leads to it; texts take names from the inputs."""

    kind: str
    text: str
    edge: str = ""
    # The input that holds the key of the page behind it.
    link: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """How a rule says what it finds; kept with each version: an old card stays as it was."""

    sentence: str
    steps: tuple[Step, ...]
    clears: tuple[str, ...]
    # Label and input of the rows and dates that the finding rests on.
    evidence: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Wording:
        return cls(
            body["sentence"],
            tuple(Step(*step) for step in body["steps"]),
            tuple(body["clears"]),
            tuple((label, name) for label, name in body["evidence"]),
        )

    def words(self, inputs: Mapping[str, Any]) -> str:
        return self.sentence.format_map(_Readable(inputs))

    def path(self, inputs: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """Nodes from the person to the finding, each with the edge that leads there."""
        readable = _Readable(inputs)
        nodes = [
            {
                "id": number,
                "kind": step.kind,
                "label": step.text.format_map(readable)[:120],
                "link": step.link,
                "key": inputs.get(step.link) if step.link else None,
            }
            for number, step in enumerate(self.steps)
        ]
        edges = [
            {"from": number - 1, "to": number, "label": step.edge.format_map(readable)[:80]}
            for number, step in enumerate(self.steps)
            if number
        ]
        return {"nodes": nodes, "edges": edges}

    def clearing(self, inputs: Mapping[str, Any]) -> list[str]:
        readable = _Readable(inputs)
        return [text.format_map(readable) for text in self.clears]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue; `automatic` is its number in section 4.2 of the fact sheet."""

    code: str
    catalogue: str
    title: Any
    weight: int
    sql: str
    sentence: str
    steps: tuple[Step, ...]
    clears: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    scope: Scope = Scope.PEOPLE
    automatic: int | None = None
    # Counts in the score of an open case, though it opens none and nobody is suspected by it.
    weighs_only: bool = False
    evidence: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_queued(self) -> bool:
        return self.automatic is not None

    @property
    def counts_in_cases(self) -> bool:
        return self.is_queued or self.weighs_only

    @property
    def defaults(self) -> dict[str, Any]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    @property
    def wording(self) -> Wording:
        return Wording(self.sentence, self.steps, self.clears, self.evidence)

    def body(self) -> dict[str, Any]:
        """What makes its findings and their words, as JSON: kept with each version."""
        return {
            "sql": self.sql,
            "sentence": self.sentence,
            "steps": [[step.kind, step.text, step.edge, step.link] for step in self.steps],
            "clears": list(self.clears),
            "evidence": [list(pair) for pair in self.evidence],
        }

    def clean_parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, checked; raises one ValidationError with every fault."""
        known = {parameter.name: parameter for parameter in self.parameters}
        faults = [
            ValidationError(_("This rule has no parameter “%(name)s”.") % {"name": name})
            for name in given
            if name not in known
        ]
        cleaned = {}
        for name, parameter in known.items():
            try:
                cleaned[name] = parameter.clean(given.get(name, parameter.default))
            except ValidationError as fault:
                faults.append(fault)
        if faults:
            raise ValidationError(faults)
        return cleaned

    def statement(self) -> str:
        return expand(self.sql)

    def words(self, inputs: Mapping[str, Any]) -> str:
        return self.wording.words(inputs)

    def path(self, inputs: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
        return self.wording.path(inputs)

    def clearing(self, inputs: Mapping[str, Any]) -> list[str]:
        return self.wording.clearing(inputs)


def digest_of(body: Mapping[str, Any]) -> str:
    """The same for the same code, on any machine."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
    "Oktober", "November", "Desember",
)  # fmt: skip
_DATE = re.compile(r"^(\d{4})-(\d\d)-(\d\d)$")


def readable(value: Any) -> str:
    """A value of the inputs as a sentence says it; dates in Indonesian."""
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return ", ".join(readable(item) for item in value)
    if isinstance(value, str) and (match := _DATE.match(value)):
        year, month, day = match.groups()
        return f"{int(day)} {MONTHS[int(month) - 1]} {year}"
    return str(value)


class _Readable(dict):
    """Inputs for `format_map`; an old snapshot that lacks a name still makes a sentence."""

    def __getitem__(self, name: str) -> str:
        return readable(self.get(name))


_AMONG = re.compile(r"<among ([^>]+)>")
_AMONG_KIN = re.compile(r"<among_kin (\w+)>")
_AMONG_HANDLED = re.compile(r"<among_handled (\w+)>")
_AMONG_OPDS = re.compile(r"<among_opds ([^>]+)>")
_NEWEST = re.compile(r"<newest (\w+)>")
_DAY = re.compile(r"<day ([^>]+)>")
_HELD = re.compile(r"<held (\w+)>")


def expand(sql: str) -> str:
    """The statement with its marks written out; `%%` stands for a plain per cent sign."""
    sql = _AMONG.sub(lambda match: _in_scope("users", "uuid", match[1]), sql)
    sql = _AMONG_KIN.sub(lambda match: _kin_in_scope(match[1]), sql)
    sql = _AMONG_HANDLED.sub(lambda match: _handled_in_scope(match[1]), sql)
    sql = _AMONG_OPDS.sub(lambda match: _in_scope("opds", "bigint", match[1]), sql)
    sql = _NEWEST.sub(lambda match: _newest(match[1]), sql)
    sql = _HELD.sub(
        lambda match: (
            f"({match[1]}.starts_on <= %(on)s::date AND "
            f"({match[1]}.ends_on IS NULL OR {match[1]}.ends_on >= %(on)s::date))"
        ),
        sql,
    )
    sql = _DAY.sub(lambda match: f"(({match[1]}) AT TIME ZONE '{ZONE}')::date", sql)
    for mark, text in (
        ("<in_force>", IN_FORCE),
        ("<signed>", SIGNED),
        ("<live_conflict>", LIVE_CONFLICT),
        ("<awaiting>", AWAITING),
    ):
        sql = sql.replace(mark, text)
    return sql


def _in_scope(name: str, kind: str, columns: str) -> str:
    """True without a scope, and when one of `columns` lies in it."""
    hits = " OR ".join(
        f"{column.strip()} = ANY(%({name})s::{kind}[])" for column in columns.split(",")
    )
    return f"(%({name})s::{kind}[] IS NULL OR {hits})"


def _kin_in_scope(alias: str) -> str:
    """As `_in_scope`, of a row of the family: its relative, or whoever declares it.

    Both are asked of the one table, so that each has its index; an OR over two tables has none.
    """
    return (
        f"(%(users)s::uuid[] IS NULL OR "  # noqa: S608 -- an alias of ours
        f"{alias}.relative_id = ANY(%(users)s::uuid[]) OR "
        f"{alias}.register_id = ANY(ARRAY(SELECT mine.id FROM declarations_interestregister mine "
        f"WHERE mine.declarant_id = ANY(%(users)s::uuid[]))))"
    )


def _handled_in_scope(alias: str) -> str:
    """A conflict that somebody in scope declared, handles or decided, or is a replacement in.

    Wider than the rules ask, and looked up by keys: what they ask stands beside it.
    """
    users = "ANY(%(users)s::uuid[])"
    return f"""(%(users)s::uuid[] IS NULL OR {alias}.id = ANY(ARRAY(
        SELECT own.id FROM declarations_conflictdeclaration own
         WHERE own.declarant_id = {users} OR own.handler_id = {users}
        UNION SELECT d.conflict_id FROM declarations_superiordecision d
         WHERE d.decider_id = {users}
        UNION SELECT d.conflict_id FROM declarations_superiordecision d
          JOIN declarations_chosenmeasure cm ON cm.decision_id = d.id
         WHERE cm.replacement_id = {users})))"""  # noqa: S608 -- an alias of ours


def _newest(alias: str) -> str:
    """The register is in force, and its declarant has no newer one in force."""
    return (
        f"({alias}.state IN {IN_FORCE} AND NOT EXISTS ("  # noqa: S608 -- an alias of ours
        f"SELECT 1 FROM declarations_interestregister newer "
        f"WHERE newer.declarant_id = {alias}.declarant_id AND newer.state IN {IN_FORCE} "
        f"AND (newer.sent_at, newer.id) > ({alias}.sent_at, {alias}.id)))"
    )
