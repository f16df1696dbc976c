"""Who has the page of a case open: rows that live for two minutes after the last look."""

import datetime
from typing import Any

from django.db import connection

from people.models import User
from review.models import Case, CasePresence

LIVES = datetime.timedelta(minutes=2)
# How often a page that stays open says so (static/js/cases.js).
EVERY_SECONDS = 45


_LOOK = """
WITH here AS (
    INSERT INTO review_casepresence (case_id, user_id, seen_at) VALUES (%(case)s, %(user)s, %(at)s)
    ON CONFLICT (case_id, user_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
)
SELECT user_id FROM review_casepresence
 WHERE case_id = %(case)s AND user_id <> %(user)s AND seen_at > %(since)s
"""


def look(case: Case, *, by: User, at: datetime.datetime) -> list[User]:
    """Note that `by` is looking; the colleagues who are, too. One query while there are none."""
    values: dict[str, Any] = {
        "case": str(case.pk),
        "user": str(by.pk),
        "at": at,
        "since": at - LIVES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, values)
        others = [str(key) for (key,) in cursor.fetchall()]
    return list(User.objects.filter(pk__in=others).order_by("name", "pk")) if others else []


def forget(*, at: datetime.datetime) -> int:
    """Rows of pages that were closed long ago."""
    gone, _models = CasePresence.objects.filter(seen_at__lt=at - LIVES * 30).delete()
    return gone
