"""Prepared queries: compiled once, answered for each person as the queryset itself would."""

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Role, User
from people.prepared import (
    DependsOnMoreError,
    _compiled,
    kept_by_roles,
    prepared,
    prepared_by_roles,
)
from statements.views import DocumentListView
from tests.people.factories import AssignmentFactory, OpdFactory, RoleGrantFactory, UserFactory

pytestmark = pytest.mark.django_db


@prepared
def themselves(user):
    return User.objects.filter(pk=user.pk)


@prepared_by_roles
def colleagues(user, letter):
    """What an officer sees of the OPDs, by the facts that a prepared query may depend on."""
    found = User.objects.filter(
        assignments__post__opd__in=user.standing.officer_opd_ids, name__startswith=letter
    )
    return found.exclude(pk=user.pk).select_related().order_by("name")


def test_each_person_gets_their_own_rows_of_one_compiled_query(django_assert_num_queries):
    first, second = UserFactory(), UserFactory()
    assert themselves.rows(first) == [first]
    compiled = _compiled.cache_info().misses

    with django_assert_num_queries(1):
        assert themselves.rows(second) == [second]

    assert _compiled.cache_info().misses == compiled
    assert themselves.count(second) == 1


@prepared
def visible_person(user, key):
    return User.objects.exclude(pk=user.pk).filter(pk=key)


def test_one_row_is_found_by_its_key_and_only_if_the_person_may():
    first, second = UserFactory(), UserFactory()

    assert visible_person.one(first, second.pk) == second
    assert visible_person.one(second, first.pk) == first
    assert visible_person.one(first, first.pk) is None


def test_what_is_kept_by_roles_is_shared_by_them_and_knows_no_more():
    officer, plain = RoleGrantFactory(role=Role.OPD_OFFICER, opd=OpdFactory()).user, UserFactory()
    roles_of = kept_by_roles(lambda user: (object(), user.has_role(Role.OPD_OFFICER)))

    assert roles_of(officer)[1]
    assert not roles_of(plain)[1]
    assert roles_of(plain) is roles_of(UserFactory())
    for nosy in (lambda user: user.name, lambda user: list(User.objects.all())):
        with pytest.raises(DependsOnMoreError):
            kept_by_roles(nosy)(plain)


def test_what_the_query_depends_on_makes_another_query():
    officer = RoleGrantFactory(role=Role.OPD_OFFICER, opd=OpdFactory()).user
    other = RoleGrantFactory(role=Role.OPD_OFFICER, opd=OpdFactory()).user
    theirs = AssignmentFactory(post__opd=officer.role_grants.get().opd, user__name="Ani").user

    assert colleagues.rows(officer, "A") == [theirs]
    assert colleagues.rows(officer, "B") == []
    assert colleagues.rows(other, "A") == []
    assert colleagues.rows(UserFactory(), "A") == []  # an empty set: no query at all
    assert colleagues.count(UserFactory(), "A") == 0


@pytest.mark.parametrize(
    "build",
    [
        lambda user: User.objects.filter(name=user.name),
        lambda user: User.objects.filter(assignments__post__in=user.standing.post_ids),
        lambda user: User.objects.filter(is_active=user.has_role(Role.AUDITOR)),
        lambda user: User.objects.filter(name=Value(f"x{user.pk}")),
        lambda user: User.objects.filter(joined_at__lte=timezone.now()),
        lambda user: User.objects.filter(pk__in=list(User.objects.values_list("pk", flat=True))),
        lambda user: User.objects.filter(pk=user.pk).prefetch_related("assignments"),
        lambda user: User.objects.filter(pk=user.pk).values("name"),
    ],
    ids=[
        "column",
        "posts",
        "undeclared role",
        "part of the key",
        "clock",
        "database",
        "prefetch",
        "dictionaries",
    ],
)
def test_a_query_that_depends_on_more_is_refused(build):
    user = UserFactory()

    with pytest.raises(DependsOnMoreError):
        prepared(build).rows(user)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR])
def test_the_list_of_documents_is_prepared_for_those_with_a_wall(role, rf):
    request = rf.get("/")
    request.user = RoleGrantFactory(role=role).user
    view = DocumentListView()
    view.setup(request)

    view.find_page(view.get_queryset())  # Asks what the person is tied to.
    with CaptureQueriesContext(connection) as asked:
        page = view.find_page(view.get_queryset())

    assert page.count == 0
    assert [query["sql"][:7] for query in asked] == ["EXECUTE", "EXECUTE"]
