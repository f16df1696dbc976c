"""Automatic flag 7 of the fact sheet: a report about somebody whose register is nil.

Whoever must not know of the report sees no flag either (`FlagQuerySet.kept_from`, by its key).
"""

from django.utils.translation import gettext_lazy as _

from review.flag_states import ON_REPORT, ON_REPORT_KEY
from review.rules.base import Rule, Step
from review.rules.registers import PERSON, REGISTER_ROWS

REPORT_ON_NIL = Rule(
    code=ON_REPORT,
    catalogue="-",
    title=_("A report about somebody whose register is nil"),
    weight=700,
    automatic=7,
    sql=f"""
        SELECT DISTINCT ON (c.id, r.declarant_id)
               '{ON_REPORT_KEY}' || c.id || ':' || r.declarant_id AS key,
               r.declarant_id AS subject, r.opd_id AS opd, r.year::int AS year,
               ARRAY[r.declarant_id] AS people,
               jsonb_build_object('register', r.id, 'report', c.id, 'number', c.number,
                   'received_on', <day c.received_at>, 'signed_on', <day r.sent_at>,
                   'year', r.year) AS facts,
               jsonb_build_object('person', u.name) AS shown
          FROM review_conflictreport c
          JOIN review_reportsubject s ON s.report_id = c.id AND s.standing = 'confirmed'
          JOIN declarations_interestregister r ON r.declarant_id = s.user_id AND r.is_nil
          JOIN people_user u ON u.id = r.declarant_id
         WHERE c.state <> 'not_eligible' AND <among r.declarant_id> AND <newest r>
         ORDER BY c.id, r.declarant_id, s.id
    """,  # noqa: S608 -- made of a constant
    sentence=(
        "Ada laporan {number} tertanggal {received_on} tentang {person}, yang menyatakan nihil "
        "pada {signed_on}."
    ),
    steps=(
        PERSON,
        Step("register", "Daftar nihil {year}", "menyampaikan", "register"),
        Step("report", "Laporan {number}", "diterima {received_on}"),
    ),
    clears=("Daftar kepentingan diperbarui, atau laporan tidak memenuhi syarat.",),
    evidence=(*REGISTER_ROWS, ("Laporan", "number"), ("Diterima", "received_on")),
)

RULES = (REPORT_ON_NIL,)
