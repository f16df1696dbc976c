"""Posts and grants of a day, and the roles that follow."""

import datetime

import pytest
from django.utils import timezone

from people.models import Assignment, Role, RoleGrant, User
from people.standing import Standing
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    PostFactory,
    RoleGrantFactory,
    UserFactory,
    person_with,
)

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize("role", Role)
def test_each_role_alone(role):
    opd = OpdFactory()

    person = person_with(role, opd)

    assert person.roles == {str(role), "declarant"}
    assert person.has_role(role)
    if role in (Role.OPD_OFFICER, Role.OPD_HEAD):
        assert person.has_role(role, opd)
        assert not person.has_role(role, OpdFactory())


def test_a_closed_account_has_no_role():
    assert not person_with(Role.INSPECTOR, is_active=False).has_role(Role.INSPECTOR)


@pytest.mark.parametrize(
    ("starts", "ends", "counts"),
    [(-10, None, True), (0, 0, True), (-10, -1, False), (1, None, False)],
)
def test_a_grant_counts_in_its_period(starts, ends, counts):
    person = UserFactory()
    RoleGrantFactory(
        user=person,
        starts_on=TODAY + datetime.timedelta(days=starts),
        ends_on=None if ends is None else TODAY + datetime.timedelta(days=ends),
    )

    assert Standing.of(person, on=TODAY).has_role(Role.INSPECTOR) is counts


def test_a_withdrawn_grant_does_not_count():
    grant = RoleGrantFactory()
    RoleGrant.objects.update(revoked_at=timezone.now(), revoked_by=UserFactory())

    assert not User.objects.get(pk=grant.user_id).has_role(Role.INSPECTOR)


def test_acting_head_is_head_of_both():
    own, other = OpdFactory(), OpdFactory()
    person = person_with(Role.OPD_HEAD, own)
    AssignmentFactory(
        user=person, post=PostFactory(opd=other, head=True), kind=Assignment.Kind.ACTING
    )

    assert person.standing.headed_opd_ids == {own.pk, other.pk}
    assert person.standing.opd == own


def test_one_query(django_assert_num_queries):
    person = User.objects.get(pk=person_with(Role.SUPERIOR).pk)

    with django_assert_num_queries(1):
        assert person.has_any_role(Role.INSPECTOR, Role.SUPERIOR)
        assert person.standing.post.opd.name
