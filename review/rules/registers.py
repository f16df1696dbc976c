"""Group A of the catalogue: what one register of interests shows by itself."""

from django.utils.translation import gettext_lazy as _

from review.name_keys import person_key_of
from review.rules.base import Parameter, Rule, Step

REGISTER = Step("register", "Daftar kepentingan {year}", "menyampaikan", "register")
PERSON = Step("person", "{person}")
REGISTER_ROWS = (("Daftar kepentingan", "register"), ("Ditandatangani", "signed_on"))


def _company(condition: str, *, facts: str = "") -> str:
    """The companies of the registers in force of which `condition` is true, one finding each."""
    return f"""
        SELECT 'row:' || r.declarant_id || ':' || i.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'company', i.name, {facts}
                   'signed_on', <day r.sent_at>, 'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_interest i
          JOIN declarations_interestregister r ON r.id = i.register_id
          JOIN people_user u ON u.id = r.declarant_id
         WHERE i.section = 'business' AND {condition}
           AND i.ended_on IS NULL AND <among r.declarant_id> AND <newest r>
    """  # noqa: S608 -- made of constants


_THEIR_KEY = person_key_of("them.name")
RELATIVE_MISSING = Rule(
    code="A1_RELATIVE_MISSING",
    catalogue="A1",
    title=_("A close relative is missing in the register"),
    weight=300,
    parameters=(
        Parameter(
            "relations",
            _("relations that both have to declare"),
            ["anak", "istri", "orang_tua", "suami"],
        ),
    ),
    sql=f"""
        SELECT DISTINCT ON (mine.declarant_id, theirs.declarant_id)
               mine.declarant_id || ':' || theirs.declarant_id AS key,
               mine.declarant_id AS subject, mine.opd_id AS opd, mine.year::int AS year,
               ARRAY[mine.declarant_id, theirs.declarant_id] AS people,
               jsonb_build_object('register', mine.id, 'other_register', theirs.id,
                   'relation', i.relation, 'signed_on', <day mine.sent_at>,
                   'other_signed_on', <day theirs.sent_at>, 'year', mine.year) AS facts,
               jsonb_build_object('person', me.name, 'other', them.name) AS shown
          FROM declarations_interest i
          JOIN declarations_interestregister theirs ON theirs.id = i.register_id
          JOIN declarations_interestregister mine ON mine.declarant_id = i.relative_id
          JOIN people_user me ON me.id = mine.declarant_id
          JOIN people_user them ON them.id = theirs.declarant_id
         WHERE i.section = 'family' AND i.relative_id IS NOT NULL
           AND i.relation = ANY(%(relations)s) AND i.ended_on IS NULL
           AND mine.declarant_id <> theirs.declarant_id
           AND <among_kin i>
           AND <newest theirs> AND <newest mine>
           AND NOT EXISTS (
               SELECT 1 FROM declarations_interest own
                WHERE own.register_id = mine.id AND own.section = 'family'
                  AND (own.relative_id = theirs.declarant_id OR own.name_key = {_THEIR_KEY}))
         ORDER BY mine.declarant_id, theirs.declarant_id, i.relation
    """,  # noqa: S608 -- made of a constant
    sentence=(
        "{other} mencantumkan {person} sebagai keluarga dekat, tetapi daftar kepentingan "
        "{person} tahun {year} tidak mencantumkan {other}."
    ),
    steps=(
        PERSON,
        REGISTER,
        Step("missing", "{other} tidak tercantum", "bagian keluarga"),
        Step("register", "Daftar kepentingan {other}", "hubungan: {relation}", "other_register"),
    ),
    clears=(
        "{person} menambahkan {other} pada bagian keluarga, atau {other} memperbaiki datanya.",
    ),
    evidence=(
        *REGISTER_ROWS,
        ("Daftar kerabat", "other_register"),
        ("Ditandatangani kerabat", "other_signed_on"),
        ("Hubungan", "relation"),
    ),
)

NO_IDENTIFIER = Rule(
    code="A3_NO_IDENTIFIER",
    catalogue="A3",
    title=_("A company without NIB or NPWP"),
    weight=200,
    sql=_company("i.identifier = ''"),
    sentence="{person} mencantumkan usaha {company} tanpa NIB atau NPWP.",
    steps=(PERSON, REGISTER, Step("company", "{company}", "tanpa NIB/NPWP")),
    clears=("Pegawai menambahkan NIB atau NPWP {company}.",),
    evidence=(*REGISTER_ROWS, ("Usaha", "company")),
)

SHARES_OVER = Rule(
    code="A4_SHARES_OVER_WHOLE",
    catalogue="A4",
    title=_("The declared shares of one company are more than the whole"),
    weight=300,
    parameters=(Parameter("percent", _("most shares together (percent)"), 100, 50, 1000),),
    sql="""
        WITH rows AS (
            SELECT r.declarant_id, r.opd_id, r.year, r.id AS register_id, r.sent_at, i.name,
                   i.share_percent, i.name_key || '|' || i.identifier AS company_key
              FROM declarations_interest i
              JOIN declarations_interestregister r ON r.id = i.register_id
             WHERE i.section = 'business' AND i.share_percent > 0 AND i.ended_on IS NULL
               AND <newest r> AND (%(users)s::uuid[] IS NULL OR i.name_key = ANY(ARRAY(
                   SELECT own.name_key FROM declarations_interest own
                     JOIN declarations_interestregister o ON o.id = own.register_id
                    WHERE o.declarant_id = ANY(%(users)s::uuid[]) AND own.section = 'business')))
        ), whole AS (
            SELECT company_key, sum(share_percent) AS total,
                   array_agg(DISTINCT declarant_id ORDER BY declarant_id) AS holders
              FROM rows GROUP BY company_key
            HAVING sum(share_percent) > %(percent)s AND count(DISTINCT declarant_id) > 1
               AND (%(users)s::uuid[] IS NULL OR array_agg(declarant_id) && %(users)s::uuid[])
        )
        SELECT DISTINCT ON (rows.declarant_id, whole.company_key)
               rows.declarant_id || ':' || md5(whole.company_key) AS key,
               rows.declarant_id AS subject, rows.opd_id AS opd, rows.year::int AS year,
               whole.holders AS people,
               jsonb_build_object('register', rows.register_id, 'company', rows.name,
                   'share', trim_scale(rows.share_percent)::text,
                   'total', trim_scale(whole.total)::text, 'holders', cardinality(whole.holders),
                   'signed_on', <day rows.sent_at>, 'year', rows.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM rows JOIN whole USING (company_key) JOIN people_user u ON u.id = rows.declarant_id
         ORDER BY rows.declarant_id, whole.company_key, rows.share_percent DESC, rows.name
    """,
    sentence=(
        "{person} mencantumkan {share}% saham {company}, padahal {holders} pegawai bersama-sama "
        "mencantumkan {total}%."
    ),
    steps=(
        PERSON,
        REGISTER,
        Step("company", "{company}", "{share}%"),
        Step("sum", "{total}% menurut {holders} pegawai", "jumlah saham"),
    ),
    clears=("Para pemegang saham {company} memperbaiki persentase hingga tidak melebihi batas.",),
    evidence=(*REGISTER_ROWS, ("Usaha", "company"), ("Saham", "share"), ("Jumlah", "total")),
)

OWNER_OF_NOTHING = Rule(
    code="A4_OWNER_WITHOUT_SHARE",
    catalogue="A4",
    title=_("An owner with a share of zero"),
    weight=300,
    sql=_company("i.answers->>'role' = 'owner' AND i.share_percent = 0"),
    sentence="{person} menyebut diri pemilik {company}, tetapi mengisi saham 0%.",
    steps=(PERSON, REGISTER, Step("company", "{company}", "pemilik, saham 0%")),
    clears=("Pegawai memperbaiki peran atau persentase saham {company}.",),
    evidence=(*REGISTER_ROWS, ("Usaha", "company")),
)

NO_SHARE = Rule(
    code="A2_SHARE_LEFT_BLANK",
    catalogue="A2",
    title=_("A shareholder or owner who says no share"),
    weight=200,
    parameters=(Parameter("roles", _("roles that have a share"), ["owner", "shareholder"]),),
    sql=_company("i.answers->>'role' = ANY(%(roles)s) AND i.share_percent IS NULL"),
    sentence="{person} mencantumkan diri sebagai pemilik atau pemegang saham {company} tanpa "
    "mengisi persentase saham.",
    steps=(PERSON, REGISTER, Step("company", "{company}", "tanpa persentase saham")),
    clears=("Pegawai mengisi persentase saham {company}.",),
    evidence=(*REGISTER_ROWS, ("Usaha", "company")),
)

IMPOSSIBLE_DATE = Rule(
    code="A5_IMPOSSIBLE_DATE",
    catalogue="A5",
    title=_("An interest that began before birth or after the signature"),
    weight=200,
    parameters=(Parameter("age", _("least age at the beginning (years)"), 0, 0, 30),),
    sql="""
        SELECT 'row:' || r.declarant_id || ':' || i.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'interest', i.name,
                   'started_on', i.started_on, 'born_on', born.day,
                   'signed_on', <day r.sent_at>, 'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_interest i
          JOIN declarations_interestregister r ON r.id = i.register_id
          JOIN people_user u ON u.id = r.declarant_id
         CROSS JOIN LATERAL (
               SELECT to_date(left(u.nip, 8), 'YYYYMMDD') AS day
                WHERE substr(u.nip, 5, 2) BETWEEN '01' AND '12'
                  AND substr(u.nip, 7, 2) BETWEEN '01' AND '28'
               UNION ALL
               SELECT (to_date(left(u.nip, 6), 'YYYYMM') + interval '27 days')::date
                WHERE substr(u.nip, 5, 2) BETWEEN '01' AND '12'
                  AND substr(u.nip, 7, 2) BETWEEN '29' AND '31') born
         WHERE i.started_on IS NOT NULL AND i.section <> 'family'
           AND (i.started_on < born.day + make_interval(years => %(age)s)
                OR i.started_on > <day r.sent_at>)
           AND <among r.declarant_id> AND <newest r>
    """,
    sentence=(
        "{person}, lahir {born_on}, mencantumkan {interest} sejak {started_on}; tanggal itu "
        "tidak mungkin benar."
    ),
    steps=(
        PERSON,
        REGISTER,
        Step("interest", "{interest}", "sejak {started_on}"),
        Step("date", "Lahir {born_on}", "tidak sesuai"),
    ),
    clears=("Pegawai memperbaiki tanggal mulai {interest}.",),
    evidence=(*REGISTER_ROWS, ("Sejak", "started_on"), ("Lahir (menurut NIP)", "born_on")),
)

# The form takes thirteen digits, of whatever kind: its example copied, one key held down.
_DIGITS = "regexp_replace(i.identifier, '[^0-9]', '', 'g')"
_FAULT = f"""CASE
                   WHEN length({_DIGITS}) NOT IN (13, 15, 16) THEN 'jumlah angkanya keliru'
                   WHEN {_DIGITS} ~ '^(.)\\1+$' THEN 'satu angka diulang terus'
                   WHEN strpos('01234567890123456789', {_DIGITS}) > 0
                        THEN 'angkanya berurutan seperti contoh pada formulir' END"""
BAD_IDENTIFIER = Rule(
    code="A6_IDENTIFIER_DIGITS",
    catalogue="A6",
    title=_("A NIB or NPWP that nobody can have been given"),
    weight=300,
    sql=_company(
        f"i.identifier <> '' AND {_FAULT} IS NOT NULL",
        facts=f"'identifier', i.identifier, 'fault', {_FAULT},",
    ),
    sentence=(
        "Nomor {identifier} untuk {company} pada daftar {person} bukan NIB atau NPWP: {fault}."
    ),
    steps=(
        PERSON,
        REGISTER,
        Step("company", "{company}", "nomor {identifier}"),
        Step("missing", "Bukan NIB atau NPWP", "{fault}"),
    ),
    clears=("Pegawai memperbaiki NIB atau NPWP {company}.",),
    evidence=(*REGISTER_ROWS, ("Usaha", "company"), ("Nomor", "identifier"), ("Sebab", "fault")),
)

PLACEHOLDER = Rule(
    code="A11_PLACEHOLDER_TEXT",
    catalogue="A11",
    title=_("An explanation that says nothing"),
    weight=200,
    parameters=(
        Parameter(
            "words",
            _("texts that say nothing"),
            ["-", "--", ".", "n/a", "nihil", "tidak", "tidak ada", "xxx"],
        ),
    ),
    sql="""
        SELECT DISTINCT ON (r.declarant_id, i.row_key)
               'row:' || r.declarant_id || ':' || i.row_key AS key, r.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'interest', i.name, 'text', said.value,
                   'signed_on', <day r.sent_at>, 'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_interest i
          JOIN declarations_interestregister r ON r.id = i.register_id
          JOIN people_user u ON u.id = r.declarant_id
         CROSS JOIN LATERAL jsonb_each_text(i.answers) said
         WHERE i.is_related_to_government
           AND said.key IN ('dealings', 'explanation', 'description', 'relation', 'occasion')
           AND lower(btrim(said.value)) = ANY(%(words)s)
           AND <among r.declarant_id> AND <newest r>
         ORDER BY r.declarant_id, i.row_key, said.key
    """,
    sentence=("{person} menjawab “ya” untuk {interest}, tetapi penjelasannya hanya “{text}”."),
    steps=(PERSON, REGISTER, Step("interest", "{interest}", "penjelasan: “{text}”")),
    clears=("Pegawai menjelaskan hubungan {interest} dengan tugas atau pemerintah provinsi.",),
    evidence=(*REGISTER_ROWS, ("Kepentingan", "interest"), ("Penjelasan", "text")),
)

RULES = (
    RELATIVE_MISSING,
    NO_SHARE,
    NO_IDENTIFIER,
    SHARES_OVER,
    OWNER_OF_NOTHING,
    IMPOSSIBLE_DATE,
    BAD_IDENTIFIER,
    PLACEHOLDER,
)
