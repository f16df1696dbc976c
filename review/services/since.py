"""What was declared in the areas of a map since it was approved, for whoever draws the next."""

import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext

from declarations.models.conflicts import ConflictKind
from mapping.happenings import Happening
from people.models import Opd, User
from review.services import rows


def conflicts(opd: Opd, viewer: User, since: datetime.date) -> list[Happening]:
    """Declared conflicts by area and kind, as far as the viewer may read them; one query."""
    if not viewer.has_perm("review.view_opd", opd):
        return []
    found = rows.sent_since(rows.conflicts(viewer, opd=opd), since)
    grouped = (
        rows.with_area_words(found)
        .order_by()
        .values("area_key", "area_words", "conflict_kind")
        .annotate(number=Count("pk"))
        .order_by("area_words", "area_key", "conflict_kind")
    )
    return [_happening(opd, since, row) for row in grouped]


def _happening(opd: Opd, since: datetime.date, row: dict) -> Happening:
    words = ngettext(
        "%(number)s declared conflict (%(kind)s)",
        "%(number)s declared conflicts (%(kind)s)",
        row["number"],
    ) % {"number": row["number"], "kind": ConflictKind(row["conflict_kind"]).label.lower()}
    query = urlencode(
        {
            "jenis": "konflik",
            "area": row["area_key"],
            "sejak": since.isoformat(),
            "macam": row["conflict_kind"],
        }
    )
    address = f"{reverse('review:opd_rows', args=[opd.pk])}?{query}"
    return Happening(row["area_key"], row["area_words"], words, row["number"], address)
