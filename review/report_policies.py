"""Who may handle reports from others, and keep the register of former officials.

Inspectors handle them, the chief inspector decides. A report is invisible to everybody it may be
about, their line, kin and OPD: the wall is a queryset, so that lists and single reports can't
differ. Auditors and system administrators read no report.
"""

from typing import TYPE_CHECKING, Any

import rules

from people.roles import Role
from review import report_states
from review.report_querysets import HANDLERS

if TYPE_CHECKING:
    from people.models import User

KEEPERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.HR_ADMINISTRATOR)


@rules.predicate
def handles_reports(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(*HANDLERS)


@rules.predicate
def leads_inspectorate(user: "User", _target: Any = None) -> bool:
    return user.has_role(Role.CHIEF_INSPECTOR)


@rules.predicate
def is_outside_the_wall(user: "User", report: Any) -> bool:
    """Asked once for each instance; whoever locks a row holds a new one."""
    answers = report.__dict__.setdefault("_outside_the_wall", {})
    if user.pk not in answers:
        inside = type(report)._default_manager.kept_from(user)
        answers[user.pk] = not inside.filter(pk=report.pk).exists()
    return answers[user.pk]


def remember(user: "User", report: Any) -> None:
    """`report` was just read from `visible_to(user)`, which has asked already."""
    report.__dict__.setdefault("_outside_the_wall", {})[user.pk] = True


@rules.predicate
def has_taken_it_up(user: "User", report: Any) -> bool:
    return report.verified_by_id == user.pk


@rules.predicate
def is_oneself(user: "User", official: Any) -> bool:
    return official is not None and official.user_id == user.pk


@rules.predicate
def keeps_register(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(*KEEPERS)


@rules.predicate
def reads_register(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(*KEEPERS, Role.AUDITOR)


can_handle = handles_reports & is_outside_the_wall

rules.add_perm("review.list_conflictreport", handles_reports)
rules.add_perm("review.view_conflictreport", can_handle)
rules.add_perm("review.answer_conflictreport", can_handle)
rules.add_perm("review.mark_reportsubject", can_handle)
rules.add_perm("review.view_reporteridentity", can_handle & (has_taken_it_up | leads_inspectorate))
for transition in report_states.REPORT_TRANSITIONS:
    rules.add_perm(
        transition.permission,
        can_handle & leads_inspectorate if transition is report_states.DECIDE else can_handle,
    )

rules.add_perm("review.list_formerofficial", reads_register)
rules.add_perm("review.view_formerofficial", reads_register)
rules.add_perm("review.add_formerofficial", keeps_register)
rules.add_perm("review.change_formerofficial", keeps_register & ~is_oneself)
