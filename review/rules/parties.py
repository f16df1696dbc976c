"""Group C as far as no procurement data is needed: what a statement itself shows.

A party that has the name or number of something the declarant declared (automatic flag 8): a
signed statement free of conflict, though the register names the party.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from review.name_keys import PERSON_KEY, person_key_of
from review.rules.base import Parameter, Rule, Step
from review.rules.registers import PERSON, REGISTER_ROWS

MONTHS = Parameter("months", _("statements of the last months"), 24, 1, 120)

# The columns `by` say how a row of the register equals a party.
_PARTY = """
        SELECT DISTINCT ON (s.id, i.row_key)
               'statement:' || s.id || ':' || i.row_key AS key, s.declarant_id AS subject,
               s.opd_id AS opd, s.year::int AS year,
               array_remove(ARRAY[s.declarant_id, i.relative_id], NULL) AS people,
               jsonb_build_object('statement', s.id, 'register', r.id, 'party', party.name,
                   'interest', i.name, 'organisation', i.organisation, 'relation', i.relation,
                   'matter', m.title, 'stated_on', <day s.sent_at>, 'signed_on', <day r.sent_at>,
                   'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_decisionstatement s
          JOIN declarations_party party ON party.statement_id = s.id
          JOIN declarations_matter m ON m.id = s.matter_id
          JOIN declarations_decisionkind k ON k.id = m.kind_id
          JOIN declarations_interestregister r ON r.declarant_id = s.declarant_id
          JOIN declarations_interest i ON i.register_id = r.id
          JOIN people_user u ON u.id = s.declarant_id
         WHERE s.state = 'issued' AND <among s.declarant_id> AND <newest r>
           AND s.sent_at > %(on)s::date - make_interval(months => %(months)s)
           AND ({by})
         ORDER BY s.id, i.row_key, party.position, party.id
"""
_SAME_NAME = "i.name_key <> '' AND i.name_key = party.name_key"
_SAME_BODY = "i.organisation_key <> '' AND i.organisation_key = party.name_key"
_SAME_NUMBER = (
    "regexp_replace(i.identifier, '[^0-9]', '', 'g') <> '' AND "
    "regexp_replace(i.identifier, '[^0-9]', '', 'g') IN ("
    "regexp_replace(party.npwp, '[^0-9]', '', 'g'), regexp_replace(party.nib, '[^0-9]', '', 'g'))"
)


def _rule(code: str, title: Any, weight: int, by: str, said: str, edge: str, **more: Any) -> Rule:
    return Rule(
        code=code,
        catalogue=code.partition("_")[0],
        title=title,
        weight=weight,
        automatic=8,
        parameters=(MONTHS,),
        sql=_PARTY.replace("{by}", by),
        sentence=(
            "{person} menyatakan bebas konflik pada {stated_on} untuk “{matter}”, padahal " + said
        ),
        steps=(
            PERSON,
            Step("register", "{interest}", edge, "register"),
            Step("party", "{party}", "sama dengan pihak"),
            Step("statement", "{matter}", "dinyatakan bebas konflik", "statement"),
        ),
        clears=(
            "Pegawai mengoreksi pernyataannya, atau menjelaskan bahwa {party} pihak yang lain.",
        ),
        evidence=(
            ("Pernyataan", "statement"),
            ("Dinyatakan", "stated_on"),
            ("Pihak", "party"),
            *REGISTER_ROWS,
            ("Kepentingan", "interest"),
        ),
        **more,
    )


OWN_COMPANY = _rule(
    "C2_OWN_COMPANY_IS_PARTY",
    _("A declared company is a party"),
    1000,
    f"i.section = 'business' AND (({_SAME_NAME}) OR ({_SAME_NUMBER}))",
    "{party} sama dengan usaha yang tercantum pada daftar kepentingannya.",
    "mencantumkan usaha",
)
RELATIVES_EMPLOYER = _rule(
    "C3_RELATIVES_EMPLOYER_IS_PARTY",
    _("The employer of a relative is a party"),
    800,
    f"i.section = 'family' AND k.code <> 'AUDIT' AND {_SAME_BODY}",
    "{interest} ({relation}) bekerja di {party}.",
    "mencantumkan kerabat",
)
FORMER_EMPLOYER = _rule(
    "C6_FORMER_EMPLOYER_IS_PARTY",
    _("A former or outside employer is a party"),
    500,
    f"i.section IN ('previous_posts', 'outside_work') AND {_SAME_NAME}",
    "{party} adalah tempat kerjanya yang lain atau yang dahulu.",
    "mencantumkan tempat kerja",
)
GIVER = _rule(
    "C12_GIVER_IS_PARTY",
    _("The giver of a gift is a party"),
    800,
    f"i.section = 'gifts' AND {_SAME_NAME}",
    "{party} pernah memberi hadiah kepadanya.",
    "mencantumkan hadiah dari",
)
OWN_BODY = _rule(
    "C14_OWN_BODY_IS_PARTY",
    _("An organisation in which one holds a post is a party"),
    700,
    f"i.section IN ('posts_held', 'affiliations') AND {_SAME_NAME}",
    "ia memegang jabatan atau hubungan di {party}.",
    "mencantumkan organisasi",
)
PANEL = _rule(
    "D2_RELATIVE_IS_PARTY",
    _("A relative is a party or candidate"),
    1000,
    f"i.section = 'family' AND position(' ' IN i.name_key) > 0 AND {_SAME_NAME}",
    "{party} adalah kerabatnya ({relation}).",
    "mencantumkan kerabat",
)
AUDITORS_GROUND = _rule(
    "D3_AUDITORS_OWN_GROUND",
    _("An audit of the office of a relative"),
    800,
    f"i.section = 'family' AND k.code = 'AUDIT' AND {_SAME_BODY}",
    "{interest} ({relation}) bekerja di {party} yang diawasi.",
    "mencantumkan kerabat",
)

# As `matching.names.name_key` writes the name of an OPD; "koperasi" looks like a legal form there.
_OPD, _SHORT = person_key_of("o.name"), person_key_of("o.short_name")
_OF_COOPERATIVES = (
    "btrim(regexp_replace(regexp_replace(lower(o.name), '[^a-z0-9]+', ' ', 'g'), "
    "'(^| )koperasi( |$)', ' '))"
)
OWN_FORMER_OPD = Rule(
    code="D3_AUDITORS_FORMER_OPD",
    catalogue="D3",
    title=_("An audit of the OPD that the auditor left lately"),
    weight=800,
    parameters=(MONTHS, Parameter("years", _("years since the post there"), 2, 1, 10)),
    sql=f"""
        SELECT DISTINCT ON (s.id, o.id)
               'statement:' || s.id || ':' || o.id AS key, s.declarant_id AS subject,
               s.opd_id AS opd, s.year::int AS year, ARRAY[s.declarant_id] AS people,
               jsonb_build_object('statement', s.id, 'party', o.name, 'matter', m.title,
                   'stated_on', <day s.sent_at>, 'left_on', a.ends_on) AS facts,
               jsonb_build_object('person', u.name, 'post', p.title) AS shown
          FROM declarations_decisionstatement s
          JOIN declarations_matter m ON m.id = s.matter_id
          JOIN declarations_decisionkind k ON k.id = m.kind_id AND k.code = 'AUDIT'
          JOIN declarations_party party ON party.statement_id = s.id
          JOIN people_opd o ON party.name_key IN ({_OPD}, {_SHORT}, {_OF_COOPERATIVES})
          JOIN people_assignment a ON a.user_id = s.declarant_id
          JOIN people_post p ON p.id = a.post_id AND p.opd_id = o.id
          JOIN people_user u ON u.id = s.declarant_id
         WHERE s.state = 'issued' AND <among s.declarant_id>
           AND s.sent_at > %(on)s::date - make_interval(months => %(months)s)
           AND a.starts_on <= <day s.sent_at>
           AND (a.ends_on IS NULL
                OR a.ends_on >= <day s.sent_at> - make_interval(years => %(years)s))
         ORDER BY s.id, o.id, a.ends_on DESC NULLS FIRST, a.id
    """,  # noqa: S608 -- made of constants
    sentence=(
        "{person} menyatakan bebas konflik pada {stated_on} untuk “{matter}”, padahal ia "
        "menjabat {post} di {party} hingga {left_on}."
    ),
    steps=(
        PERSON,
        Step("post", "{post}", "menjabat hingga {left_on}"),
        Step("opd", "{party}", "di perangkat daerah yang diawasi"),
        Step("statement", "{matter}", "dinyatakan bebas konflik", "statement"),
    ),
    clears=("Pegawai mengoreksi pernyataannya, dan orang lain mengawasi {party}.",),
    evidence=(
        ("Pernyataan", "statement"),
        ("Dinyatakan", "stated_on"),
        ("Perangkat daerah", "party"),
        ("Jabatan berakhir", "left_on"),
    ),
)

FORMER_OFFICIAL = Rule(
    code="Q10_FORMER_OFFICIAL_IS_PARTY",
    catalogue="C7",
    title=_("A former official within the cooling-off is a party"),
    weight=600,
    automatic=10,
    parameters=(Parameter("years", _("cooling-off (years)"), 2, 1, 10),),
    sql=f"""
        WITH former AS (
            SELECT u.id, u.name, {PERSON_KEY} AS name_key, FALSE AS is_body, last.left_on,
                   (last.left_on + make_interval(years => %(years)s))::date AS waits_until
              FROM people_user u
              JOIN (SELECT a.user_id, max(a.ends_on) AS left_on FROM people_assignment a
                     WHERE a.ends_on < %(on)s::date
                       AND a.ends_on >= %(on)s::date - make_interval(years => %(years)s)
                       AND NOT EXISTS (
                           SELECT 1 FROM people_assignment other WHERE other.user_id = a.user_id
                              AND (other.ends_on IS NULL OR other.ends_on >= %(on)s::date))
                     GROUP BY a.user_id) last ON last.user_id = u.id
             WHERE NOT EXISTS (
                   SELECT 1 FROM review_formerofficial turned_down
                    WHERE turned_down.user_id = u.id AND turned_down.ended_on = last.left_on
                      AND turned_down.removed_at IS NOT NULL)
            UNION ALL
            SELECT f.user_id, f.name, f.name_key, FALSE, f.ended_on, f.cooling_until
              FROM review_formerofficial f WHERE f.removed_at IS NULL
            UNION ALL
            SELECT f.user_id, f.name, b.name_key, TRUE, f.ended_on, f.cooling_until
              FROM review_formerofficial f
              JOIN review_formerofficialbody b ON b.official_id = f.id
             WHERE f.removed_at IS NULL
        ), stated AS (
            SELECT s.id, 'statement' AS form, s.declarant_id, s.opd_id, s.year::int AS year,
                   m.title, <day s.sent_at> AS day, p.name, p.name_key
              FROM declarations_decisionstatement s
              JOIN declarations_matter m ON m.id = s.matter_id
              JOIN declarations_party p ON p.statement_id = s.id
             WHERE s.state = 'issued' AND p.name_key IN (SELECT name_key FROM former)
            UNION
            SELECT c.id, 'conflict', c.declarant_id, c.opd_id, c.year::int, m.title,
                   <day c.sent_at>, p.name, p.name_key
              FROM declarations_conflictdeclaration c
              JOIN declarations_matter m ON m.id = c.matter_id
              JOIN declarations_conflictparty p ON p.conflict_id = c.id
             WHERE c.state IN <live_conflict>
               AND p.name_key IN (SELECT name_key FROM former)
            UNION
            SELECT r.id, 'act', r.signatory_id, r.opd_id, extract(year FROM r.signed_on)::int,
                   r.title, r.signed_on, p.name, p.name_key
              FROM review_registeredact r
              JOIN review_actparty p ON p.act_id = r.id
             WHERE r.removed_at IS NULL AND p.name_key IN (SELECT name_key FROM former)
        )
        SELECT DISTINCT ON (stated.form, stated.id, f.name_key)
               stated.form || ':' || stated.id || ':' || md5(f.name_key) AS key,
               stated.declarant_id AS subject, stated.opd_id AS opd, stated.year,
               array_remove(ARRAY[stated.declarant_id, f.id], NULL) AS people,
               jsonb_build_object(stated.form, stated.id, 'left_on', f.left_on,
                   'matter', stated.title, 'party', stated.name, 'stated_on', stated.day) AS facts,
               jsonb_build_object('person', u.name, 'other', f.name) AS shown
          FROM former f
          JOIN stated ON stated.name_key = f.name_key
               AND stated.declarant_id IS DISTINCT FROM f.id
          JOIN people_user u ON u.id = stated.declarant_id
         WHERE stated.day BETWEEN f.left_on AND f.waits_until
           AND f.waits_until >= %(on)s::date
           AND (f.is_body OR position(' ' IN stated.name_key) > 0)
           AND <among stated.declarant_id, f.id>
         ORDER BY stated.form, stated.id, f.name_key, f.waits_until DESC, f.id, stated.name
    """,  # noqa: S608 -- made of a constant
    sentence=(
        "{other}, yang meninggalkan jabatan pada {left_on}, menjadi pihak sebagai “{party}” "
        "dalam “{matter}” yang ditangani {person}."
    ),
    steps=(
        PERSON,
        Step("statement", "{matter}", "menangani", "statement"),
        Step("party", "{party}", "pihak"),
        Step("person", "{other}", "orang atau badannya"),
        Step("date", "Berhenti {left_on}", "mantan pejabat"),
    ),
    clears=("Masa tunggu berakhir, atau pihak itu orang lain yang bernama sama.",),
    evidence=(
        ("Pernyataan", "statement"),
        ("Deklarasi", "conflict"),
        ("SK atau kontrak", "act"),
        ("Tanggal", "stated_on"),
        ("Pihak", "party"),
        ("Berhenti", "left_on"),
    ),
)

RULES = (
    OWN_COMPANY,
    RELATIVES_EMPLOYER,
    FORMER_EMPLOYER,
    GIVER,
    OWN_BODY,
    PANEL,
    AUDITORS_GROUND,
    OWN_FORMER_OPD,
    FORMER_OFFICIAL,
)
