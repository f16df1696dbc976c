"""Who sees flags and scores, judges them, and changes rules.

A flag is seen by inspectors, the chief inspector and auditors who are free of conflict with
everybody it rests on; never by the declarant's colleagues. The declarant reads a question that
an inspector put to them, and answers it.
"""

from typing import Any

import rules
from django.utils import timezone

from people.roles import Role
from review.case_policies import is_addressee, leads, reads_cases, works_on_cases
from review.conflict_free import bars_of
from review.flag_states import ON_REPORT


@rules.predicate
def is_apart(user: Any, flag: Any) -> bool:
    """Not about oneself, kin, the own OPD or superior, nor resting on what they declared.

    Nor on a report that is kept from them: the same queryset answers for the list and for one.
    """
    bars = bars_of(user, on=timezone.localdate())
    if bars.against(flag.subject, flag.opd_id):
        return False
    if flag.rule == ON_REPORT and _is_kept(user, flag):
        return False
    return not {user.pk, *bars.kin}.intersection(flag.people)


def _is_kept(user: Any, flag: Any) -> bool:
    return type(flag)._default_manager.kept_from(user).filter(pk=flag.pk).exists()


@rules.predicate
def reads_rules(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


@rules.predicate
def audits(user: Any, _target: Any = None) -> bool:
    return user.has_role(Role.AUDITOR)


rules.add_perm("review.list_flag", reads_cases)
rules.add_perm("review.view_flag", reads_cases & is_apart)
rules.add_perm("review.judge_flag", works_on_cases & is_apart)
rules.add_perm("review.view_rule", reads_rules)
rules.add_perm("review.change_rule", leads)
rules.add_perm("review.draw_nilsample", leads)
# Seed and population together tell whose register was drawn: not for those who review.
rules.add_perm("review.list_nilsample", leads | audits)
rules.add_perm("review.view_flagreply", is_addressee)
rules.add_perm("review.answer_flagreply", is_addressee)
