"""Who may do what to a register of interests (F1)."""

from typing import Any

import rules

from declarations import states
from declarations.policies.base import (
    audits,
    inspects,
    is_declarant,
    is_opd_officer,
    is_superior,
    was_sent,
)
from people.roles import Role


@rules.predicate
def is_somebodys_officer(user: Any, _target: Any = None) -> bool:
    return user.has_role(Role.OPD_OFFICER)


@rules.predicate
def is_somebodys_superior(user: Any, _target: Any = None) -> bool:
    return user.has_role(Role.SUPERIOR)


@rules.predicate
def reads_others(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(
        Role.OPD_OFFICER, Role.SUPERIOR, Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR
    )


can_view = is_declarant | (was_sent & (is_opd_officer | inspects | audits | is_superior))
checks = was_sent & ~is_declarant & is_opd_officer

rules.add_perm("declarations.view_interestregister", can_view)
rules.add_perm("declarations.change_interestregister", is_declarant)
rules.add_perm("declarations.acknowledge_interestregister", was_sent & ~is_declarant & is_superior)
# Lists, without an object: who has such a list at all.
rules.add_perm("declarations.list_registers", reads_others)
rules.add_perm("declarations.list_checks", is_somebodys_officer)
rules.add_perm("declarations.list_acknowledgements", is_somebodys_superior)
for transition in (states.REGISTER_SEND, states.REGISTER_RESUME, states.REGISTER_WITHDRAW):
    rules.add_perm(transition.permission, is_declarant)
for transition in (states.REGISTER_RETURN, states.REGISTER_ACCEPT):
    rules.add_perm(transition.permission, checks)
# Follow from another step or from the calendar: nobody's own to take.
for transition in (states.REGISTER_RENEW, states.REGISTER_EXPIRE):
    rules.add_perm(transition.permission, rules.always_deny)
