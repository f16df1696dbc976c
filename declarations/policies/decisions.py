"""Who may do what to a superior's decision (F5)."""

from typing import Any

import rules

from declarations import states
from declarations.policies.base import audits, inspects
from people.roles import Role


@rules.predicate
def is_decider(user: Any, decision: Any) -> bool:
    return decision.decider_id == user.pk


@rules.predicate
def still_handles(user: Any, decision: Any) -> bool:
    """The turn has not passed on to somebody else meanwhile."""
    return decision.conflict.handler_id == user.pk


@rules.predicate
def is_about(user: Any, decision: Any) -> bool:
    return decision.conflict.declarant_id == user.pk


@rules.predicate
def was_signed(_user: Any, decision: Any) -> bool:
    return decision.signed_at is not None


@rules.predicate
def officer_may_read(user: Any, decision: Any) -> bool:
    return not decision.conflict.is_confidential and user.has_role(
        Role.OPD_OFFICER, decision.opd_id
    )


@rules.predicate
def steps_in(user: Any, decision: Any) -> bool:
    """Named as the replacement: they have to know what they take over, and no more."""
    return decision.measures.filter(replacement=user).exists()


@rules.predicate
def decides_at_all(user: Any) -> bool:
    return user.has_any_role(Role.SUPERIOR, Role.CHIEF_INSPECTOR)


writes = is_decider & still_handles & ~is_about
can_read = is_decider | (was_signed & (is_about | inspects | audits | officer_may_read))
can_view = can_read | (was_signed & steps_in)

rules.add_perm("declarations.list_superiordecision", decides_at_all)
rules.add_perm("declarations.view_superiordecision", can_view)
# The findings and the document; whoever only steps in sees neither.
rules.add_perm("declarations.read_superiordecision", can_read)
rules.add_perm("declarations.change_superiordecision", writes)
for transition in states.DECISION_TRANSITIONS:
    rules.add_perm(transition.permission, writes)
