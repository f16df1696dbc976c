"""Changes of the lists, with a reason; the words before stand in the audit trail."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Max

from audit.services import record
from mapping.models import ConflictSource
from people.models import User

Entry = TypeVar("Entry", bound=models.Model)


def save_source(source: ConflictSource, *, reason: str, by: User, **values: Any) -> ConflictSource:
    """Change or add a source of conflict."""
    if not by.has_perm("mapping.change_conflictsource"):
        raise PermissionDenied
    return write_entry(source, reason=reason, by=by, **values)


@transaction.atomic
def write_entry(entry: Entry, *, reason: str, by: User, **values: Any) -> Entry:
    """Write one entry of a list with codes; the code of an existing one stays.

    The caller has asked whether `by` may. Raises `ValidationError`.
    """
    model = type(entry)
    is_new = entry.pk is None
    if is_new:
        last = model._default_manager.aggregate(last=Max("position"))["last"] or 0
        values = {"position": last + 1} | values
    else:
        entry = model._default_manager.select_for_update().get(pk=entry.pk)
        values.pop("code", None)
    before = {name: getattr(entry, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return entry
    for name, value in changed.items():
        setattr(entry, name, value)
    entry.full_clean()
    entry.save()
    record(
        f"{model._meta.model_name}.{'add' if is_new else 'change'}",
        by=by,
        target=entry,
        reason=reason,
        before=None if is_new else {name: before[name] for name in changed},
        after=changed,
    )
    return entry
