"""Who may do what to a declaration of conflict (F3)."""

from typing import Any

import rules

from declarations import states
from declarations.policies.base import audits, inspects, is_declarant, is_opd_officer, was_sent
from people.roles import Role


@rules.predicate
def is_handler(user: Any, conflict: Any) -> bool:
    """The superior whose turn it is; never the declarant, by a constraint as well."""
    return conflict.handler_id == user.pk


@rules.predicate
def has_decided(user: Any, conflict: Any) -> bool:
    return conflict.decisions.filter(decider=user).exclude(state="discarded").exists()


@rules.predicate
def is_confidential(_user: Any, conflict: Any) -> bool:
    return conflict.is_confidential


@rules.predicate
def leads_inspectorate(user: Any, _conflict: Any) -> bool:
    return user.has_role(Role.CHIEF_INSPECTOR)


@rules.predicate
def reads_conflicts_of_others(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(
        Role.SUPERIOR, Role.OPD_OFFICER, Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR
    )


reads_sent = was_sent & (
    is_handler | inspects | audits | (is_opd_officer & ~is_confidential) | has_decided
)
can_view = is_declarant | reads_sent

rules.add_perm("declarations.view_conflictdeclaration", can_view)
rules.add_perm("declarations.change_conflictdeclaration", is_declarant)
for transition in (
    states.CONFLICT_SEND,
    states.CONFLICT_COMPLETE,
    states.CONFLICT_WITHDRAW,
    states.CONFLICT_SUPERSEDE,
):
    rules.add_perm(transition.permission, is_declarant)
for transition in (
    states.CONFLICT_REVIEW,
    states.CONFLICT_ASK_DATA,
    states.CONFLICT_FIND,
    states.CONFLICT_CLEAR,
    states.CONFLICT_CONTROL,
    states.CONFLICT_CLOSE,
    states.CONFLICT_ESCALATE,
):
    rules.add_perm(transition.permission, is_handler)
# Lists, without an object: who reads declarations of others at all.
rules.add_perm("declarations.list_conflicts_of_others", reads_conflicts_of_others)
rules.add_perm(states.CONFLICT_REOPEN.permission, inspects & ~is_declarant)
rules.add_perm(states.CONFLICT_TAKE_OVER.permission, leads_inspectorate & ~is_declarant)
