"""Who may manage people, posts and roles.

Nobody manages themselves. The accounts of those who watch over others (inspectors, auditors,
the system administrator) are out of reach of the HR administrator, so that the watched can't
switch off the watcher; and each kind of role has one kind of person who may give it.
"""

from typing import TYPE_CHECKING, Any

import rules

from people.roles import Role

if TYPE_CHECKING:
    from people.models import RoleGrant, User

READERS = (
    Role.HR_ADMINISTRATOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.CHIEF_INSPECTOR,
    Role.INSPECTOR,
    Role.AUDITOR,
)
PROTECTED = frozenset(
    {Role.SYSTEM_ADMINISTRATOR, Role.CHIEF_INSPECTOR, Role.INSPECTOR, Role.AUDITOR}
)
# Who may give and withdraw a role.
GRANTED_BY: dict[str, tuple[Role, ...]] = {
    Role.SYSTEM_ADMINISTRATOR: (Role.SYSTEM_ADMINISTRATOR,),
    Role.HR_ADMINISTRATOR: (Role.SYSTEM_ADMINISTRATOR,),
    Role.CHIEF_INSPECTOR: (Role.SYSTEM_ADMINISTRATOR,),
    Role.INSPECTOR: (Role.CHIEF_INSPECTOR,),
    Role.AUDITOR: (Role.CHIEF_INSPECTOR,),
    Role.OPD_OFFICER: (Role.HR_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR),
}


@rules.predicate
def reads_people(user: "User", _target: Any = None) -> bool:
    return user.has_any_role(*READERS)


@rules.predicate
def is_oneself(user: "User", target: "User | None") -> bool:
    return target is not None and target.pk == user.pk


@rules.predicate
def is_hr_administrator(user: "User", _target: Any = None) -> bool:
    return user.has_role(Role.HR_ADMINISTRATOR)


@rules.predicate
def is_system_administrator(user: "User", _target: Any = None) -> bool:
    return user.has_role(Role.SYSTEM_ADMINISTRATOR)


@rules.predicate
def is_chief_inspector(user: "User", _target: Any = None) -> bool:
    return user.has_role(Role.CHIEF_INSPECTOR)


@rules.predicate
def is_protected(_user: "User", target: "User | None") -> bool:
    return target is not None and bool(target.roles & PROTECTED)


@rules.predicate
def holds_it(user: "User", row: Any) -> bool:
    """The grant or assignment is one's own."""
    return row is not None and row.user_id == user.pk


@rules.predicate
def may_give_role(user: "User", grant: "RoleGrant | None") -> bool:
    if grant is None:
        return any(role in user.roles for givers in GRANTED_BY.values() for role in givers)
    return user.has_any_role(*GRANTED_BY.get(grant.role, ()))


is_administrator = is_hr_administrator | is_system_administrator
manages = ~is_oneself & (is_system_administrator | (is_hr_administrator & ~is_protected))

rules.add_perm("people.list_user", reads_people)
rules.add_perm("people.view_user", is_oneself | reads_people)
rules.add_perm("people.add_user", is_administrator)
rules.add_perm("people.import_user", is_administrator)
for verb in (
    "change", "change_nip_of", "deactivate", "reactivate", "end_sessions_of",
    "reset_second_factor_of", "make_code_for",
):  # fmt: skip
    rules.add_perm(f"people.{verb}_user", manages)
rules.add_perm("people.add_rolegrant", may_give_role & ~holds_it)
rules.add_perm("people.revoke_rolegrant", may_give_role & ~holds_it)
rules.add_perm("people.add_assignment", is_administrator & ~holds_it)
rules.add_perm("people.end_assignment", is_administrator & ~holds_it)
rules.add_perm("people.list_opd", reads_people)
rules.add_perm("people.view_opd", reads_people)
rules.add_perm("people.view_post", reads_people)
for name in ("add_opd", "change_opd", "close_opd", "add_post", "change_post"):
    rules.add_perm(f"people.{name}", is_administrator)
rules.add_perm("people.oblige_post", is_administrator | is_chief_inspector)
rules.add_perm("people.list_holiday", is_administrator)
for name in ("add_holiday", "change_holiday", "delete_holiday"):
    rules.add_perm(f"people.{name}", is_administrator)
