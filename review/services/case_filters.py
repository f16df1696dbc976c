"""Filters of the queue that people keep under a name."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from people.models import User
from review.models import SavedFilter

MOST = 20
LONGEST = 500
KEPT = ("q", "keadaan", "asal", "petugas", "opd", "waktu", "urut")


@transaction.atomic
def save(*, by: User, name: str, query: Mapping[str, str]) -> SavedFilter:
    """Keep what is filtered now; the same name again replaces it. Raises `ValidationError`."""
    text = urlencode({key: query[key][:120] for key in KEPT if query.get(key)})
    if len(text) > LONGEST:
        raise ValidationError(_("This filter is too long to be kept."))
    others = SavedFilter.objects.filter(user=by).exclude(name=name)
    if others.count() >= MOST:
        raise ValidationError(
            _("You keep %(most)s filters already; remove one first.") % {"most": MOST}
        )
    saved, _new = SavedFilter.objects.update_or_create(
        user=by, name=name, defaults={"query": text}
    )
    record("savedfilter.save", by=by, target=saved)
    return saved


@transaction.atomic
def remove(saved: SavedFilter, *, by: User) -> None:
    record("savedfilter.remove", by=by, target=saved)
    saved.delete()


def of(user: User) -> list[SavedFilter]:
    return list(SavedFilter.objects.filter(user=user)[:MOST])
