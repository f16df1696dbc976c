"""Who may do what with a case: a role, and nothing that ties them to whom it is about.

Recommending and deciding are two people (four eyes); the chief inspector decides. An auditor
reads. The superior and the declarant see only the questions that are put to them.
"""

from typing import Any

import rules
from django.utils import timezone

from people.roles import Role
from review import states
from review.conflict_free import bars_of


@rules.predicate
def reads_cases(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


@rules.predicate
def works_on_cases(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR)


@rules.predicate
def leads(user: Any, _target: Any = None) -> bool:
    return user.has_role(Role.CHIEF_INSPECTOR)


@rules.predicate
def is_conflict_free(user: Any, case: Any) -> bool:
    bars = bars_of(user, on=timezone.localdate())
    return not bars.against(case.subject_id, case.opd_id, key=case.subject_key)


@rules.predicate
def is_assignee(user: Any, case: Any) -> bool:
    return case.assignee_id == user.pk


@rules.predicate
def has_recommended(user: Any, case: Any) -> bool:
    return case.recommended_by_id == user.pk


@rules.predicate
def is_addressee(user: Any, request: Any) -> bool:
    return request.addressee_id == user.pk


can_view = reads_cases & is_conflict_free
reviews = works_on_cases & is_conflict_free & is_assignee
judges = leads & is_conflict_free & ~has_recommended

rules.add_perm("review.list_case", reads_cases)
rules.add_perm("review.work_on_cases", works_on_cases)
rules.add_perm("review.lead_cases", leads)
rules.add_perm("review.view_case", can_view)
rules.add_perm("review.note_case", works_on_cases & is_conflict_free)
rules.add_perm(states.CLAIM.permission, works_on_cases & is_conflict_free)
rules.add_perm(states.ASSIGN.permission, leads & is_conflict_free)
rules.add_perm(
    states.RELEASE.permission, (works_on_cases & is_assignee) | (leads & is_conflict_free)
)
for _transition in (states.ASK, states.RESUME, states.RECOMMEND):
    rules.add_perm(_transition.permission, reviews)
for _transition in (states.RETURN, states.DECIDE):
    rules.add_perm(_transition.permission, judges)
for _transition in (states.CLOSE, states.REOPEN):
    rules.add_perm(_transition.permission, leads & is_conflict_free)
rules.add_perm("review.hand_over_case", leads & is_conflict_free)
# The questions: whom they are put to, nobody else; inspectors read them in the case.
rules.add_perm("review.view_caserequest", is_addressee)
rules.add_perm("review.answer_caserequest", is_addressee)
