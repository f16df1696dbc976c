"""Who reads a notice, and who sees what became of an e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

if TYPE_CHECKING:
    from notices.models import Email, Notice
    from people.models import User


@rules.predicate
def is_recipient(user: User, letter: Notice | Email | None = None) -> bool:
    return letter is not None and letter.recipient_id == user.pk


@rules.predicate
def is_system_administrator(user: User, letter: Notice | Email | None = None) -> bool:
    return user.is_authenticated and user.has_role("system_administrator")


can_view_email = is_recipient | is_system_administrator

rules.add_perm("notices.view_notice", is_recipient)
rules.add_perm("notices.view_email", can_view_email)
rules.add_perm("notices.view_outbox", is_system_administrator)
rules.add_perm("notices.retry_email", is_system_administrator)
