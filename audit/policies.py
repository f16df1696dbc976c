"""Who may read the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from audit.querysets import READERS_OF_ALL, TECHNICAL_APPS

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from audit.models import AuditEvent


@rules.predicate
def reads_all(user: AbstractBaseUser, event: AuditEvent | None = None) -> bool:
    return user.is_authenticated and any(user.has_role(role) for role in READERS_OF_ALL)


@rules.predicate
def is_system_administrator(user: AbstractBaseUser, event: AuditEvent | None = None) -> bool:
    return user.is_authenticated and user.has_role("system_administrator")


@rules.predicate
def is_technical(user: AbstractBaseUser, event: AuditEvent | None = None) -> bool:
    """Without an event the question is about the page: it shows technical events at least."""
    return event is None or event.target_type.split(".")[0] in TECHNICAL_APPS


can_view = reads_all | (is_system_administrator & is_technical)

rules.add_perm("audit.view_auditevent", can_view)
rules.add_perm("audit.export_auditevent", can_view)
