"""Group F of the catalogue, the guard of recusals: what somebody signs though kept out of it.

A declared conflict keeps its declarant out until the superior has decided (F3), and a control
plan keeps them out as long as it says (F1). Three things can break that: a statement (F2) of
theirs, a decision of theirs on a conflict of somebody else, and a decree or contract that an
OPD's register says they signed. Each is held against the same matter and the same parties.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from review.rules.base import Rule, Step
from review.rules.handling import CONFLICT, CONFLICT_ROWS, DECIDED
from review.rules.registers import PERSON

_KEEPS_OUT = """
    JOIN declarations_superiordecision d ON d.conflict_id = c.id AND d.state = 'signed'
         AND d.finding = 'conflict' AND EXISTS (
         SELECT 1 FROM declarations_chosenmeasure cm
           JOIN declarations_controlmeasurekind k ON k.id = cm.kind_id
          WHERE cm.decision_id = d.id AND NOT k.allows_continuing)
"""
# `p` is a party of what was signed, `cp` one of the declared conflict.
_SAME_PARTY = (
    "cp.name_key <> '' AND cp.name_key = p.name_key "
    "OR cp.npwp <> '' AND cp.npwp = p.npwp OR cp.nib <> '' AND cp.nib = p.nib"
)
_ONE_OF_THE_PARTIES = """EXISTS (
               SELECT 1 FROM {parties} p
                 JOIN declarations_conflictparty cp ON cp.conflict_id = c.id
                WHERE {of} AND ({same}))"""


@dataclass(frozen=True, slots=True)
class Act:
    """Something signed, as SQL: how it hangs on the declarant of conflict `c`, and its columns.

    `later` and `earlier` hold the moment of the signature against the instant `at`.
    """

    name: str
    label: str
    join: str
    key: str
    opd: str
    year: str
    day: str
    title: str
    same: str
    later: str
    earlier: str
    words: str
    edge: str
    it: str
    people: str = "ARRAY[c.declarant_id]"


STATEMENT = Act(
    name="statement",
    label="Pernyataan",
    join="""
      JOIN declarations_decisionstatement s ON s.declarant_id = c.declarant_id
           AND s.state = 'issued'
      JOIN declarations_matter sm ON sm.id = s.matter_id""",
    key="s.id",
    opd="s.opd_id",
    year="s.year::int",
    day="<day s.sent_at>",
    title="sm.title",
    same="s.matter_id = c.matter_id OR "
    + _ONE_OF_THE_PARTIES.format(
        parties="declarations_party", of="p.statement_id = s.id", same=_SAME_PARTY
    ),
    later="s.sent_at > {at}",
    earlier="s.sent_at < {at}",
    words="{person} menandatangani pernyataan “{signed_matter}” pada {stated_on}",
    edge="menandatangani {stated_on}",
    it="Pernyataan itu",
)
DECISION = Act(
    name="ruling",
    label="Keputusan atas deklarasi orang lain",
    join="""
      JOIN declarations_superiordecision s ON s.decider_id = c.declarant_id
           AND s.state = 'signed' AND s.conflict_id <> c.id
      JOIN declarations_conflictdeclaration sc ON sc.id = s.conflict_id
      JOIN declarations_matter sm ON sm.id = sc.matter_id""",
    key="s.id",
    opd="sc.opd_id",
    year="sc.year::int",
    day="<day s.signed_at>",
    title="sm.title",
    same="sc.matter_id = c.matter_id OR "
    + _ONE_OF_THE_PARTIES.format(
        parties="declarations_conflictparty", of="p.conflict_id = sc.id", same=_SAME_PARTY
    ),
    later="s.signed_at > {at}",
    earlier="s.signed_at < {at}",
    words="{person} memutus deklarasi orang lain tentang “{signed_matter}” pada {stated_on}",
    edge="memutus {stated_on}",
    it="Keputusan itu",
    people="ARRAY[c.declarant_id, sc.declarant_id]",
)
# A register gives a day only: what was signed on the day of the decision says nothing.
REGISTERED = Act(
    name="act",
    label="SK atau kontrak",
    join="""
      JOIN review_registeredact s ON s.signatory_id = c.declarant_id AND s.removed_at IS NULL""",
    key="s.id",
    opd="s.opd_id",
    year="extract(year FROM s.signed_on)::int",
    day="s.signed_on",
    title="CASE s.kind WHEN 'sk' THEN 'SK ' ELSE 'Kontrak ' END || s.number || ': ' || s.title",
    same="""s.opd_id = m.opd_id AND (m.number_key <> '' AND s.number_key = m.number_key
               OR s.title_key = m.title_key) OR """
    + _ONE_OF_THE_PARTIES.format(
        parties="review_actparty",
        of="p.act_id = s.id",
        same="cp.name_key <> '' AND cp.name_key = p.name_key OR p.identifier <> '' AND "
        "p.identifier IN (regexp_replace(cp.npwp, '[^0-9]', '', 'g'), "
        "regexp_replace(cp.nib, '[^0-9]', '', 'g'))",
    ),
    later="s.signed_on > <day {at}>",
    earlier="s.signed_on < <day {at}>",
    words="Menurut daftar, {person} menandatangani “{signed_matter}” pada {stated_on}",
    edge="menandatangani {stated_on}",
    it="SK atau kontrak itu",
)
_FACTS = """
        SELECT 'pair:' || c.id || ':' || {act.key} AS key, c.declarant_id AS subject,
               {act.opd} AS opd, {act.year} AS year, {act.people} AS people,
               jsonb_build_object('conflict', c.id, {decision}'{act.name}', {act.key},
                   'declared_on', <day c.sent_at>, 'stated_on', {act.day}, 'matter', m.title,
                   'signed_matter', {act.title}) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_conflictdeclaration c
          {keeps_out}
          {act.join}
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = c.declarant_id
         WHERE <among c.declarant_id> AND {when} AND ({act.same})
"""


def _breach(code: str, act: Act, title: Any) -> Rule:
    """Signed after the decision that keeps the person out, while it holds."""
    when = (
        "c.state IN ('conflict_found', 'controlled')"
        f" AND {act.later.format(at='d.signed_at')}"
        f" AND (d.valid_until IS NULL OR {act.day} <= d.valid_until)"
    )
    return Rule(
        code=code,
        catalogue="F1",
        title=title,
        weight=1000,
        sql=_FACTS.format(
            act=act,
            decision="'decision', d.id, 'decided_on', <day d.signed_at>, ",
            keeps_out=_KEEPS_OUT,
            when=when,
        ),
        sentence=act.words
        + ", padahal sejak {decided_on} ia dibatasi dalam hal “{matter}” dan pihak yang sama.",
        steps=(
            PERSON,
            CONFLICT,
            Step("decision", "Dibatasi sejak {decided_on}", "diputus", "decision"),
            Step(act.name, "{signed_matter}", act.edge, act.name),
        ),
        clears=(f"{act.it} dicabut atau dikoreksi, atau pengendalian memang sudah berakhir.",),
        evidence=(*CONFLICT_ROWS, *DECIDED, (act.label, act.name), ("Tanggal", "stated_on")),
    )


def _suspended(code: str, act: Act, title: Any) -> Rule:
    """Signed between the declaration and the superior's decision."""
    when = (
        f"c.state IN <live_conflict> AND {act.later.format(at='c.sent_at')}"
        f" AND (c.decided_at IS NULL OR {act.earlier.format(at='c.decided_at')})"
    )
    return Rule(
        code=code,
        catalogue="F3",
        title=title,
        weight=1000,
        sql=_FACTS.format(act=act, decision="", keeps_out="", when=when),
        sentence=act.words
        + ", sesudah mendeklarasikan konflik pada {declared_on} dan sebelum atasan memutus.",
        steps=(PERSON, CONFLICT, Step(act.name, "{signed_matter}", act.edge, act.name)),
        clears=(f"{act.it} dicabut atau dikoreksi.",),
        evidence=(*CONFLICT_ROWS, (act.label, act.name), ("Tanggal", "stated_on")),
    )


RULES = (
    _breach("F1_RECUSAL_BREACH", STATEMENT, _("A statement on what the person was taken off")),
    _breach("F1_RECUSAL_DECISION", DECISION, _("A decision on what the person was taken off")),
    _breach(
        "F1_RECUSAL_ACT", REGISTERED, _("A decree or contract on what the person was taken off")
    ),
    _suspended(
        "F3_ACTED_WHILE_SUSPENDED",
        STATEMENT,
        _("A statement between the declaration and the decision"),
    ),
    _suspended(
        "F3_SIGNED_WHILE_SUSPENDED",
        REGISTERED,
        _("A decree or contract between the declaration and the decision"),
    ),
)
# Those that a register of acts can change.
OF_ACTS = ("F1_RECUSAL_ACT", "F3_SIGNED_WHILE_SUSPENDED")
