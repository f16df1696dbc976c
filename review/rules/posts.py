"""Group D of the catalogue: people, their kin and their posts."""

from django.utils.translation import gettext_lazy as _

from review.name_keys import PERSON_KEY
from review.rules.base import Parameter, Rule, Step
from review.rules.histories import OBLIGED
from review.rules.registers import PERSON, REGISTER, REGISTER_ROWS

KIN_EVIDENCE = (("Daftar yang menyebut kerabat", "register"), ("Hubungan", "relation"))

IN_ONE_LINE = Rule(
    code="D1_KIN_IN_LINE",
    catalogue="D1",
    title=_("Kin in one line of command"),
    weight=700,
    parameters=(Parameter("levels", _("so many steps above"), 2, 1, 6),),
    sql="""
        WITH kin AS (
            SELECT r.declarant_id AS one, i.relative_id AS other, i.relation, r.id AS register_id
              FROM declarations_interest i
              JOIN declarations_interestregister r ON r.id = i.register_id
             WHERE i.section = 'family' AND i.relative_id IS NOT NULL AND i.ended_on IS NULL
               AND i.relative_id <> r.declarant_id
               AND <among_kin i> AND <newest r>
        ), pairs AS (
            SELECT one AS upper, other AS lower, relation, register_id FROM kin
            UNION ALL SELECT other, one, relation, register_id FROM kin
        ), line AS (
            SELECT pairs.*, above.post_id AS upper_post, below.post_id AS lower_post, levels.depth
              FROM pairs
              JOIN people_assignment above ON above.user_id = pairs.upper AND <held above>
              JOIN people_assignment below ON below.user_id = pairs.lower AND <held below>
             CROSS JOIN LATERAL (
                   WITH RECURSIVE up AS (
                       SELECT p.superior_id, 1 AS depth FROM people_post p
                        WHERE p.id = below.post_id
                     UNION ALL
                       SELECT p.superior_id, up.depth + 1 FROM up
                         JOIN people_post p ON p.id = up.superior_id
                        WHERE up.depth < %(levels)s
                   )
                   SELECT min(depth) AS depth FROM up WHERE superior_id = above.post_id) levels
             WHERE levels.depth IS NOT NULL
        )
        SELECT DISTINCT ON (line.upper, line.lower)
               line.upper || ':' || line.lower AS key, line.upper AS subject, post.opd_id AS opd,
               extract(year FROM %(on)s::date)::int AS year,
               ARRAY[line.upper, line.lower] AS people,
               jsonb_build_object('register', line.register_id, 'relation', line.relation,
                   'upper_post', line.upper_post, 'lower_post', line.lower_post,
                   'depth', line.depth) AS facts,
               jsonb_build_object('person', u.name, 'other', v.name, 'post', post.title,
                   'other_post', under.title) AS shown
          FROM line
          JOIN people_user u ON u.id = line.upper AND u.is_active
          JOIN people_user v ON v.id = line.lower AND v.is_active
          JOIN people_post post ON post.id = line.upper_post
          JOIN people_post under ON under.id = line.lower_post
         ORDER BY line.upper, line.lower, line.depth, line.upper_post, line.lower_post,
                  line.relation, line.register_id
    """,
    sentence=(
        "{person} ({post}) berada {depth} tingkat di atas {other} ({other_post}), dan keduanya "
        "berkerabat ({relation})."
    ),
    steps=(
        PERSON,
        Step("post", "{post}", "menjabat"),
        Step("post", "{other_post}", "{depth} tingkat di bawahnya"),
        Step("person", "{other}", "dijabat"),
        Step("register", "Berkerabat: {relation}", "menurut daftar", "register"),
    ),
    clears=("Salah seorang pindah dari garis atasan–bawahan itu.",),
    evidence=(*KIN_EVIDENCE, ("Jabatan atasan", "post"), ("Jabatan bawahan", "other_post")),
)

DOUBLE_POST = Rule(
    code="D4_DOUBLE_POST",
    catalogue="D4",
    title=_("A second post that needs a closer look"),
    weight=600,
    parameters=(
        Parameter(
            "roles",
            _("words in the name of the post"),
            ["direksi", "direktur", "dewan pengawas", "komisaris"],
        ),
    ),
    sql="""
        SELECT 'row:' || r.declarant_id || ':' || i.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'organisation', i.name, 'role', i.role,
                   'started_on', i.started_on, 'signed_on', <day r.sent_at>,
                   'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_interest i
          JOIN declarations_interestregister r ON r.id = i.register_id
          JOIN people_user u ON u.id = r.declarant_id
         WHERE i.section = 'posts_held' AND (i.ended_on IS NULL OR i.ended_on >= %(on)s::date)
           AND EXISTS (SELECT 1 FROM unnest(%(roles)s::text[]) word
                        WHERE strpos(lower(i.role), lower(word)) > 0)
           AND <among r.declarant_id> AND <newest r>
    """,
    sentence="{person} merangkap sebagai {role} di {organisation} sejak {started_on}.",
    steps=(PERSON, REGISTER, Step("organisation", "{organisation}", "{role}")),
    clears=("Pegawai mencantumkan tanggal berakhirnya jabatan di {organisation}.",),
    evidence=(
        *REGISTER_ROWS,
        ("Organisasi", "organisation"),
        ("Jabatan", "role"),
        ("Sejak", "started_on"),
    ),
)

NO_REGISTER = Rule(
    code="D5_NO_REGISTER",
    catalogue="D5",
    title=_("A post that has to declare, without a register of the year"),
    weight=800,
    parameters=(
        Parameter("months", _("months of the year until the register is missed"), 3, 1, 12),
        Parameter("days", _("days after the appointment"), 30, 1, 365),
    ),
    sql=f"""
        {OBLIGED}
        SELECT 'person:' || o.user_id AS key, o.user_id AS subject, o.opd_id AS opd,
               extract(year FROM %(on)s::date)::int AS year, ARRAY[o.user_id] AS people,
               jsonb_build_object('year', extract(year FROM %(on)s::date)::int,
                   'since', o.starts_on, 'post_id', o.post_id) AS facts,
               jsonb_build_object('person', o.name, 'post', o.title) AS shown
          FROM obliged o
         WHERE %(on)s::date
               >= date_trunc('year', %(on)s::date) + make_interval(months => %(months)s)
           AND o.starts_on < %(on)s::date - make_interval(days => %(days)s)
           AND NOT EXISTS (
               SELECT 1 FROM declarations_interestregister r
                WHERE r.declarant_id = o.user_id AND r.state IN <signed>
                  AND r.year = extract(year FROM %(on)s::date))
    """,  # noqa: S608 -- made of the constants above
    sentence=(
        "{person} memegang jabatan wajib lapor ({post}), tetapi belum menyampaikan daftar "
        "kepentingan tahun {year}."
    ),
    steps=(
        PERSON,
        Step("post", "{post}", "wajib lapor sejak {since}"),
        Step("missing", "Daftar {year} belum ada", "tidak menyampaikan"),
    ),
    clears=("Pegawai menyampaikan daftar kepentingan tahun {year}.",),
    evidence=(("Jabatan", "post"), ("Menjabat sejak", "since"), ("Tahun", "year")),
)

# Either declares the other as kin: asked apart, each by the index of the relative.
_DECLARES = """EXISTS (
               SELECT 1 FROM declarations_interest k
                 JOIN declarations_interestregister kr ON kr.id = k.register_id
                WHERE k.section = 'family' AND kr.state IN <in_force>
                  AND k.relative_id = {relative} AND kr.declarant_id = {declarant})"""


def _are_kin(one: str, other: str) -> str:
    first = _DECLARES.format(relative=one, declarant=other)
    return f"({first} OR {_DECLARES.format(relative=other, declarant=one)})"


CHECKED_BY_KIN = Rule(
    code="D6_CHECKED_BY_KIN",
    catalogue="D6",
    title=_("A register checked or acknowledged by kin"),
    weight=700,
    sql=f"""
        WITH judged AS (
            SELECT r.*, by_whom.judge_id, by_whom.what
              FROM declarations_interestregister r
             CROSS JOIN LATERAL (VALUES (r.checked_by_id, 'memeriksa'),
                   (r.acknowledged_by_id, 'mengetahui')) AS by_whom(judge_id, what)
             WHERE by_whom.judge_id IS NOT NULL AND r.declarant_id <> by_whom.judge_id
               AND r.year >= extract(year FROM %(on)s::date) - 1 AND r.state IN <in_force>
               AND <among r.declarant_id, r.checked_by_id, r.acknowledged_by_id>
               AND <among r.declarant_id, by_whom.judge_id>
        )
        SELECT DISTINCT ON (r.id, r.judge_id)
               r.id || ':' || r.judge_id AS key, r.judge_id AS subject, r.opd_id AS opd,
               r.year::int AS year, ARRAY[r.judge_id, r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'what', r.what,
                   'signed_on', <day r.sent_at>, 'year', r.year) AS facts,
               jsonb_build_object('person', u.name, 'other', v.name) AS shown
          FROM judged r
          JOIN people_user u ON u.id = r.judge_id
          JOIN people_user v ON v.id = r.declarant_id
         WHERE {_are_kin("r.judge_id", "r.declarant_id")}
         ORDER BY r.id, r.judge_id, r.what
    """,  # noqa: S608 -- made of the constants above
    sentence="{person} {what} daftar kepentingan {other}, padahal keduanya berkerabat.",
    steps=(
        PERSON,
        Step("register", "Daftar kepentingan {other}", "{what}", "register"),
        Step("person", "{other}", "berkerabat"),
    ),
    clears=("Daftar {other} diperiksa kembali oleh orang lain.",),
    evidence=(*REGISTER_ROWS,),
)

DECIDED_BY_KIN = Rule(
    code="D6_DECIDED_BY_KIN",
    catalogue="D6",
    title=_("A superior who is kin of the declarant, or named as a party"),
    weight=900,
    automatic=6,
    sql=f"""
        WITH judged AS (
            SELECT c.*, judge.id AS judge_id, d.id AS decision_id
              FROM declarations_conflictdeclaration c
              LEFT JOIN declarations_superiordecision d
                     ON d.conflict_id = c.id AND d.state = 'signed'
              JOIN people_user judge ON judge.id = coalesce(d.decider_id, c.handler_id)
             WHERE c.state IN <live_conflict> AND <among c.declarant_id, judge.id>
               AND <among_handled c>
        )
        SELECT c.id || ':' || c.judge_id AS key, c.judge_id AS subject, c.opd_id AS opd,
               c.year::int AS year, ARRAY[c.judge_id, c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'decision', c.decision_id,
                   'declared_on', <day c.sent_at>, 'matter', m.title, 'tie',
                   CASE WHEN named.is_party THEN 'disebut sebagai pihak' ELSE 'berkerabat' END
                   ) AS facts,
               jsonb_build_object('person', u.name, 'other', v.name) AS shown
          FROM judged c
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = c.judge_id
          JOIN people_user v ON v.id = c.declarant_id
         CROSS JOIN LATERAL (SELECT EXISTS (
               SELECT 1 FROM declarations_conflictparty p WHERE p.conflict_id = c.id
                  AND p.name_key = {PERSON_KEY}) AS is_party) named
         WHERE named.is_party OR {_are_kin("c.judge_id", "c.declarant_id")}
    """,  # noqa: S608 -- made of the constants above
    sentence="{person} menangani deklarasi {other} tentang “{matter}”, padahal {tie}.",
    steps=(
        PERSON,
        Step("conflict", "{matter}", "menangani", "conflict"),
        Step("person", "{other}", "{tie}"),
    ),
    clears=("Deklarasi diputus oleh atasan lain yang tidak terkait.",),
    evidence=(
        ("Deklarasi", "conflict"),
        ("Keputusan", "decision"),
        ("Dideklarasikan", "declared_on"),
        ("Kaitan", "tie"),
    ),
)

RULES = (IN_ONE_LINE, DOUBLE_POST, NO_REGISTER, CHECKED_BY_KIN, DECIDED_BY_KIN)
