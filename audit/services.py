"""The one way to write an event."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, models

from audit import context
from audit.models import AuditEvent


def record(
    action: str, *, by: AbstractBaseUser | None, target: models.Model, **data: Any
) -> AuditEvent:
    """Write one event; the caller's transaction decides whether it happened.

    `by=None` is the system itself (a scheduled task). `data` holds facts that help a
    reader (before, after, reason), never a secret.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event needs the transaction of what it records.")
    request = context.current()
    return AuditEvent.objects.create(
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
