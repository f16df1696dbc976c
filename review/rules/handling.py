"""Group F of the catalogue: how a declared conflict was handled."""

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Step
from review.rules.registers import PERSON

CONFLICT_ROWS = (("Deklarasi", "conflict"), ("Dideklarasikan", "declared_on"))
DECIDED = (("Keputusan", "decision"), ("Diputus", "decided_on"))
CONFLICT = Step("conflict", "{matter}", "mendeklarasikan {declared_on}", "conflict")

# Working days after `a` until `b`, by the holidays table.
_WORKING_DAYS = """(SELECT count(*) FROM generate_series(
               {a} + 1, {b}, interval '1 day') AS d(day)
               WHERE extract(isodow FROM d.day) < 6
                 AND NOT EXISTS (SELECT 1 FROM people_holiday h WHERE h.on = d.day::date))"""

DECIDED_LATE = Rule(
    code="F2_DECIDED_LATE",
    catalogue="F2",
    title=_("A decision on an actual conflict after many working days"),
    weight=400,
    parameters=(Parameter("days", _("most working days"), 7, 1, 60),),
    sql=f"""
        SELECT 'conflict:' || c.id AS key, d.decider_id AS subject, c.opd_id AS opd,
               c.year::int AS year, ARRAY[d.decider_id, c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'decision', d.id, 'matter', m.title,
                   'declared_on', <day c.sent_at>, 'decided_on', <day d.signed_at>,
                   'days', lasted.days) AS facts,
               jsonb_build_object('person', u.name, 'other', v.name) AS shown
          FROM declarations_conflictdeclaration c
          JOIN declarations_superiordecision d ON d.conflict_id = c.id AND d.state = 'signed'
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = d.decider_id
          JOIN people_user v ON v.id = c.declarant_id
         CROSS JOIN LATERAL {
        _WORKING_DAYS.format(a="<day c.sent_at>", b="<day d.signed_at>")
    } AS lasted(days)
         WHERE c.state IN <live_conflict> AND c.conflict_kind = 'actual'
           AND d.signed_at > c.sent_at + make_interval(days => %(days)s)
           AND lasted.days > %(days)s AND <among d.decider_id, c.declarant_id>
           AND <among_handled c>
    """,  # noqa: S608 -- made of the constants above
    sentence=(
        "{person} memutus deklarasi konflik aktual {other} sesudah {days} hari kerja: “{matter}”."
    ),
    steps=(
        PERSON,
        Step("conflict", "{matter}", "deklarasi {other}", "conflict"),
        Step("decision", "Diputus {decided_on}", "sesudah {days} hari kerja", "decision"),
    ),
    clears=("Tidak dapat dihapus oleh data: keputusan sudah terlambat. Tutup dengan alasan.",),
    evidence=(*CONFLICT_ROWS, *DECIDED, ("Hari kerja", "days")),
)

# Whose turn it is beyond the limit, and whose turn was over because they let it pass: that a
# declaration was handed to the next superior does not make it decided in time.
OVERDUE = Rule(
    code="F2_DECISION_OVERDUE",
    catalogue="F2",
    title=_("A declaration that waits beyond its limit"),
    weight=500,
    automatic=5,
    sql="""
        WITH late AS (
            SELECT c.id, c.handler_id AS superior_id, c.due_on AS late_on
              FROM declarations_conflictdeclaration c
             WHERE c.state IN <awaiting> AND c.due_on < %(on)s::date
               AND <among c.handler_id, c.declarant_id>
            UNION ALL
            SELECT c.id, h.from_user_id, <day h.changed_at>
              FROM declarations_conflictdeclaration c
              JOIN declarations_handlerchange h ON h.conflict_id = c.id AND h.reason = 'overdue'
             WHERE c.state IN <awaiting> AND <among h.from_user_id, c.declarant_id>
        )
        SELECT DISTINCT ON (late.id, late.superior_id)
               'conflict:' || late.id || coalesce(':' || late.superior_id, '') AS key,
               late.superior_id AS subject, c.opd_id AS opd, c.year::int AS year,
               array_remove(ARRAY[late.superior_id, c.declarant_id], NULL) AS people,
               jsonb_build_object('conflict', c.id, 'matter', m.title, 'late_on', late.late_on,
                   'declared_on', <day c.sent_at>) AS facts,
               jsonb_build_object('person', coalesce(u.name, 'Atasan yang belum ditetapkan'),
                   'other', v.name) AS shown
          FROM late
          JOIN declarations_conflictdeclaration c ON c.id = late.id
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user v ON v.id = c.declarant_id
          LEFT JOIN people_user u ON u.id = late.superior_id
         ORDER BY late.id, late.superior_id, late.late_on
    """,
    sentence=(
        "{person} membiarkan batas putusan atas deklarasi {other} tentang “{matter}” lewat pada "
        "{late_on}; deklarasi itu belum diputus."
    ),
    steps=(
        PERSON,
        Step("conflict", "{matter}", "deklarasi {other}", "conflict"),
        Step("date", "Lewat {late_on}", "belum diputus"),
    ),
    clears=("Deklarasi itu diputus.",),
    evidence=(*CONFLICT_ROWS, ("Lewat batas", "late_on")),
)

TOLD_TO_STOP = Rule(
    code="F6_REFUSED_STILL_DECLARED",
    catalogue="F6",
    title=_("Told to give it up, and still declared"),
    weight=900,
    parameters=(
        Parameter(
            "measures",
            _("measures that end an interest"),
            ["LEPAS_JABATAN_LUAR", "LEPAS_KEPENTINGAN"],
        ),
    ),
    sql="""
        SELECT DISTINCT ON (c.id, i.row_key)
               'conflict:' || c.id || ':' || i.row_key AS key, c.declarant_id AS subject,
               r.opd_id AS opd, r.year::int AS year, ARRAY[c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'decision', d.id, 'register', r.id,
                   'interest', i.name, 'decided_on', <day d.signed_at>,
                   'declared_on', <day c.sent_at>, 'signed_on', <day r.sent_at>) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM declarations_conflictdeclaration c
          JOIN declarations_superiordecision d ON d.conflict_id = c.id AND d.state = 'signed'
          JOIN declarations_chosenmeasure cm ON cm.decision_id = d.id
          JOIN declarations_controlmeasurekind k ON k.id = cm.kind_id
               AND k.code = ANY(%(measures)s)
          JOIN declarations_conflictparty p ON p.conflict_id = c.id AND p.name_key <> ''
          JOIN declarations_interestregister r ON r.declarant_id = c.declarant_id
               AND r.sent_at > d.signed_at
          JOIN declarations_interest i ON i.register_id = r.id AND i.ended_on IS NULL
               AND i.section IN ('business', 'outside_work', 'posts_held')
               AND i.name_key = p.name_key
          JOIN people_user u ON u.id = c.declarant_id
         WHERE c.state IN <live_conflict> AND <among c.declarant_id> AND <newest r>
         ORDER BY c.id, i.row_key, d.signed_at, d.id, p.id
    """,
    sentence=(
        "{person} diminta melepaskan {interest} pada {decided_on}, tetapi masih mencantumkannya "
        "pada daftar {signed_on}."
    ),
    steps=(
        PERSON,
        Step("decision", "Diminta melepaskan", "diputus {decided_on}", "decision"),
        Step("interest", "{interest}", "masih tercantum"),
        Step("register", "Daftar {signed_on}", "menyampaikan", "register"),
    ),
    clears=("Daftar yang baru menyebut kapan {interest} berakhir.",),
    evidence=(*CONFLICT_ROWS, *DECIDED, ("Daftar", "register"), ("Ditandatangani", "signed_on")),
)

REPLACEMENT = Rule(
    code="F9_REPLACEMENT_CONFLICTED",
    catalogue="-",
    title=_("A replacement official with an interest in the same party"),
    weight=800,
    sql="""
        SELECT DISTINCT ON (cm.id) 'measure:' || cm.id AS key, cm.replacement_id AS subject,
               c.opd_id AS opd, c.year::int AS year,
               ARRAY[cm.replacement_id, c.declarant_id] AS people,
               jsonb_build_object('conflict', c.id, 'decision', d.id, 'register', r.id,
                   'interest', i.name, 'party', p.name, 'matter', m.title,
                   'decided_on', <day d.signed_at>, 'declared_on', <day c.sent_at>) AS facts,
               jsonb_build_object('person', u.name, 'other', v.name) AS shown
          FROM declarations_chosenmeasure cm
          JOIN declarations_superiordecision d ON d.id = cm.decision_id AND d.state = 'signed'
          JOIN declarations_conflictdeclaration c ON c.id = d.conflict_id
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN declarations_conflictparty p ON p.conflict_id = c.id AND p.name_key <> ''
          JOIN declarations_interestregister r ON r.declarant_id = cm.replacement_id
          JOIN declarations_interest i ON i.register_id = r.id AND i.ended_on IS NULL
               AND (i.name_key = p.name_key OR i.organisation_key = p.name_key)
          JOIN people_user u ON u.id = cm.replacement_id
          JOIN people_user v ON v.id = c.declarant_id
         WHERE c.state IN <live_conflict> AND <among cm.replacement_id, c.declarant_id>
           AND <among_handled c>
           AND <newest r>
         ORDER BY cm.id, p.position, p.id, i.row_key
    """,
    sentence=(
        "{person}, pengganti {other} dalam “{matter}”, sendiri mencantumkan {interest} yang "
        "sama dengan pihak {party}."
    ),
    steps=(
        PERSON,
        Step("decision", "Pengganti {other}", "ditunjuk {decided_on}", "decision"),
        Step("party", "{party}", "pihak dalam {matter}"),
        Step("register", "{interest}", "tercantum pada daftarnya", "register"),
    ),
    clears=("Atasan menunjuk pengganti lain.",),
    evidence=(*CONFLICT_ROWS, *DECIDED, ("Daftar pengganti", "register"), ("Pihak", "party")),
)

RULES = (
    DECIDED_LATE,
    OVERDUE,
    TOLD_TO_STOP,
    REPLACEMENT,
)
