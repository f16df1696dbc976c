"""Group E of the catalogue and A12: whole OPDs, against their map and against their peers."""

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Scope, Step

OPD = Step("opd", "{opd}")

CLONES = Rule(
    code="A12_NIL_AT_ONCE",
    catalogue="A12",
    title=_("Many nil registers of one OPD within minutes"),
    weight=400,
    scope=Scope.OPD,
    parameters=(
        Parameter("least", _("least number of registers"), 5, 3, 100),
        Parameter("minutes", _("within so many minutes"), 10, 1, 240),
    ),
    sql="""
        WITH nil AS (
            SELECT r.id, r.declarant_id, r.opd_id, r.year, r.sent_at, <day r.sent_at> AS day
              FROM declarations_interestregister r
             WHERE r.is_nil AND r.year = extract(year FROM %(on)s::date)
               AND r.state IN <signed> AND <among_opds r.opd_id>
        ), runs AS (
            SELECT nil.*, count(*) OVER soon AS size, array_agg(id) OVER soon AS registers,
                   array_agg(declarant_id) OVER soon AS people
              FROM nil
            WINDOW soon AS (PARTITION BY opd_id, day ORDER BY sent_at
                RANGE BETWEEN CURRENT ROW
                  AND make_interval(mins => %(minutes)s) FOLLOWING)
        )
        SELECT DISTINCT ON (runs.opd_id, runs.day)
               'opd:' || runs.opd_id || ':' || runs.day AS key, NULL::uuid AS subject,
               runs.opd_id AS opd, runs.year::int AS year, runs.people,
               jsonb_build_object('registers', runs.registers, 'number', runs.size,
                   'minutes', %(minutes)s, 'day', runs.day) AS facts,
               jsonb_build_object('opd', o.name) AS shown
          FROM runs JOIN people_opd o ON o.id = runs.opd_id
         WHERE runs.size >= %(least)s
         ORDER BY runs.opd_id, runs.day, runs.size DESC, runs.sent_at, runs.id
    """,
    sentence=("{number} daftar nihil dari {opd} ditandatangani pada {day} dalam {minutes} menit."),
    steps=(
        Step("opd", "{opd}"),
        Step("register", "{number} daftar nihil", "dalam {minutes} menit"),
        Step("date", "{day}", "ditandatangani"),
    ),
    clears=("Daftar-daftar itu diperbarui oleh masing-masing pegawai.",),
    evidence=(("Tanggal", "day"), ("Jumlah daftar", "number"), ("Menit", "minutes")),
)

SILENT = Rule(
    code="E1_SILENT_UNIT",
    catalogue="E1",
    title=_("An OPD that declares no conflict though peers would"),
    weight=500,
    scope=Scope.PROVINCE,
    parameters=(
        Parameter("expected", _("least number expected by peers (hundredths)"), 300, 50, 10000),
        Parameter("years", _("looking back so many years"), 3, 1, 10),
    ),
    sql="""
        WITH units AS (
            SELECT o.id, o.name, coalesce(held.people, 0) AS people,
                   coalesce(said.declared, 0) AS declared
              FROM people_opd o
              LEFT JOIN (SELECT p.opd_id, count(DISTINCT a.user_id) AS people
                           FROM people_assignment a
                           JOIN people_post p ON p.id = a.post_id AND p.is_obliged
                          WHERE <held a> GROUP BY p.opd_id) held ON held.opd_id = o.id
              LEFT JOIN (SELECT c.opd_id, count(*) AS declared
                           FROM declarations_conflictdeclaration c
                          WHERE c.state IN <live_conflict>
                            AND c.year > extract(year FROM %(on)s::date) - %(years)s
                          GROUP BY c.opd_id) said ON said.opd_id = o.id
             WHERE o.valid_until IS NULL OR o.valid_until >= %(on)s::date
        ), peers AS (
            SELECT units.*, sum(declared) OVER () - declared AS others_declared,
                   sum(people) OVER () - people AS others_people FROM units
        ), silent AS (
            SELECT peers.*, round(people * others_declared / nullif(others_people, 0), 1)
                   AS expected FROM peers
        )
        SELECT 'opd:' || s.id AS key, NULL::uuid AS subject, s.id AS opd,
               extract(year FROM %(on)s::date)::int AS year, ARRAY[]::uuid[] AS people,
               jsonb_build_object('people', s.people, 'years', %(years)s) AS facts,
               jsonb_build_object('opd', s.name, 'expected', s.expected::text) AS shown
          FROM silent s
         WHERE s.declared = 0 AND s.expected * 100 >= %(expected)s
    """,
    sentence=(
        "{opd} tidak mempunyai deklarasi konflik selama {years} tahun; menurut perangkat daerah "
        "lain diperkirakan {expected} deklarasi dari {people} wajib lapor."
    ),
    steps=(
        OPD,
        Step("post", "{people} wajib lapor", "memiliki"),
        Step("missing", "Tidak ada deklarasi", "{years} tahun"),
    ),
    clears=("Ada deklarasi konflik dari {opd}.",),
    evidence=(("Wajib lapor", "people"), ("Perkiraan", "expected"), ("Tahun", "years")),
)

OFF_MAP = Rule(
    code="E2_OFF_THE_MAP",
    catalogue="E2",
    title=_("Actual conflicts in areas that the map lacks"),
    weight=400,
    scope=Scope.OPD,
    parameters=(Parameter("least", _("least number of conflicts"), 2, 1, 100),),
    sql="""
        SELECT 'opd:' || c.opd_id || ':' || coalesce(t.code, '-') AS key, NULL::uuid AS subject,
               c.opd_id AS opd, max(c.year)::int AS year,
               array_agg(DISTINCT c.declarant_id ORDER BY c.declarant_id) AS people,
               jsonb_build_object('area', coalesce(t.area, 'tanpa area'), 'number', count(*),
                   'conflicts', jsonb_agg(c.id ORDER BY c.id)) AS facts,
               jsonb_build_object('opd', o.name) AS shown
          FROM declarations_conflictdeclaration c
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_opd o ON o.id = c.opd_id
          LEFT JOIN mapping_riskareatemplate t ON t.id = m.risk_area_id
         WHERE c.state IN <live_conflict> AND c.conflict_kind = 'actual'
           AND c.year = extract(year FROM %(on)s::date) AND <among_opds c.opd_id>
           AND NOT EXISTS (
               SELECT 1 FROM mapping_riskarea a
                 JOIN mapping_riskmap map ON map.id = a.map_id AND map.state = 'approved'
                WHERE map.opd_id = c.opd_id AND a.template_id = t.id)
         GROUP BY c.opd_id, o.name, t.code, t.area HAVING count(*) >= %(least)s
    """,
    sentence=(
        "{opd} mempunyai {number} konflik aktual pada area “{area}” yang tidak ada pada peta "
        "area rawannya."
    ),
    steps=(
        OPD,
        Step("conflict", "{number} konflik aktual", "mendeklarasikan"),
        Step("area", "{area}", "tidak ada pada peta"),
    ),
    clears=("Peta area rawan {opd} mencantumkan area itu.",),
    evidence=(("Area", "area"), ("Jumlah konflik", "number")),
)

NO_CONTROL = Rule(
    code="E3_RISK_WITHOUT_CONTROL",
    catalogue="E3",
    title=_("A high risk on the map without control or owner, or past its day"),
    weight=400,
    scope=Scope.OPD,
    parameters=(Parameter("levels", _("levels"), ["SANGAT_TINGGI", "TINGGI"]),),
    sql="""
        SELECT 'area:' || a.row_key AS key, NULL::uuid AS subject, map.opd_id AS opd,
               map.year::int AS year, ARRAY[]::uuid[] AS people,
               jsonb_build_object('area_id', a.id, 'area', a.area, 'activity', a.activity,
                   'level', now.level, 'fault', fault.words, 'due_on', a.due_on) AS facts,
               jsonb_build_object('opd', o.name,
                   'level_word', initcap(replace(now.level, '_', ' '))) AS shown
          FROM mapping_riskarea a
          JOIN mapping_riskmap map ON map.id = a.map_id AND map.state = 'approved'
          JOIN people_opd o ON o.id = map.opd_id
         CROSS JOIN LATERAL (SELECT CASE
               WHEN btrim(a.existing_control) = '' AND btrim(a.prevention) = ''
                    THEN 'tanpa pengendalian'
               WHEN a.owner_post_id IS NULL THEN 'tanpa penanggung jawab'
               WHEN a.due_on < %(on)s::date AND a.status IN ('planned', 'running')
                    THEN 'belum selesai dikendalikan, padahal batas waktunya sudah lewat'
               END AS words) fault
         CROSS JOIN LATERAL (
               SELECT coalesce(nullif(a.residual_level, ''), a.level) AS level) now
         WHERE now.level = ANY(%(levels)s)
           AND fault.words IS NOT NULL AND <among_opds map.opd_id>
    """,
    sentence="Area rawan “{area}: {activity}” di {opd} {fault}.",
    steps=(
        OPD,
        Step("area", "{area}: {activity}", "tingkat {level_word}", "area_id"),
        Step("missing", "{fault}", "batas waktu {due_on}"),
    ),
    clears=(
        "{opd} melengkapi pengendalian, penanggung jawab dan batas waktu pada peta.",
        "{opd} mencatat bahwa pengendalian area itu selesai.",
    ),
    evidence=(
        ("Area rawan", "area_id"),
        ("Tingkat", "level_word"),
        ("Kekurangan", "fault"),
        ("Batas waktu", "due_on"),
    ),
)

NIL_OUTLIER = Rule(
    code="E4_NIL_OUTLIER",
    catalogue="E4",
    title=_("An OPD with far more nil registers than others"),
    weight=300,
    scope=Scope.PROVINCE,
    parameters=(
        Parameter("least", _("least number of registers in an OPD"), 5, 2, 1000),
        Parameter("fence", _("distance above the third quartile (tenths of the IQR)"), 15, 5, 50),
    ),
    sql="""
        WITH rates AS (
            SELECT r.opd_id, count(*) AS registers, avg(r.is_nil::int) AS rate
              FROM declarations_interestregister r
             WHERE r.year = extract(year FROM %(on)s::date) AND r.state IN <in_force>
             GROUP BY r.opd_id HAVING count(*) >= %(least)s
        ), quartiles AS (
            SELECT percentile_cont(0.75) WITHIN GROUP (ORDER BY rate) AS third,
                   percentile_cont(0.75) WITHIN GROUP (ORDER BY rate)
                   - percentile_cont(0.25) WITHIN GROUP (ORDER BY rate) AS iqr FROM rates
        )
        SELECT 'opd:' || o.id AS key, NULL::uuid AS subject, o.id AS opd,
               extract(year FROM %(on)s::date)::int AS year, ARRAY[]::uuid[] AS people,
               jsonb_build_object('registers', rates.registers,
                   'percent', round(100 * rates.rate)) AS facts,
               jsonb_build_object('opd', o.name,
                   'usual', round((100 * quartiles.third)::numeric)) AS shown
          FROM rates CROSS JOIN quartiles JOIN people_opd o ON o.id = rates.opd_id
         WHERE quartiles.iqr > 0
           AND rates.rate > quartiles.third + quartiles.iqr * %(fence)s / 10.0
    """,
    sentence=(
        "{percent}% dari {registers} daftar kepentingan {opd} nihil; tiga perempat perangkat "
        "daerah lain tidak melebihi {usual}%."
    ),
    steps=(
        OPD,
        Step("register", "{percent}% nihil", "dari {registers} daftar"),
        Step("sum", "Batas lazim {usual}%", "dibanding yang lain"),
    ),
    clears=("Bagian daftar nihil {opd} kembali lazim.",),
    evidence=(("Daftar", "registers"), ("Persen nihil", "percent"), ("Lazim", "usual")),
)

RULES = (CLONES, SILENT, OFF_MAP, NO_CONTROL, NIL_OUTLIER)
