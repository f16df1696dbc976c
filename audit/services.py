"""The one way to write an event."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, models, transaction

from audit import context
from audit.models import AuditEvent


def record(
    action: str, *, by: AbstractBaseUser | None, target: models.Model, **data: Any
) -> AuditEvent:
    """Write one event; the caller's transaction decides whether it happened.

    `by=None` is the system itself (a scheduled task). `data` holds facts that help a
    reader (before, after, reason), never a secret.
    """
    event = _event(action, by=by, target=target, data=data)
    event.save(force_insert=True)
    return event


def record_many(
    happenings: Iterable[tuple[str, models.Model, dict[str, Any]]],
    *,
    by: AbstractBaseUser | None,
    batch_size: int = 2_000,
) -> int:
    """As `record`, for thousands of (action, target, data) at once; the number written."""
    events = (
        _event(action, by=by, target=target, data=data) for action, target, data in happenings
    )
    written = 0
    while batch := list(islice(events, batch_size)):
        written += len(AuditEvent.objects.bulk_create(batch))
    return written


def _event(
    action: str, *, by: AbstractBaseUser | None, target: models.Model, data: dict[str, Any]
) -> AuditEvent:
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event needs the transaction of what it records.")
    request = context.current()
    return AuditEvent(
        request_id=request.request_id if request else None,
        actor_id=by.pk if by else None,
        actor_label=str(by)[:200] if by else "",
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=str(target)[:300],
        opd_id=getattr(target, "opd_id", None),
        data={key: value for key, value in data.items() if value not in (None, "")},
    )


def history(target: models.Model, *, limit: int = 50) -> list[AuditEvent]:
    """What happened to one thing, newest first, in one query.

    Asks for no permission: show it on pages whose reader may see the thing.
    """
    return list(AuditEvent.objects.of_target(target).order_by("-pk")[:limit])


@transaction.atomic
def record_export(*, by: AbstractBaseUser, criteria: dict[str, Any], rows: int) -> AuditEvent:
    """Taking events out of the portal is an event of the person who does it."""
    used = {name: str(value) for name, value in criteria.items() if value}
    return record("audit.export", by=by, target=by, rows=rows, filters=used)
