"""Who sees an OPD's map held against what it declares, and who may remind.

The Inspectorate and auditors see every OPD; the head and the officer of an OPD see theirs. Only
the head has the desk, and only the head reminds. What a number counts is decided by the
`visible_to` of the thing counted.
"""

from typing import TYPE_CHECKING, Any

import rules

from people.roles import Role
from review.conflict_free import bars_of

if TYPE_CHECKING:
    import datetime

    from people.models import Opd, User

OVERSEERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


@rules.predicate
def oversees(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(*OVERSEERS)


@rules.predicate
def heads(user: "User", opd: "Opd | None" = None) -> bool:
    """Without an OPD: any; with one: that."""
    return user.has_role(Role.OPD_HEAD, opd)


@rules.predicate
def is_officer(user: "User", opd: "Opd | None" = None) -> bool:
    return user.has_role(Role.OPD_OFFICER, opd)


def may_work_on(
    user: "User", subject: "User | None", opd: "Opd | None", on: "datetime.date"
) -> bool:
    """Conflict-free: not about oneself, kin, one's OPD of the last two years, one's superior.

    Says nothing of roles. The database holds the same for cases (`models.case_wall`).
    """
    return not bars_of(user, on=on).against(subject, opd)


rules.add_perm("review.view_province", oversees)
rules.add_perm("review.view_opd", oversees | heads | is_officer)
rules.add_perm("review.view_desk", heads)
rules.add_perm("review.add_nudge", heads)
