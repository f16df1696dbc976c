"""Group B of the catalogue: a register against the ones before it, and against the calendar."""

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Step
from review.rules.registers import PERSON, REGISTER, REGISTER_ROWS

BEFORE = (("Daftar sebelumnya", "previous"), ("Ditandatangani sebelumnya", "previous_on"))

# A row of the register before that the newest one has neither by key nor by name.
_GONE = """
          FROM declarations_interestregister r
          JOIN declarations_interestregister p ON p.id = r.previous_id
          JOIN declarations_interest old ON old.register_id = p.id
          JOIN people_user u ON u.id = r.declarant_id
"""
_NOT_KEPT = """
           AND (old.ended_on IS NULL OR old.ended_on >= <day p.sent_at>)
           AND NOT EXISTS (
               SELECT 1 FROM declarations_interest kept
                WHERE kept.register_id = r.id AND (kept.row_key = old.row_key
                   OR kept.section = old.section AND kept.name_key = old.name_key))
           AND <among r.declarant_id> AND <newest r>
"""

VANISHED = Rule(
    code="B1_VANISHED",
    catalogue="B1",
    title=_("An interest of last year vanished without an end"),
    weight=500,
    parameters=(Parameter("sections", _("parts of the register"), ["business", "outside_work"]),),
    sql=f"""
        SELECT 'row:' || r.declarant_id || ':' || old.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'previous', p.id, 'interest', old.name,
                   'signed_on', <day r.sent_at>, 'previous_on', <day p.sent_at>,
                   'year', r.year, 'previous_year', p.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
        {_GONE}
         WHERE old.section = ANY(%(sections)s) {_NOT_KEPT}
    """,
    sentence=(
        "{person} mencantumkan {interest} pada daftar {previous_year}, tetapi tidak lagi pada "
        "daftar {year} dan tidak menyebut kapan berakhir."
    ),
    steps=(
        PERSON,
        Step("register", "Daftar kepentingan {previous_year}", "menyampaikan", "previous"),
        Step("interest", "{interest}", "tercantum"),
        Step("missing", "Tidak ada pada daftar {year}", "hilang", "register"),
    ),
    clears=("Pegawai mencantumkan kembali {interest} dengan tanggal berakhirnya.",),
    evidence=(*REGISTER_ROWS, *BEFORE, ("Kepentingan", "interest")),
)

MOVED_TO_KIN = Rule(
    code="B2_MOVED_TO_KIN",
    catalogue="B2",
    title=_("A company of last year is now that of a relative"),
    weight=700,
    sql=f"""
        SELECT DISTINCT ON (r.declarant_id, old.row_key)
               'row:' || r.declarant_id || ':' || old.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'previous', p.id, 'company', old.name,
                   'relative', kin.name, 'relation', kin.relation,
                   'signed_on', <day r.sent_at>, 'previous_on', <day p.sent_at>,
                   'year', r.year, 'previous_year', p.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
        {_GONE}
          JOIN declarations_interest kin ON kin.register_id = r.id AND kin.section = 'family'
               AND kin.organisation_key = old.name_key AND kin.organisation_key <> ''
         WHERE old.section = 'business' {_NOT_KEPT}
         ORDER BY r.declarant_id, old.row_key, kin.row_key
    """,
    sentence=(
        "{company} tercantum sebagai usaha {person} pada {previous_year}; pada {year} tempat "
        "itu menjadi tempat kerja {relative} ({relation})."
    ),
    steps=(
        PERSON,
        Step("register", "Daftar kepentingan {previous_year}", "menyampaikan", "previous"),
        Step("company", "{company}", "usaha sendiri"),
        Step("person", "{relative} ({relation})", "sekarang tempat kerja"),
    ),
    clears=("Pegawai menjelaskan pengalihan {company} dan tanggalnya pada daftar.",),
    evidence=(*REGISTER_ROWS, *BEFORE, ("Usaha", "company"), ("Kerabat", "relative")),
)

BORN_AT_APPOINTMENT = Rule(
    code="B3_BORN_AT_APPOINTMENT",
    catalogue="B3",
    title=_("A company that began around the appointment to a risk post"),
    weight=500,
    parameters=(Parameter("months", _("months before or after the appointment"), 6, 1, 24),),
    sql="""
        SELECT DISTINCT ON (r.declarant_id, i.row_key)
               'row:' || r.declarant_id || ':' || i.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'company', i.name,
                   'started_on', i.started_on, 'appointed_on', a.starts_on,
                   'signed_on', <day r.sent_at>, 'year', r.year) AS facts,
               jsonb_build_object('person', u.name, 'post', p.title) AS shown
          FROM declarations_interest i
          JOIN declarations_interestregister r ON r.id = i.register_id
          JOIN people_user u ON u.id = r.declarant_id
          JOIN people_assignment a ON a.user_id = r.declarant_id AND a.kind = 'definitive'
          JOIN people_post p ON p.id = a.post_id AND p.is_obliged
         WHERE i.section = 'business' AND i.started_on IS NOT NULL AND i.ended_on IS NULL
           AND i.started_on BETWEEN a.starts_on - make_interval(months => %(months)s)
                                AND a.starts_on + make_interval(months => %(months)s)
           AND <among r.declarant_id> AND <newest r>
         ORDER BY r.declarant_id, i.row_key, a.starts_on DESC
    """,
    sentence=(
        "{company} milik {person} dimulai {started_on}, dekat dengan pengangkatan sebagai "
        "{post} pada {appointed_on}."
    ),
    steps=(
        PERSON,
        Step("post", "{post}", "diangkat {appointed_on}"),
        Step("company", "{company}", "dimulai {started_on}"),
    ),
    clears=("Pegawai memperbaiki tanggal mulai, atau menjelaskan kegiatan {company}.",),
    evidence=(*REGISTER_ROWS, ("Usaha dimulai", "started_on"), ("Diangkat", "appointed_on")),
)

OFTEN_LATE = Rule(
    code="B11_OFTEN_LATE",
    catalogue="B11",
    title=_("Registers late in several years"),
    weight=300,
    parameters=(
        Parameter("times", _("least number of late years"), 2, 1, 10),
        Parameter("years", _("looking back so many years"), 3, 1, 10),
    ),
    sql="""
        WITH late AS (
            SELECT r.declarant_id, r.year, min(<day r.sent_at>) AS sent_on, min(r.due_on) AS due_on
              FROM declarations_interestregister r
             WHERE r.state IN <signed> AND r.occasion <> 'change'
               AND r.year > extract(year FROM %(on)s::date) - %(years)s
               AND <among r.declarant_id>
             GROUP BY r.declarant_id, r.year HAVING min(<day r.sent_at>) > min(r.due_on)
        ), often AS (
            SELECT declarant_id, count(*) AS times,
                   jsonb_agg(year ORDER BY year) AS late_years,
                   jsonb_agg(sent_on ORDER BY year) AS sent_on
              FROM late GROUP BY declarant_id HAVING count(*) >= %(times)s
        )
        SELECT 'person:' || o.declarant_id AS key, o.declarant_id AS subject,
               last.opd_id AS opd, last.year::int AS year, ARRAY[o.declarant_id] AS people,
               jsonb_build_object('times', o.times, 'late_years', o.late_years,
                   'sent_on', o.sent_on) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM often o
          JOIN people_user u ON u.id = o.declarant_id AND u.is_active
         CROSS JOIN LATERAL (
               SELECT r.opd_id, r.year FROM declarations_interestregister r
                WHERE r.declarant_id = o.declarant_id AND r.state IN <signed>
                ORDER BY r.year DESC, r.sent_at DESC, r.id LIMIT 1) last
    """,
    sentence="{person} terlambat menyampaikan daftar kepentingan {times} kali: {late_years}.",
    steps=(PERSON, Step("register", "Terlambat {times} kali", "tahun {late_years}")),
    clears=("Daftar kepentingan tahun berikutnya disampaikan tepat waktu.",),
    evidence=(("Tahun terlambat", "late_years"), ("Disampaikan", "sent_on")),
)

# Who is obliged on the day, once a person, by the post held longest.
OBLIGED = """
        WITH obliged AS (
            SELECT DISTINCT ON (a.user_id) a.user_id, u.name, p.opd_id, p.title, a.starts_on,
                   p.id AS post_id
              FROM people_assignment a
              JOIN people_post p ON p.id = a.post_id AND p.is_obliged
              JOIN people_user u ON u.id = a.user_id AND u.is_active
             WHERE <held a> AND <among a.user_id>
             ORDER BY a.user_id, a.starts_on, a.id
        )
"""

NEVER_FILED = Rule(
    code="B11_NEVER_FILED",
    catalogue="B11",
    title=_("No register at all in several years"),
    weight=500,
    parameters=(Parameter("years", _("looking back so many years"), 2, 1, 10),),
    sql=f"""
        {OBLIGED}
        SELECT 'person:' || o.user_id AS key, o.user_id AS subject, o.opd_id AS opd,
               extract(year FROM %(on)s::date)::int AS year, ARRAY[o.user_id] AS people,
               jsonb_build_object('since', o.starts_on, 'years', %(years)s) AS facts,
               jsonb_build_object('person', o.name, 'post', o.title) AS shown
          FROM obliged o
         WHERE o.starts_on < make_date(extract(year FROM %(on)s::date)::int - %(years)s, 1, 1)
           AND NOT EXISTS (
               SELECT 1 FROM declarations_interestregister r
                WHERE r.declarant_id = o.user_id AND r.state IN <signed>
                  AND r.year >= extract(year FROM %(on)s::date) - %(years)s)
    """,  # noqa: S608 -- made of the constants above
    sentence=(
        "{person} ({post}) wajib lapor sejak {since}, tetapi tidak menyampaikan daftar "
        "kepentingan sekurang-kurangnya {years} tahun."
    ),
    steps=(
        PERSON,
        Step("post", "{post}", "wajib lapor sejak {since}"),
        Step("missing", "Tidak ada daftar", "{years} tahun"),
    ),
    clears=("Pegawai menyampaikan daftar kepentingan.",),
    evidence=(("Jabatan", "post"), ("Wajib lapor sejak", "since")),
)

RETURNED_OFTEN = Rule(
    code="B11_RETURNED_OFTEN",
    catalogue="B11",
    title=_("A register that was sent back many times"),
    weight=200,
    parameters=(Parameter("rounds", _("least number of returns"), 3, 2, 20),),
    sql="""
        SELECT 'register:' || r.id AS key, r.declarant_id AS subject, r.opd_id AS opd,
               r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'rounds', sent_back.rounds,
                   'signed_on', <day r.sent_at>, 'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_interestregister r
          JOIN people_user u ON u.id = r.declarant_id
         CROSS JOIN LATERAL (
               SELECT max(s.round) AS rounds FROM declarations_sectionreturn s
                WHERE s.register_id = r.id) sent_back
         WHERE sent_back.rounds >= %(rounds)s AND <among r.declarant_id> AND <newest r>
    """,
    sentence="Daftar kepentingan {person} tahun {year} dikembalikan {rounds} kali.",
    steps=(PERSON, REGISTER, Step("date", "Dikembalikan {rounds} kali", "pemeriksaan")),
    clears=("Daftar kepentingan yang baru diterima tanpa dikembalikan berulang kali.",),
    evidence=(*REGISTER_ROWS, ("Dikembalikan", "rounds")),
)

RULES = (
    VANISHED,
    MOVED_TO_KIN,
    BORN_AT_APPOINTMENT,
    OFTEN_LATE,
    NEVER_FILED,
    RETURNED_OFTEN,
)
