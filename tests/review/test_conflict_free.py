"""Nobody works on what ties them: the pages, the lists and the database say the same."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from declarations.workflow.base import TransitionError
from matching.names import person_key
from people.models import Assignment, Opd, Role, User
from review.conflict_free import Bar, bars_of
from review.models import Case
from review.models.case_wall import PERSON_KEY
from review.policies import may_work_on
from review.services import assignment
from review.workflow import cases
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    PostFactory,
    UserFactory,
    person_with,
    post_of,
)
from tests.review.case_desk import again, case_in, make_desk, new_case, relate

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def desk():
    return make_desk()


def ties(desk):
    """Each tie by its name: (how it is made, the bar it gives)."""

    def self_(case):
        Case.objects.filter(pk=case.pk).update(subject=desk.inspector, subject_key="")

    def kin_declared_by_subject(case):
        relate(User.objects.get(pk=case.subject_id), desk.inspector)

    def kin_declared_by_inspector(case):
        relate(desk.inspector, User.objects.get(pk=case.subject_id))

    def worked_there(case):
        last = TODAY() - datetime.timedelta(days=600)
        AssignmentFactory(
            user=desk.inspector, post=PostFactory(opd=case.opd), kind=Assignment.Kind.ACTING,
            starts_on=last - datetime.timedelta(days=90), ends_on=last,
        )  # fmt: skip

    def superior(case):
        seat = PostFactory(opd=OpdFactory())
        AssignmentFactory(user_id=case.subject_id, post=seat, kind=Assignment.Kind.ACTING)
        own = post_of(desk.inspector)
        own.superior = seat
        own.save()

    return {
        "self": (self_, Bar.SELF),
        "kin by the subject": (kin_declared_by_subject, Bar.KIN),
        "kin by the inspector": (kin_declared_by_inspector, Bar.KIN),
        "own OPD": (worked_there, Bar.OPD),
        "superior": (superior, Bar.SUPERIOR),
    }


TIES = ("self", "kin by the subject", "kin by the inspector", "own OPD", "superior")


@pytest.mark.parametrize("tie", TIES)
def test_a_tie_bars_in_policy_list_and_database(tie, desk):
    make, bar = ties(desk)[tie]
    case = new_case(desk)
    make(case)
    case = Case.objects.get(pk=case.pk)
    inspector = again(desk.inspector)

    assert bar in bars_of(inspector, on=TODAY()).against(case.subject, case.opd)
    assert not may_work_on(inspector, case.subject, case.opd, TODAY())
    assert not inspector.has_perm("review.view_case", case)
    assert not Case.objects.visible_to(inspector).filter(pk=case.pk).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(
            state="assigned", assignee=desk.inspector, assigned_at=timezone.now()
        )


def test_an_unrelated_inspector_passes_everywhere(desk):
    case = new_case(desk)
    inspector = again(desk.inspector)

    assert may_work_on(inspector, case.subject, case.opd, TODAY())
    assert Case.objects.visible_to(inspector).filter(pk=case.pk).exists()
    Case.objects.filter(pk=case.pk).update(
        state="assigned", assignee=desk.inspector, assigned_at=timezone.now()
    )


def test_the_own_opd_counts_for_two_years_and_no_longer(desk):
    opd = OpdFactory()
    last = TODAY() - datetime.timedelta(days=740)
    AssignmentFactory(
        user=desk.inspector, post=PostFactory(opd=opd), kind=Assignment.Kind.ACTING,
        starts_on=last - datetime.timedelta(days=90), ends_on=last,
    )  # fmt: skip

    assert may_work_on(again(desk.inspector), None, opd, TODAY())


def test_the_inspectorates_own_people_are_left_to_the_chief(desk):
    case = new_case(desk, subject=desk.colleague, opd=desk.inspectorate)

    assert not again(desk.inspector).has_perm("review.view_case", case)
    assert again(desk.chief).has_perm("review.view_case", case)
    taken = cases.claim(case, by=again(desk.chief))
    assert taken.assignee == desk.chief


def test_nobody_of_the_inspectorate_works_on_their_chief(desk):
    case = new_case(desk, subject=desk.chief, opd=desk.inspectorate)

    pool = assignment.pool(on=TODAY())
    assert pool.best(case) is None
    with pytest.raises((TransitionError, Exception)):
        cases.assign_to_best(case, by=again(desk.chief))


def test_a_mononym_is_shared_by_too_many(desk):
    desk.inspector.name = "Sukarno"
    desk.inspector.save()
    subject = person_with(opd=desk.opd)
    relate(subject, desk.inspector)

    assert may_work_on(again(desk.inspector), subject, None, TODAY())


@pytest.mark.parametrize(
    "name",
    ["Siti Aminah", "M. Ridwan Kamil", "Moh. Djoko Soesilo", "Ahmad bin Yusuf", "Ma'ruf Amin"],
)
def test_the_database_knows_names_as_the_pages_do(name):
    user = UserFactory(name=name)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PERSON_KEY} FROM people_user u WHERE u.id = %s", [user.pk])
        found = cursor.fetchone()[0]

    assert found == person_key(name)


# --- Assignment ------------------------------------------------------------------------------


def test_the_one_with_fewest_cases_is_picked_and_the_others_are_explained(desk):
    case_in("in_review", desk)
    case = new_case(desk)
    related = person_with(Role.INSPECTOR, desk.inspectorate, name="Cici Pemeriksa Tiga")
    relate(related, User.objects.get(pk=case.subject_id))

    candidates = assignment.pool(on=TODAY()).candidates(case)

    names = [candidate.user.name for candidate in candidates]
    assert names[:3] == ["Budi Pemeriksa Dua", "Ani Pemeriksa Satu", "Indra Kepala Inspektur"]
    assert candidates[-1].bars == (Bar.KIN,)


def test_nobody_is_assigned_who_may_not_take_it(desk):
    case = new_case(desk, subject=desk.colleague, opd=desk.inspectorate)

    with pytest.raises(TransitionError):
        cases.assign(case, to=desk.inspector, by=again(desk.chief))
    with pytest.raises(TransitionError):
        cases.assign(case, to=desk.superior, by=again(desk.chief))


def test_bars_cost_one_query(desk, django_assert_num_queries):
    inspector = again(desk.inspector)
    inspector.standing  # noqa: B018 -- read beforehand

    with django_assert_num_queries(1):
        bars_of(inspector, on=TODAY())
        bars_of(inspector, on=TODAY())


def test_kind_of_the_inspectorate_is_the_one_of_the_wall():
    """The trigger spells the code out."""
    assert Opd.Kind.INSPECTORATE == "INSPEKTORAT"
