"""Who may read the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from audit import veils

if TYPE_CHECKING:
    from audit.models import AuditEvent
    from people.models import User

# What a system administrator looks after; declarations and their documents are not among it.
TECHNICAL_APPS = ("people", "jobs", "notices", "audit")
READERS_OF_ALL = ("auditor", "chief_inspector")


@rules.predicate
def reads_all(user: User, event: AuditEvent | None = None) -> bool:
    return user.is_authenticated and any(user.has_role(role) for role in READERS_OF_ALL)


@rules.predicate
def is_system_administrator(user: User, event: AuditEvent | None = None) -> bool:
    return user.is_authenticated and user.has_role("system_administrator")


@rules.predicate
def is_technical(user: User, event: AuditEvent | None = None) -> bool:
    """Without an event the question is about the page: it shows technical events at least."""
    return event is None or event.target_type.split(".")[0] in TECHNICAL_APPS


@rules.predicate
def is_unveiled(user: User, event: AuditEvent | None = None) -> bool:
    """Not about something that is kept from this reader of everything (`audit.veils`)."""
    if event is None:
        return True
    events = type(event)._default_manager.filter(pk=event.pk)
    return not any(events.filter(veil(user)).exists() for veil in veils.all_of())


can_view = (reads_all | (is_system_administrator & is_technical)) & is_unveiled

rules.add_perm("audit.view_auditevent", can_view)
rules.add_perm("audit.export_auditevent", can_view)
