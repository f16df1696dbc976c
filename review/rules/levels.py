"""The level of the risk area weighs in the score of whoever declared a conflict in it.

Not a suspicion of its own, so it opens no case: it stands among the parts of the score and moves
a case up in the queue. The level is that of the map in force, residual where one was judged;
what a snapshot froze stays as it was when the map changes.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Step
from review.rules.handling import CONFLICT, CONFLICT_ROWS
from review.rules.registers import PERSON


def _of_level(code: str, level: str, weight: int, title: Any) -> Rule:
    return Rule(
        code=code,
        catalogue="-",
        title=title,
        weight=weight,
        weighs_only=True,
        parameters=(Parameter("levels", _("levels"), [level]),),
        sql="""
            SELECT DISTINCT ON (c.id) 'conflict:' || c.id AS key, c.declarant_id AS subject,
                   c.opd_id AS opd, c.year::int AS year, ARRAY[c.declarant_id] AS people,
                   jsonb_build_object('conflict', c.id, 'row_key', a.row_key, 'level', now.level,
                       'magnitude', now.magnitude, 'matter', m.title,
                       'declared_on', <day c.sent_at>) AS facts,
                   jsonb_build_object('person', u.name, 'area_id', a.id, 'area', a.area,
                       'activity', a.activity,
                       'level_word', initcap(replace(now.level, '_', ' '))) AS shown
              FROM declarations_conflictdeclaration c
              JOIN declarations_matter m ON m.id = c.matter_id
              JOIN mapping_riskmap map ON map.opd_id = c.opd_id AND map.state = 'approved'
              JOIN mapping_riskarea a ON a.map_id = map.id AND (a.row_key = m.risk_row
                   OR m.risk_row IS NULL AND a.template_id = m.risk_area_id)
              JOIN people_user u ON u.id = c.declarant_id
             CROSS JOIN LATERAL (
                   SELECT coalesce(nullif(a.residual_level, ''), a.level) AS level,
                          coalesce(a.residual_magnitude, a.magnitude) AS magnitude) now
             WHERE c.state IN ('sent', 'under_review', 'needs_data', 'escalated',
                               'conflict_found', 'controlled')
               AND now.level = ANY(%(levels)s) AND <among c.declarant_id>
             ORDER BY c.id, a.position, a.id
        """,
        sentence=(
            "Konflik {person} tentang “{matter}” ada pada area “{area}: {activity}”, yang pada "
            "peta area rawan bertingkat {level_word} ({magnitude})."
        ),
        steps=(
            PERSON,
            CONFLICT,
            Step("area", "{area}: {activity}", "area rawan", "area_id"),
            Step("area", "{level_word} ({magnitude})", "tingkat pada peta yang berlaku"),
        ),
        clears=(
            "Deklarasi ditutup atau dinyatakan tidak ada konflik.",
            "Peta area rawan yang berlaku menilai area itu lebih rendah.",
        ),
        evidence=(
            *CONFLICT_ROWS, ("Area", "area"), ("Kegiatan", "activity"), ("Tingkat", "level_word"),
            ("Besaran", "magnitude"),
        ),
    )  # fmt: skip


VERY_HIGH = _of_level(
    "L1_AREA_VERY_HIGH", "SANGAT_TINGGI", 200, _("A conflict in an area of very high risk")
)
HIGH = _of_level("L2_AREA_HIGH", "TINGGI", 100, _("A conflict in an area of high risk"))

RULES = (VERY_HIGH, HIGH)
