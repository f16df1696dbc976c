"""The automatic flags of section 4.2 of the fact sheet that no other rule is.

(1) an interest that deals with the government in a post of procurement, permits, grants or
audit; (2) an actual conflict, or one declared after the decision; (3) a high level; (4) going on
though a conflict was found. The others: (5) `F2_DECISION_OVERDUE`, (6) `D6_DECIDED_BY_KIN`,
(8) the rules of `parties`, (9) `Q9_NIL_IN_RISK_POST`, (10) `Q10_FORMER_OFFICIAL_IS_PARTY`;
(7) needs reports: `Q7_REPORT_ON_NIL`, in `reported`.
"""

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Step
from review.rules.handling import CONFLICT, CONFLICT_ROWS, DECIDED
from review.rules.registers import PERSON, REGISTER_ROWS

DEALS = Rule(
    code="Q1_DEALS_IN_RISK_POST",
    catalogue="-",
    title=_("An interest that deals with the government, in a post of procurement or permits"),
    weight=600,
    automatic=1,
    parameters=(
        Parameter("areas", _("first letters of the risk areas"), ["AUD", "HIB", "IZN", "PBJ"]),
        Parameter("sections", _("parts of the register"), ["business", "posts_held"]),
    ),
    sql="""
        SELECT DISTINCT ON (r.declarant_id, i.row_key)
               'row:' || r.declarant_id || ':' || i.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'interest', i.name, 'post_id', p.id,
                   'area_code', t.code, 'signed_on', <day r.sent_at>, 'year', r.year) AS facts,
               jsonb_build_object('person', u.name, 'post', p.title, 'area', t.area) AS shown
          FROM declarations_interest i
          JOIN declarations_interestregister r ON r.id = i.register_id
          JOIN people_user u ON u.id = r.declarant_id
          JOIN people_assignment a ON a.user_id = r.declarant_id AND <held a>
          JOIN people_post p ON p.id = a.post_id
          JOIN mapping_riskareapost n ON n.post_id = p.id
          JOIN mapping_riskarea area ON area.id = n.area_id
          JOIN mapping_riskmap map ON map.id = area.map_id AND map.state = 'approved'
          JOIN mapping_riskareatemplate t ON t.id = area.template_id
               AND split_part(t.code, '-', 1) = ANY(%(areas)s)
         WHERE i.is_related_to_government AND i.section = ANY(%(sections)s)
           AND i.ended_on IS NULL AND <among r.declarant_id> AND <newest r>
         ORDER BY r.declarant_id, i.row_key, t.code, p.id
    """,
    sentence=(
        "{person} menjawab bahwa {interest} berhubungan dengan pemerintah provinsi, sedangkan "
        "jabatannya ({post}) ada pada area “{area}”."
    ),
    steps=(
        PERSON,
        Step("post", "{post}", "menjabat"),
        Step("area", "{area}", "area rawan"),
        Step("register", "{interest}", "berhubungan dengan pemerintah", "register"),
    ),
    clears=("Kepentingan itu berakhir, atau pegawai pindah ke jabatan lain.",),
    evidence=(*REGISTER_ROWS, ("Kepentingan", "interest"), ("Jabatan", "post")),
)

ACTUAL = Rule(
    code="Q2_ACTUAL_CONFLICT",
    catalogue="-",
    title=_("An actual conflict was declared"),
    weight=300,
    automatic=2,
    sql="""
        SELECT 'conflict:' || c.id AS key, c.declarant_id AS subject, c.opd_id AS opd,
               c.year::int AS year, ARRAY[c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'matter', m.title,
                   'declared_on', <day c.sent_at>) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_conflictdeclaration c
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = c.declarant_id
         WHERE c.conflict_kind = 'actual' AND <among c.declarant_id>
           AND c.state IN ('sent','under_review','needs_data','escalated','conflict_found',
                           'controlled')
    """,
    sentence="{person} mendeklarasikan konflik aktual pada {declared_on}: “{matter}”.",
    steps=(PERSON, CONFLICT, Step("date", "Konflik aktual", "jenis")),
    clears=("Deklarasi ditutup atau dinyatakan tidak ada konflik.",),
    evidence=CONFLICT_ROWS,
)

AFTER_DECISION = Rule(
    code="F8_DECLARED_AFTER_DECISION",
    catalogue="-",
    title=_("A conflict declared after the decision was taken"),
    weight=700,
    automatic=2,
    sql="""
        SELECT 'conflict:' || c.id AS key, c.declarant_id AS subject, c.opd_id AS opd,
               c.year::int AS year, ARRAY[c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'matter', m.title,
                   'declared_on', <day c.sent_at>) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_conflictdeclaration c
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = c.declarant_id
         WHERE c.stage = 'decided' AND c.state IN <live_conflict> AND <among c.declarant_id>
    """,
    sentence=(
        "{person} mendeklarasikan konflik tentang “{matter}” pada {declared_on}, sesudah "
        "keputusannya diambil."
    ),
    steps=(PERSON, CONFLICT, Step("date", "Keputusan sudah diambil", "tahap")),
    clears=("Keputusan itu ditinjau kembali; tutup dengan alasan.",),
    evidence=CONFLICT_ROWS,
)

HIGH_LEVEL = Rule(
    code="Q3_HIGH_LEVEL",
    catalogue="-",
    title=_("A conflict of a high level"),
    weight=500,
    automatic=3,
    parameters=(Parameter("levels", _("levels"), ["SANGAT_TINGGI", "TINGGI"]),),
    sql="""
        SELECT 'conflict:' || c.id AS key, c.declarant_id AS subject, c.opd_id AS opd,
               c.year::int AS year, ARRAY[c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'decision', d.id, 'level', d.level,
                   'magnitude', d.magnitude, 'matter', m.title,
                   'declared_on', <day c.sent_at>, 'decided_on', <day d.signed_at>) AS facts,
               jsonb_build_object('person', u.name,
                   'level_word', initcap(replace(d.level, '_', ' '))) AS shown
          FROM declarations_superiordecision d
          JOIN declarations_conflictdeclaration c ON c.id = d.conflict_id
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = c.declarant_id
         WHERE d.state = 'signed' AND d.finding = 'conflict' AND d.level = ANY(%(levels)s)
           AND c.state IN ('conflict_found', 'controlled') AND <among c.declarant_id>
    """,
    sentence="Konflik {person} tentang “{matter}” dinilai {level_word} ({magnitude}).",
    steps=(PERSON, CONFLICT, Step("decision", "{level_word}", "dinilai {decided_on}", "decision")),
    clears=("Konflik ditutup, atau putusan baru menilai tingkatnya lebih rendah.",),
    evidence=(*CONFLICT_ROWS, *DECIDED, ("Tingkat", "level_word")),
)

CONTINUED = Rule(
    code="F7_CONTINUED_THOUGH_FOUND",
    catalogue="-",
    title=_("Going on although a conflict was found"),
    weight=700,
    automatic=4,
    parameters=(Parameter("measures", _("measures that change nothing"), ["LANJUT"]),),
    sql="""
        SELECT 'conflict:' || c.id AS key, d.decider_id AS subject, c.opd_id AS opd,
               c.year::int AS year, ARRAY[d.decider_id, c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'decision', d.id, 'matter', m.title,
                   'declared_on', <day c.sent_at>, 'decided_on', <day d.signed_at>) AS facts,
               jsonb_build_object('person', u.name, 'other', v.name) AS shown
          FROM declarations_superiordecision d
          JOIN declarations_conflictdeclaration c ON c.id = d.conflict_id
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = d.decider_id
          JOIN people_user v ON v.id = c.declarant_id
         WHERE d.state = 'signed' AND d.finding = 'conflict' AND c.state IN <live_conflict>
           AND EXISTS (
               SELECT 1 FROM declarations_chosenmeasure cm
                 JOIN declarations_controlmeasurekind k ON k.id = cm.kind_id
                WHERE cm.decision_id = d.id AND k.code = ANY(%(measures)s))
           AND <among d.decider_id, c.declarant_id> AND <among_handled c>
    """,
    sentence=(
        "{person} menemukan konflik pada {other} tentang “{matter}”, tetapi membiarkannya "
        "melanjutkan."
    ),
    steps=(
        PERSON,
        Step("decision", "Terbukti, lanjut", "memutus {decided_on}", "decision"),
        Step("conflict", "{matter}", "deklarasi {other}", "conflict"),
    ),
    clears=("Putusan diganti dengan pengendalian yang lain.",),
    evidence=(*CONFLICT_ROWS, *DECIDED),
)

RULES = (DEALS, ACTUAL, AFTER_DECISION, HIGH_LEVEL, CONTINUED)
