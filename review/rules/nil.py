"""Group B of the catalogue, the nil registers: against what followed, and against the post."""

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Step
from review.rules.registers import PERSON, REGISTER_ROWS

NIL_THEN_DECLARED = Rule(
    code="B11_NIL_THEN_DECLARED",
    catalogue="B11",
    title=_("A nil register, then a declared conflict in the same year"),
    weight=400,
    sql="""
        SELECT DISTINCT ON (c.id) 'conflict:' || c.id AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'conflict', c.id, 'signed_on',
                   <day r.sent_at>, 'declared_on', <day c.sent_at>, 'matter', m.title,
                   'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_conflictdeclaration c
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN declarations_interestregister r ON r.declarant_id = c.declarant_id
               AND r.is_nil AND r.year = c.year AND r.sent_at < c.sent_at
          JOIN people_user u ON u.id = r.declarant_id
         WHERE c.state IN <live_conflict> AND <among c.declarant_id> AND <newest r>
         ORDER BY c.id, r.sent_at
    """,
    sentence=(
        "{person} menyatakan nihil pada {signed_on}, lalu mendeklarasikan konflik pada "
        "{declared_on}: {matter}."
    ),
    steps=(
        PERSON,
        Step("register", "Daftar nihil {year}", "menyampaikan {signed_on}", "register"),
        Step("conflict", "{matter}", "mendeklarasikan {declared_on}", "conflict"),
    ),
    clears=("Pegawai memperbarui daftar kepentingan sehingga tidak lagi nihil.",),
    evidence=(*REGISTER_ROWS, ("Deklarasi", "conflict"), ("Dideklarasikan", "declared_on")),
)

NIL_IN_RISK_POST = Rule(
    code="Q9_NIL_IN_RISK_POST",
    catalogue="B11",
    title=_("Nil two years running in a risk post"),
    weight=300,
    automatic=9,
    parameters=(
        Parameter("levels", _("levels of the risk area"), ["SANGAT_TINGGI", "TINGGI"]),
        Parameter("years", _("so many nil years in a row"), 2, 2, 5),
    ),
    sql="""
        WITH risky AS (
            SELECT DISTINCT ON (n.post_id) n.post_id, a.id AS area_id, a.area
              FROM mapping_riskareapost n
              JOIN mapping_riskarea a ON a.id = n.area_id
              JOIN mapping_riskmap m ON m.id = a.map_id AND m.state = 'approved'
             WHERE a.level = ANY(%(levels)s)  -- the inherent one: a control makes no other post
             ORDER BY n.post_id, a.magnitude DESC, a.id
        )
        SELECT DISTINCT ON (r.declarant_id)
               'person:' || r.declarant_id AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'signed_on', <day r.sent_at>,
                   'year', r.year, 'years', %(years)s, 'post_id', p.id) AS facts,
               jsonb_build_object('person', u.name, 'post', p.title, 'area', risky.area) AS shown
          FROM declarations_interestregister r
          JOIN people_user u ON u.id = r.declarant_id
          JOIN people_assignment a ON a.user_id = r.declarant_id AND <held a>
          JOIN people_post p ON p.id = a.post_id AND p.is_obliged
          JOIN risky ON risky.post_id = p.id
         WHERE r.is_nil AND <among r.declarant_id> AND <newest r>
           AND (SELECT count(DISTINCT o.year) FROM declarations_interestregister o
                 WHERE o.declarant_id = r.declarant_id AND o.is_nil AND o.state IN <signed>
                   AND o.year BETWEEN r.year - %(years)s + 1 AND r.year) = %(years)s
         ORDER BY r.declarant_id, p.id
    """,
    sentence=(
        "{person} menyatakan nihil {years} tahun berturut-turut, sedangkan jabatannya ({post}) "
        "ada pada area rawan “{area}”."
    ),
    steps=(
        PERSON,
        Step("post", "{post}", "menjabat"),
        Step("area", "{area}", "area rawan"),
        Step("register", "Nihil {years} tahun", "menyampaikan", "register"),
    ),
    clears=("Daftar kepentingan terbaru tidak lagi nihil, atau jabatannya tidak lagi rawan.",),
    evidence=(*REGISTER_ROWS, ("Jabatan", "post"), ("Area rawan", "area")),
)

RULES = (NIL_THEN_DECLARED, NIL_IN_RISK_POST)
