"""Who has the page of a case open: rows that live for two minutes after the last look."""

import datetime
import uuid

from people.models import User
from review.models import Case, CasePresence

LIVES = datetime.timedelta(minutes=2)
# How often a page that stays open says so (static/js/cases.js).
EVERY_SECONDS = 45


def look(case: Case, *, by: User, at: datetime.datetime) -> list[User]:
    """Note that `by` is looking; the colleagues who are, too. Two queries."""
    CasePresence.objects.bulk_create(
        [CasePresence(case=case, user=by, seen_at=at)],
        update_conflicts=True,
        unique_fields=["case", "user"],
        update_fields=["seen_at"],
    )
    others = (
        CasePresence.objects.filter(case=case, seen_at__gt=at - LIVES)
        .exclude(user=by)
        .select_related("user")
        .order_by("user__name", "user_id")
    )
    return [presence.user for presence in others]


def looked_at(
    cases: list[Case], *, by: User, at: datetime.datetime
) -> dict[uuid.UUID, list[User]]:
    """For a list: case → colleagues who have it open. One query."""
    found: dict[uuid.UUID, list[User]] = {}
    rows = CasePresence.objects.filter(case__in=cases, seen_at__gt=at - LIVES).exclude(user=by)
    for presence in rows.select_related("user").order_by("user__name", "user_id"):
        found.setdefault(presence.case_id, []).append(presence.user)
    return found


def forget(*, at: datetime.datetime) -> int:
    """Rows of pages that were closed long ago."""
    gone, _models = CasePresence.objects.filter(seen_at__lt=at - LIVES * 30).delete()
    return gone
