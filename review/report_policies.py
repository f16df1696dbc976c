"""Who may handle reports from others, and keep the register of former officials.

Inspectors handle them, the chief inspector decides. A report that the wall keeps from all of them
is the regional secretary's: to check, to find not eligible, to pass on to another body, or, by
settling who is meant, to give back (fact sheet of the domain, 4.5).

A report is invisible to everybody it may be about, their line, kin and OPD: the wall is a
queryset, so that lists and single reports can't differ. Auditors and system administrators
read no report.
"""

from typing import TYPE_CHECKING, Any

import rules

from mapping.policies import leads_secretariat
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
def lists_reports(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(*HANDLERS) or leads_secretariat(user)


@rules.predicate
def is_secretary(user: "User", _target: Any = None) -> bool:
    return leads_secretariat(user)


@rules.predicate
def can_handle(user: "User", report: Any) -> bool:
    """Asked once for each instance; whoever locks a row holds a new one."""
    answers = report.__dict__.setdefault("_may_handle", {})
    if user.pk not in answers:
        seen = type(report)._default_manager.visible_to(user)
        answers[user.pk] = seen.filter(pk=report.pk).exists()
    return answers[user.pk]


def remember(user: "User", report: Any) -> None:
    """`report` was just read from `visible_to(user)`, which has asked already."""
    report.__dict__.setdefault("_may_handle", {})[user.pk] = True


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


rules.add_perm("review.list_conflictreport", lists_reports)
rules.add_perm("review.view_conflictreport", can_handle)
rules.add_perm("review.answer_conflictreport", can_handle)
rules.add_perm("review.mark_reportsubject", can_handle)
rules.add_perm("review.view_reporteridentity", can_handle & (has_taken_it_up | leads_inspectorate))
# The UPG belongs to the Inspectorate, and only its people work on cases.
ROLES = {
    "decide": leads_inspectorate,
    "refer": is_secretary,
    "forward": handles_reports,
    "examine": handles_reports,
    "follow_up": handles_reports,
}
for transition in report_states.REPORT_TRANSITIONS:
    role = ROLES.get(transition.name)
    rules.add_perm(transition.permission, can_handle & role if role else can_handle)

rules.add_perm("review.list_formerofficial", reads_register)
rules.add_perm("review.view_formerofficial", reads_register)
rules.add_perm("review.add_formerofficial", keeps_register)
rules.add_perm("review.change_formerofficial", keeps_register & ~is_oneself)
