"""The way up and the way down: vacant seats, acting holders, closed accounts, circles."""

import datetime

import pytest

from people.hierarchy import (
    directly_below,
    is_above,
    subordinate_ids,
    subordinates,
    superior_ids,
    superior_of,
    superiors_of,
)
from people.models import Assignment, User
from tests.people.factories import AssignmentFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)


def chain_of(person):
    return [User.objects.get(pk=key) for key in superior_ids([person], on=TODAY)[person.pk]]


@pytest.fixture
def ladder():
    """Four posts, one above the other, each held: staff, supervisor, administrator, head."""
    posts, people = [], []
    superior = None
    for number in range(4):
        post = PostFactory(
            superior=superior, **({} if superior is None else {"opd": posts[0].opd})
        )
        person = UserFactory(name=f"Orang {3 - number}")
        AssignmentFactory(user=person, post=post)
        posts.append(post)
        people.append(person)
        superior = post
    return list(reversed(people)), list(reversed(posts))


def test_chain_runs_to_the_top(ladder, django_assert_num_queries):
    people, _posts = ladder

    with django_assert_num_queries(1):
        keys = superior_ids([people[0]], on=TODAY)[people[0].pk]
    assert keys == [person.pk for person in people[1:]]
    assert superior_of(people[0], TODAY) == people[1]
    assert superior_of(people[3], TODAY) is None
    assert is_above(people[3], people[0], on=TODAY)
    assert not is_above(people[0], people[3], on=TODAY)


def test_vacant_and_closed_seats_are_passed_over(ladder):
    people, _posts = ladder
    people[1].assignments.update(ends_on=TODAY - datetime.timedelta(days=1))
    people[2].is_active = False
    people[2].save()

    assert chain_of(people[0]) == [people[3]]
    assert superior_of(people[0], TODAY - datetime.timedelta(days=1)) == people[1]


@pytest.mark.parametrize("kind", [Assignment.Kind.ACTING, Assignment.Kind.DAILY])
def test_who_acts_comes_before_the_holder(ladder, kind):
    people, posts = ladder
    deputy = UserFactory()
    AssignmentFactory(user=deputy, post=posts[1], kind=kind, starts_on=TODAY, ends_on=TODAY)

    assert superior_of(people[0], TODAY) == deputy
    assert superior_of(people[0], TODAY + datetime.timedelta(days=1)) == people[1]


def test_acting_as_ones_own_superior_leads_further_up(ladder):
    people, posts = ladder
    people[1].assignments.update(ends_on=TODAY)
    after = TODAY + datetime.timedelta(days=1)
    AssignmentFactory(user=people[0], post=posts[1], kind=Assignment.Kind.ACTING, starts_on=after)

    assert superior_of(people[0], after) == people[2]


def test_circle_ends(ladder):
    people, posts = ladder
    posts[3].superior = posts[0]
    posts[3].save()

    assert chain_of(people[0]) == people[1:]
    assert people[3] in chain_of(people[1])


def test_subordinates_are_those_whose_superior_one_is(ladder):
    people, posts = ladder
    people[1].assignments.update(ends_on=TODAY - datetime.timedelta(days=1))
    colleague = UserFactory(name="Kolega")
    AssignmentFactory(user=colleague, post=PostFactory(opd=posts[0].opd, superior=posts[2]))
    everybody = [*people, colleague]

    for person in everybody:
        expected = {other for other in everybody if superior_of(other, TODAY) == person}
        assert set(subordinates(person, TODAY)) == expected


def test_list_needs_two_queries_for_any_number(ladder, django_assert_num_queries):
    people, _posts = ladder

    with django_assert_num_queries(2):
        found = superiors_of(people, on=TODAY)

    assert found == {
        people[0].pk: people[1], people[1].pk: people[2], people[2].pk: people[3],
        people[3].pk: None,
    }  # fmt: skip
    assert superior_ids([], on=TODAY) == {}


def test_directly_below_says_what_subordinate_ids_says():
    top, middle, low = (PostFactory() for _n in range(3))
    middle.superior, low.superior = top, middle
    middle.save()
    low.save()
    head, clerk = UserFactory(), UserFactory()
    AssignmentFactory(user=head, post=top)
    AssignmentFactory(user=clerk, post=low)

    def below(person):
        rows = User.objects.filter(pk__in=directly_below(person, on=TODAY))
        return set(rows.values_list("pk", flat=True))

    # The seat between them is vacant; then somebody sits there.
    assert below(head) == set(subordinate_ids(head, on=TODAY)) == {clerk.pk}
    chief = UserFactory()
    AssignmentFactory(user=chief, post=middle)
    assert below(head) == set(subordinate_ids(head, on=TODAY)) == {chief.pk}
    assert below(chief) == {clerk.pk}
    assert below(clerk) == set()
