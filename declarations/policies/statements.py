"""Who may do what to a statement before a decision (F2)."""

from typing import Any

import rules

from declarations import states
from declarations.policies.base import (
    audits,
    heads_opd,
    inspects,
    is_declarant,
    is_opd_officer,
    is_superior,
    was_sent,
)
from people.roles import Role


@rules.predicate
def reads_statements_of_others(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(
        Role.SUPERIOR,
        Role.OPD_OFFICER,
        Role.OPD_HEAD,
        Role.INSPECTOR,
        Role.CHIEF_INSPECTOR,
        Role.AUDITOR,
    )


reads_sent = was_sent & (is_opd_officer | heads_opd | inspects | audits | is_superior)
can_view = is_declarant | reads_sent

rules.add_perm("declarations.view_decisionstatement", can_view)
# A likeness tells what somebody declared in the register: for its readers only.
rules.add_perm(
    "declarations.view_likenesses_decisionstatement",
    is_declarant | (was_sent & (is_opd_officer | inspects | audits | is_superior)),
)
# Lists, without an object: who reads statements of others at all.
rules.add_perm("declarations.list_statements_of_others", reads_statements_of_others)
rules.add_perm("declarations.change_decisionstatement", is_declarant)
for transition in states.STATEMENT_TRANSITIONS:
    rules.add_perm(transition.permission, is_declarant)
