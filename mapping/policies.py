"""Who may do what with risk maps and their lists.

The OPD draws its map: its officer and its head; only the head signs. The Inspectorate reviews,
never the map of its own OPD; the Inspectorate's map is reviewed by the head of the regional
secretariat. Auditors read. Everybody in an OPD may read the map in force there. Administrators
keep the portal running and read no map by that role.
"""

from typing import TYPE_CHECKING, Any

import rules

from mapping.states import (
    APPROVE,
    CANCEL,
    CONFIRM,
    REFUSE,
    REPORT,
    RETURN,
    REVIEW,
    SIGN,
    MapState,
)
from people.models import Opd
from people.roles import Role

if TYPE_CHECKING:
    from mapping.models import Control, RiskMap
    from people.models import User

OVERSEERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


# --- Lists -----------------------------------------------------------------------------------


@rules.predicate
def administers(user: Any, _target: Any = None) -> bool:
    return user.has_role(Role.SYSTEM_ADMINISTRATOR)


@rules.predicate
def keeps_organisation(user: Any, _target: Any = None) -> bool:
    return user.has_any_role(Role.SYSTEM_ADMINISTRATOR, Role.HR_ADMINISTRATOR)


@rules.predicate
def oversees(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(*OVERSEERS)


# --- Maps ------------------------------------------------------------------------------------


def works_in(user: "User", opd_id: int) -> bool:
    return opd_id in user.standing.opd_ids


def leads_secretariat(user: "User") -> bool:
    """Above the Inspectorate stands the regional secretary, who reviews its map."""
    return Opd.Kind.REGIONAL_SECRETARIAT in user.standing.headed_opd_kinds


@rules.predicate
def heads(user: "User", thing: Any) -> bool:
    return user.has_role(Role.OPD_HEAD, thing.opd_id)


@rules.predicate
def draws(user: "User", thing: Any) -> bool:
    return heads.test(user, thing) or user.has_role(Role.OPD_OFFICER, thing.opd_id)


@rules.predicate
def draws_some(user: "User", target: Any = None) -> bool:
    """Without an OPD: of any; with one: of that."""
    if target is None:
        return bool(user.standing.headed_opd_ids | user.standing.officer_opd_ids)
    return user.has_role(Role.OPD_HEAD, target) or user.has_role(Role.OPD_OFFICER, target)


@rules.predicate
def belongs_to(user: "User", thing: Any) -> bool:
    return works_in(user, thing.opd_id) or draws.test(user, thing)


@rules.predicate
def reviews_opd(user: "User", risk_map: "RiskMap") -> bool:
    if user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR):
        return True
    return risk_map.opd.kind == Opd.Kind.INSPECTORATE and leads_secretariat(user)


@rules.predicate
def was_sent(_user: "User", risk_map: "RiskMap") -> bool:
    return risk_map.state != MapState.DRAFT


@rules.predicate
def is_in_force(_user: "User", risk_map: "RiskMap") -> bool:
    return risk_map.state == MapState.APPROVED


@rules.predicate
def works_there(user: "User", thing: Any) -> bool:
    return works_in(user, thing.opd_id)


watches = oversees | reviews_opd
reviews = reviews_opd & ~belongs_to
can_view = draws | (watches & was_sent) | (works_there & is_in_force)

rules.add_perm("mapping.change_conflictsource", administers)
rules.add_perm("mapping.view_riskscale", administers | oversees)
rules.add_perm("mapping.change_riskscale", administers)
rules.add_perm("mapping.list_riskmap", rules.always_true)
rules.add_perm("mapping.add_riskmap", draws_some)
rules.add_perm("mapping.view_riskmap", can_view)
rules.add_perm("mapping.change_riskmap", draws)
rules.add_perm("mapping.reopen_riskmap", heads)
rules.add_perm("mapping.comment_riskmap", reviews & was_sent)
rules.add_perm(SIGN.permission, heads)
rules.add_perm(REVIEW.permission, reviews & was_sent)
rules.add_perm(RETURN.permission, reviews & was_sent)
rules.add_perm(APPROVE.permission, reviews & was_sent)
rules.add_perm("mapping.view_province", oversees)
rules.add_perm("mapping.merge_riskmaps", keeps_organisation)


# --- Controls --------------------------------------------------------------------------------


@rules.predicate
def is_in_charge(user: "User", control: "Control") -> bool:
    return control.owner_post_id in user.standing.post_ids


@rules.predicate
def reported_it(user: "User", control: "Control") -> bool:
    return control.done_by_id == user.pk


rules.add_perm("mapping.view_control", draws | oversees | is_in_charge)
rules.add_perm("mapping.change_control", draws)
rules.add_perm(REPORT.permission, draws | is_in_charge)
rules.add_perm(CONFIRM.permission, draws & ~reported_it)
rules.add_perm(REFUSE.permission, draws)
rules.add_perm(CANCEL.permission, draws)
