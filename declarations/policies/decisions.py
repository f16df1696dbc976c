"""Who may do what to a superior's decision (F5)."""

from typing import Any

import rules

from declarations import states
from declarations.policies.base import audits, inspects


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
        "opd_officer", decision.opd_id
    )


@rules.predicate
def steps_in(user: Any, decision: Any) -> bool:
    """Named as the replacement: they have to know what they take over."""
    return decision.measures.filter(replacement=user).exists()


writes = is_decider & still_handles & ~is_about
can_view = is_decider | (
    was_signed & (is_about | inspects | audits | officer_may_read | steps_in)
)

rules.add_perm("declarations.view_superiordecision", can_view)
rules.add_perm("declarations.change_superiordecision", writes)
for transition in states.DECISION_TRANSITIONS:
    rules.add_perm(transition.permission, writes)
