"""What the demonstration province hides, held against the flags: recall and precision.

Recall: of the planted findings of each kind, how many have a flag of a rule that is meant for
them, about the same people and the same register, statement, declaration or act. Precision: what
share of the flags is planted. The others are not false: some follow from a planted case (the
same people, another rule), the rest the story makes true, and each rule says how.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from people.models import Opd
from review.flag_states import FlagState
from review.models import Flag, RuleVersion
from review.rules import RULES
from review.services.evaluation import findings

# Which rule is meant for a planted kind. Every rule has its kind: none is left untried.
KINDS: dict[str, str] = {
    "A1_relative_missing": "A1_RELATIVE_MISSING",
    "A2_share_left_blank": "A2_SHARE_LEFT_BLANK",
    "A3_company_without_identifier": "A3_NO_IDENTIFIER",
    "A4_shares_over_100": "A4_SHARES_OVER_WHOLE",
    "A4_owner_with_zero_share": "A4_OWNER_WITHOUT_SHARE",
    "A5_began_before_birth": "A5_IMPOSSIBLE_DATE",
    "A6_made_up_number": "A6_IDENTIFIER_DIGITS",
    "A11_placeholder_text": "A11_PLACEHOLDER_TEXT",
    "A12_clone_nil_filing": "A12_NIL_AT_ONCE",
    "B1_vanished_interest": "B1_VANISHED",
    "B2_moved_to_kin": "B2_MOVED_TO_KIN",
    "B3_company_born_around_appointment": "B3_BORN_AT_APPOINTMENT",
    "B11_late_every_year": "B11_OFTEN_LATE",
    "B11_never_filed": "B11_NEVER_FILED",
    "B11_returned_often": "B11_RETURNED_OFTEN",
    "B11_nil_then_declared": "B11_NIL_THEN_DECLARED",
    "B11_nil_two_years_in_risk_post": "Q9_NIL_IN_RISK_POST",
    "C2_own_company_called_another": "C2_OWN_COMPANY_IS_PARTY",
    "C3_relatives_company_called_another": "C3_RELATIVES_EMPLOYER_IS_PARTY",
    "C6_former_employer_is_party": "C6_FORMER_EMPLOYER_IS_PARTY",
    "C12_giver_is_party": "C12_GIVER_IS_PARTY",
    "C14_grant_to_own_body": "C14_OWN_BODY_IS_PARTY",
    "D1_kin_in_reporting_line": "D1_KIN_IN_LINE",
    "D2_panel_related_to_candidate": "D2_RELATIVE_IS_PARTY",
    "D3_auditors_own_ground": "D3_AUDITORS_OWN_GROUND",
    "D3_auditors_former_opd": "D3_AUDITORS_FORMER_OPD",
    "D4_forbidden_double_post": "D4_DOUBLE_POST",
    "D5_risk_post_without_register": "D5_NO_REGISTER",
    "D6_checked_by_kin": "D6_CHECKED_BY_KIN",
    "D6_decided_by_kin": "D6_DECIDED_BY_KIN",
    "E1_silent_opd": "E1_SILENT_UNIT",
    "E2_conflicts_off_the_map": "E2_OFF_THE_MAP",
    "E3_area_past_its_day": "E3_RISK_WITHOUT_CONTROL",
    "E4_nil_rate_outlier": "E4_NIL_OUTLIER",
    "F1_recusal_breach": "F1_RECUSAL_BREACH",
    "F1_recusal_decision": "F1_RECUSAL_DECISION",
    "F1_recusal_act": "F1_RECUSAL_ACT",
    "F2_superior_late": "F2_DECIDED_LATE",
    "F2_decision_overdue": "F2_DECISION_OVERDUE",
    "F3_acted_while_suspended": "F3_ACTED_WHILE_SUSPENDED",
    "F3_signed_while_suspended": "F3_SIGNED_WHILE_SUSPENDED",
    "F4_task_overdue": "F4_TASK_OVERDUE",
    "F5_plan_stale_after_transfer": "F5_STALE_AFTER_TRANSFER",
    "F6_told_to_stop_still_declared": "F6_REFUSED_STILL_DECLARED",
    "F7_continued_though_found": "F7_CONTINUED_THOUGH_FOUND",
    "F8_declared_after_decision": "F8_DECLARED_AFTER_DECISION",
    "F9_replacement_conflicted": "F9_REPLACEMENT_CONFLICTED",
    "L1_area_very_high": "L1_AREA_VERY_HIGH",
    "L2_area_high": "L2_AREA_HIGH",
    "Q1_deals_in_risk_post": "Q1_DEALS_IN_RISK_POST",
    "Q2_actual_conflict": "Q2_ACTUAL_CONFLICT",
    "Q3_high_level": "Q3_HIGH_LEVEL",
    "Q7_report_on_nil": "Q7_REPORT_ON_NIL",
    "Q10_former_official_is_party": "Q10_FORMER_OFFICIAL_IS_PARTY",
}
# The relative of these is known by name only.
BY_FIRST_PERSON = frozenset(("D3_auditors_own_ground",))
# What the list and the inputs of a flag both name: the same row, not only the same person.
ROWS = ("register", "statement", "conflict", "act", "report", "area_id", "interest")
BY_CHANCE = "the story makes it true by chance"
# Why a rule flags what was neither planted nor follows from it.
OTHERWISE = {
    "A1_RELATIVE_MISSING": "one of ten relatives names nobody back, and the nil OPD names none",
    "B3_BORN_AT_APPOINTMENT": "ordinary companies that began near an appointment",
    "B11_OFTEN_LATE": "people of the story who are late in two years",
    "B11_NIL_THEN_DECLARED": "conflicts of the story, declared by people whose register is nil",
    "D5_NO_REGISTER": "people of the story whose register is missing, a draft or withdrawn",
    "E2_OFF_THE_MAP": "conflicts of the story in areas that the OPD's map lacks",
    "E3_RISK_WITHOUT_CONTROL": "areas of the story that no control made better, past their day",
    "F2_DECISION_OVERDUE": "declarations of the story that went to the next superior unanswered",
    "F4_TASK_OVERDUE": "tasks of the story that are past their day",
    "L1_AREA_VERY_HIGH": "the level of the area: every running conflict in such an area",
    "L2_AREA_HIGH": "the level of the area: every running conflict in such an area",
    "Q1_DEALS_IN_RISK_POST": "an automatic flag: true of many ordinary posts",
    "Q2_ACTUAL_CONFLICT": "an automatic flag: every running actual conflict",
    "Q3_HIGH_LEVEL": "an automatic flag: every running conflict of a high level",
    "Q9_NIL_IN_RISK_POST": "people of the story who have nothing to declare in a risk post",
}


@dataclass(slots=True)
class Line:
    """One kind or one rule: how many there are, how many were found or planted."""

    name: str
    number: int = 0
    found: int = 0
    # Of a rule: what it says of people and OPDs in whom something else was planted.
    follows: int = 0
    note: str = ""

    @property
    def others(self) -> int:
        return self.number - self.found - self.follows


@dataclass(slots=True)
class Report:
    kinds: list[Line] = field(default_factory=list)
    rules: list[Line] = field(default_factory=list)
    # Kinds that a province of this size, or this time of the year, can't show, and why.
    not_shown: dict[str, str] = field(default_factory=dict)

    @property
    def recall(self) -> float:
        counted = [line for line in self.kinds if line.name not in self.not_shown]
        whole = sum(line.number for line in counted)
        return sum(line.found for line in counted) / whole if whole else 1.0

    @property
    def precision(self) -> float:
        whole = sum(line.number for line in self.rules)
        return sum(line.found for line in self.rules) / whole if whole else 1.0


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag, as far as it is compared."""

    key: uuid.UUID
    people: frozenset[uuid.UUID]
    opd: str
    rows: dict[str, str]


def read_planted(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["planted"]


def report(planted: list[dict[str, Any]], *, at: datetime.datetime) -> Report:
    """The flags as they stand, against the list."""
    flags = _raised_flags()
    result, hits = Report(), set()
    by_kind = {kind: Line(kind) for kind in sorted(KINDS)}
    for record in planted:
        line = by_kind[record["kind"]]
        line.number += 1
        matched = [flag for flag in flags[KINDS[line.name]] if _is_same(record, flag)]
        hits |= {flag.key for flag in matched}
        line.found += _is_found(record, matched)
    result.kinds = list(by_kind.values())
    result.not_shown = {kind: "nobody fits" for kind, line in by_kind.items() if line.number == 0}
    for kind, excuse in EXCUSES.items():
        line = by_kind[kind]
        if line.found < line.number and (words := excuse(_opds(planted, kind), at=at)):
            result.not_shown[kind] = words
    people = frozenset().union(*map(_people, planted))
    opds = {record["where"].get("opd") for record in planted}
    for code, found in sorted(flags.items()):
        line = Line(code, len(found), note=OTHERWISE.get(code, BY_CHANCE))
        for flag in found:
            is_hit = flag.key in hits
            line.found += is_hit
            follows = people & flag.people if flag.people else flag.opd in opds
            line.follows += bool(not is_hit and follows)
        if found:
            result.rules.append(line)
    return result


def _raised_flags() -> defaultdict[str, list[Raised]]:
    found: defaultdict[str, list[Raised]] = defaultdict(list)
    # A flag that somebody in the story dismissed was found all the same.
    raised = Flag.objects.exclude(state=FlagState.CLEARED).order_by().select_related("snapshot")
    for flag in raised.select_related("opd").iterator():
        values = flag.snapshot.values if flag.snapshot else {}
        rows = {name: str(values[name]) for name in ROWS if values.get(name)}
        opd = flag.opd.code if flag.opd else ""
        found[flag.rule].append(Raised(flag.pk, frozenset(flag.people), opd, rows))
    return found


def _is_same(record: dict[str, Any], flag: Raised) -> bool:
    where, people = record["where"], _people(record)
    return (
        bool(people & flag.people or not people)
        and where.get("opd", flag.opd) == flag.opd
        and all(where.get(name, key) == key for name, key in flag.rows.items())
    )


def _is_found(record: dict[str, Any], matched: list[Raised]) -> bool:
    """Everybody whom the record names stands in a flag of its rule."""
    if not matched or record["kind"] in BY_FIRST_PERSON:
        return bool(matched)
    return _people(record) <= frozenset().union(*(flag.people for flag in matched))


def _people(record: dict[str, Any]) -> frozenset[uuid.UUID]:
    return frozenset(uuid.UUID(person["id"]) for person in record["people"])


def _opds(planted: list[dict[str, Any]], kind: str) -> set[str]:
    return {record["where"].get("opd", "") for record in planted if record["kind"] == kind}


def _loosened(code: str, opds: set[str], *, at: datetime.datetime, **parameters: int) -> Any:
    """The parameters in force, and what the rule would say of these OPDs with looser ones."""
    current = RuleVersion.objects.current().get(rule=code).parameters
    found = findings(RULES[code], {**current, **parameters}, at=at)
    keys = set(Opd.objects.filter(code__in=opds).values_list("pk", flat=True))
    return current, [inputs for _key, _fp, inputs, _who, opd, _people in found if opd in keys]


def _few_peers(opds: set[str], *, at: datetime.datetime) -> str:
    """With few conflicts in all, a silent OPD is no news: say what peers would have declared."""
    current, found = _loosened("E1_SILENT_UNIT", opds, at=at, expected=0)
    least = current["expected"] / 100
    few = [inputs["expected"] for inputs in found if float(inputs["expected"]) < least]
    return f"peers would have declared {few[0]}, the rule asks for {least:g}" if few else ""


def _early(_opds: set[str], *, at: datetime.datetime) -> str:
    is_early = timezone.localdate(at).month < 3
    return "the rule looks at this year, which has hardly begun" if is_early else ""


def _not_missed_yet(_opds: set[str], *, at: datetime.datetime) -> str:
    months = RuleVersion.objects.current().get(rule="D5_NO_REGISTER").parameters["months"]
    is_early = timezone.localdate(at).month <= months
    return f"no register is missed in the first {months} months of a year" if is_early else ""


def _wide_spread(opds: set[str], *, at: datetime.datetime) -> str:
    """Where a few registers make an OPD's rate, all nil may be no outlier."""
    if early := _early(opds, at=at):
        return early
    _current, found = _loosened("E4_NIL_OUTLIER", opds, at=at, fence=0, least=1)
    usual = [inputs["usual"] for inputs in found if float(inputs["percent"]) == 100]
    return (
        f"three of four OPDs have {usual[0]}% or less, but they differ so much that even 100% "
        "is no outlier" if usual else ""
    )  # fmt: skip


# What may be missed, where the data say so.
EXCUSES = {
    "A12_clone_nil_filing": _early,
    "D5_risk_post_without_register": _not_missed_yet,
    "E1_silent_opd": _few_peers,
    "E2_conflicts_off_the_map": _early,
    "E4_nil_rate_outlier": _wide_spread,
}
