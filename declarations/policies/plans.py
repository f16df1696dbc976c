"""Who may do what to a control plan (F6), its tasks and its evaluation (F7)."""

from typing import Any

import rules

from declarations import states
from declarations.policies.base import audits, inspects
from people.roles import Role


@rules.predicate
def leads_plan(user: Any, plan: Any) -> bool:
    """The superior who has the case: who decided, until somebody took over from them."""
    conflict = plan.conflict
    return conflict.handler_id == user.pk != conflict.declarant_id


@rules.predicate
def decided(user: Any, plan: Any) -> bool:
    """Reads on what follows from the own decision, also after somebody took over."""
    conflict = plan.conflict
    return plan.decision.decider_id == user.pk != conflict.declarant_id


@rules.predicate
def is_controlled(user: Any, plan: Any) -> bool:
    return plan.conflict.declarant_id == user.pk


@rules.predicate
def was_started(_user: Any, plan: Any) -> bool:
    return plan.started_at is not None


@rules.predicate
def has_task(user: Any, plan: Any) -> bool:
    return plan.tasks.filter(owner=user).exists()


@rules.predicate
def officer_may_read(user: Any, plan: Any) -> bool:
    return not plan.conflict.is_confidential and user.has_role(Role.OPD_OFFICER, plan.opd_id)


can_view = (
    leads_plan
    | decided
    | (was_started & (is_controlled | has_task | inspects | audits | officer_may_read))
)

rules.add_perm("declarations.view_controlplan", can_view)
rules.add_perm("declarations.change_controlplan", leads_plan)
rules.add_perm("declarations.agree_controlplan", is_controlled & was_started)
rules.add_perm("declarations.evaluate_controlplan", leads_plan)
for transition in states.PLAN_TRANSITIONS:
    rules.add_perm(transition.permission, leads_plan)


@rules.predicate
def writes_evaluation(user: Any, draft: Any) -> bool:
    return leads_plan.test(user, draft.plan)


rules.add_perm("declarations.change_evaluationdraft", writes_evaluation)


@rules.predicate
def owns_task(user: Any, task: Any) -> bool:
    return task.owner_id == user.pk


@rules.predicate
def leads_task(user: Any, task: Any) -> bool:
    return leads_plan.test(user, task.plan)


@rules.predicate
def sees_plan(user: Any, task: Any) -> bool:
    return can_view.test(user, task.plan)


@rules.predicate
def is_under_the_plan(user: Any, task: Any) -> bool:
    return is_controlled.test(user, task.plan)


# Nobody confirms what they did themselves, and nobody whom the plan controls confirms
# anything in it. The superior's own task is therefore confirmed by an inspector.
judges = (leads_task | inspects) & ~owns_task & ~is_under_the_plan

rules.add_perm("declarations.view_controltask", owns_task | sees_plan)
rules.add_perm("declarations.change_controltask", owns_task)
rules.add_perm(states.TASK_REPORT.permission, owns_task)
rules.add_perm(states.TASK_CONFIRM.permission, judges)
rules.add_perm(states.TASK_REFUSE.permission, judges)
rules.add_perm(states.TASK_CANCEL.permission, leads_task)
