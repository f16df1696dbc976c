"""The questions that every kind of declaration asks about a person.

Each predicate takes (user, declaration) and says nothing about states that
`declarations.states` already says. `visible_to` of the querysets says the same.
"""

from typing import Any

import rules
from django.utils import timezone

from people import hierarchy
from people.roles import Role


@rules.predicate
def is_declarant(user: Any, declaration: Any) -> bool:
    return declaration.declarant_id == user.pk


@rules.predicate
def is_superior(user: Any, declaration: Any) -> bool:
    """The nearest superior of the declarant today (a vacant seat is passed over)."""
    if not user.has_role(Role.SUPERIOR):
        return False
    chain = hierarchy.superior_ids([declaration.declarant_id], on=timezone.localdate())
    return chain[declaration.declarant_id][:1] == [user.pk]


@rules.predicate
def is_opd_officer(user: Any, declaration: Any) -> bool:
    return user.has_role(Role.OPD_OFFICER, declaration.opd_id)


@rules.predicate
def heads_opd(user: Any, declaration: Any) -> bool:
    return user.has_role(Role.OPD_HEAD, declaration.opd_id)


@rules.predicate
def inspects(user: Any, declaration: Any) -> bool:
    return user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR)


@rules.predicate
def audits(user: Any, declaration: Any) -> bool:
    return user.has_role(Role.AUDITOR)


@rules.predicate
def was_sent(user: Any, declaration: Any) -> bool:
    """Left the declarant's desk at least once: a draft is nobody else's business."""
    return declaration.sent_at is not None
