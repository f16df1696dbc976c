"""Who sees an OPD's map held against what it declares, and who may remind.

The Inspectorate and auditors see every OPD; the head and the officer of an OPD see theirs. Only
the head has the desk, and only the head reminds. What a number counts is decided by the
`visible_to` of the thing counted.
"""

from typing import TYPE_CHECKING, Any

import rules

from people.roles import Role

if TYPE_CHECKING:
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


rules.add_perm("review.view_province", oversees)
rules.add_perm("review.view_opd", oversees | heads | is_officer)
rules.add_perm("review.view_desk", heads)
rules.add_perm("review.add_nudge", heads)
