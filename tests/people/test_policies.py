"""Every permission by role and relation, in one table; lists say what the policies say."""

import pytest
from rules.permissions import permissions

from people.models import Assignment, Role, RoleGrant, User
from people.policies import PROTECTED
from tests.people.factories import OpdFactory, UserFactory, person_with

pytestmark = pytest.mark.django_db
HR, SYS, CHIEF = Role.HR_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.CHIEF_INSPECTOR
READERS = {HR, SYS, CHIEF, Role.INSPECTOR, Role.AUDITOR}
ADMINISTRATORS = {HR, SYS}
# Who may do it to a plain colleague; to a protected one (of PROTECTED); to themselves.
TO_PEOPLE = {
    "view": (READERS, READERS, set(Role)),
    **{
        verb: (ADMINISTRATORS, {SYS}, set())
        for verb in (
            "change", "change_nip_of", "deactivate", "reactivate", "end_sessions_of",
            "reset_second_factor_of", "make_code_for",
        )
    },
}  # fmt: skip
WITHOUT_OBJECT = {
    "people.list_user": READERS,
    "people.add_user": ADMINISTRATORS,
    "people.import_user": ADMINISTRATORS,
    "people.list_opd": READERS,
    "people.view_opd": READERS,
    "people.view_post": READERS,
    "people.add_opd": ADMINISTRATORS,
    "people.change_opd": ADMINISTRATORS,
    "people.close_opd": ADMINISTRATORS,
    "people.add_post": ADMINISTRATORS,
    "people.change_post": ADMINISTRATORS,
    "people.oblige_post": ADMINISTRATORS | {CHIEF},
    "people.list_holiday": ADMINISTRATORS,
    "people.add_holiday": ADMINISTRATORS,
    "people.change_holiday": ADMINISTRATORS,
    "people.delete_holiday": ADMINISTRATORS,
}
GIVERS = {
    Role.SYSTEM_ADMINISTRATOR: {SYS},
    Role.HR_ADMINISTRATOR: {SYS},
    Role.CHIEF_INSPECTOR: {SYS},
    Role.INSPECTOR: {CHIEF},
    Role.AUDITOR: {CHIEF},
    Role.OPD_OFFICER: ADMINISTRATORS,
}
OF_ROWS = {
    "people.add_rolegrant", "people.revoke_rolegrant", "people.add_assignment",
    "people.end_assignment",
}  # fmt: skip


@pytest.fixture(params=Role, ids=str)
def actor(request):
    return request.param, person_with(request.param)


def test_towards_people(actor):
    role, user = actor
    plain, watchers = UserFactory(), [person_with(each) for each in sorted(PROTECTED)]

    for verb, (to_plain, to_watchers, to_self) in TO_PEOPLE.items():
        name = f"people.{verb}_user"
        assert user.has_perm(name, plain) is (role in to_plain), name
        assert user.has_perm(name, user) is (role in to_self), name
        for watcher in watchers:
            assert user.has_perm(name, watcher) is (role in to_watchers), (name, watcher.roles)


def test_without_object(actor):
    role, user = actor

    allowed = {name for name in WITHOUT_OBJECT if user.has_perm(name)}

    assert allowed == {name for name, roles in WITHOUT_OBJECT.items() if role in roles}


@pytest.mark.parametrize("given", GIVERS)
def test_roles_are_given_by_one_kind_of_person_never_to_oneself(actor, given):
    role, user = actor
    for name in ("people.add_rolegrant", "people.revoke_rolegrant"):
        to_other = RoleGrant(user=UserFactory(), role=given)
        assert user.has_perm(name, to_other) is (role in GIVERS[given])
        assert not user.has_perm(name, RoleGrant(user=user, role=given))


def test_posts_are_given_by_administrators_never_to_oneself(actor):
    role, user = actor
    for name in ("people.add_assignment", "people.end_assignment"):
        assert user.has_perm(name, Assignment(user=UserFactory())) is (role in ADMINISTRATORS)
        assert not user.has_perm(name, Assignment(user=user))


def test_table_is_complete():
    tested = set(WITHOUT_OBJECT) | OF_ROWS | {f"people.{verb}_user" for verb in TO_PEOPLE}

    assert {name for name in permissions if name.startswith("people.")} == tested


def test_lists_say_what_the_policy_says(actor):
    _role, user = actor
    for other in (user, UserFactory(), person_with(Role.AUDITOR, OpdFactory())):
        listed = User.objects.visible_to(user).filter(pk=other.pk).exists()
        assert listed == user.has_perm("people.view_user", other)


def test_closed_accounts_may_nothing():
    user = person_with(Role.SYSTEM_ADMINISTRATOR, is_active=False)

    assert not any(user.has_perm(name) for name in WITHOUT_OBJECT)


def test_nobody_stands_above_the_policies():
    user = person_with()
    user.is_superuser = True

    assert not user.has_perm("people.change_user", UserFactory())
    assert not user.has_perms(["people.list_user"])
