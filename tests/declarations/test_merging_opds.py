"""Two OPDs become one: people, open cases, maps and controls in one transaction."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations import tasks
from declarations.models import ConflictDeclaration, DecisionStatement, Matter, Suspension
from declarations.services import suspensions
from declarations.workflow import statements
from declarations.workflow.base import TransitionError
from mapping import merging
from mapping.merging import ChangedMeanwhileError, merge_opds, preview
from mapping.models import RiskMap
from mapping.services import MapError
from people.models import Assignment, Post, Role, RoleGrant, User
from tests.declarations import cases
from tests.declarations.office import make_office, make_statement, proof, statement_draft
from tests.declarations.scenes import again, issued
from tests.people.factories import OpdFactory, PostFactory, log_in, person_with
from tests.queries import count_page_queries
from tests.review.factories import approved_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    office = make_office()
    early = timezone.localdate() - datetime.timedelta(days=400)
    Assignment.objects.filter(post__opd=office.opd).update(starts_on=early)
    return office


@pytest.fixture
def successor(office):
    """An OPD with the same posts, not yet held by anybody."""
    opd = OpdFactory(name="Dinas Gabungan")
    made = {}
    for post in Post.objects.filter(opd=office.opd).order_by("pk"):
        made[post.pk] = PostFactory(
            opd=opd, code=post.code, title=post.title, level=post.level,
            is_opd_head=post.is_opd_head, superior=made.get(post.superior_id),
        )  # fmt: skip
    return opd


@pytest.fixture
def admin():
    return person_with(Role.HR_ADMINISTRATOR)


def merge(office, successor, admin, **arguments):
    values = {"year": timezone.localdate().year, "by": admin, "reason": "Perda 3/2026"}
    return merge_opds([office.opd], successor=successor, **(values | arguments))


# --- People ----------------------------------------------------------------------------------


def test_people_go_to_the_posts_of_the_successor_from_today_on(office, successor, admin):
    on = timezone.localdate()

    merged = merge(office, successor, admin)

    assert merged.people == 5
    former = office.staff.assignments.get(post__opd=office.opd)
    now = office.staff.assignments.get(post__opd=successor)
    assert (former.ends_on, now.starts_on, now.decree) == (
        on - datetime.timedelta(days=1), on, "Perda 3/2026",
    )  # fmt: skip
    assert again(office.head).standing.headed_opd_ids == {successor.pk}
    assert again(office.officer).standing.officer_opd_ids >= {successor.pk}
    assert AuditEvent.objects.filter(action="assignment.add", actor_id=str(admin.pk)).count() == 5


def test_who_finds_no_post_or_no_free_seat_stays_and_is_named(office, successor, admin):
    posts = {p.code: p for p in Post.objects.filter(opd=successor)}
    staff_post, head_post = again(office.staff).standing.post, again(office.head).standing.post
    posts[staff_post.code].delete()
    other = person_with(Role.OPD_HEAD)
    Assignment.objects.create(
        user=again(other), post=posts[head_post.code], kind="plt",
        starts_on=timezone.localdate(),
    )  # fmt: skip
    seat = posts[again(office.superior).standing.post.code]
    taker = User.objects.exclude(assignments__post__opd=office.opd).exclude(pk=admin.pk)
    Assignment.objects.filter(user=taker.first()).delete()
    Assignment.objects.create(user=taker.first(), post=seat, starts_on=timezone.localdate())

    found = preview([office.opd], successor=successor, by=admin)
    merge(office, successor, admin)

    assert {move.assignment.user: move.why for move in found.staying} == {
        office.staff: "no_post", office.superior: "taken",
    }  # fmt: skip
    assert again(office.staff).standing.post.opd == office.opd
    assert again(office.head).standing.post.opd == successor


# --- Cases -----------------------------------------------------------------------------------


def test_open_cases_follow_and_signed_ones_stay(office, successor, admin):
    signed = issued(office)
    other = statement_draft()
    other["decision"] |= {"title": "Lain", "number": "2/2026"}
    draft = make_statement(office, other)
    decision = cases.begun(office, cases.declared(office, title="Hibah ormas"))

    merged = merge(office, successor, admin)

    for case in (draft, decision, decision.conflict):
        case.refresh_from_db()
        assert case.opd == successor
    signed.refresh_from_db()
    assert (signed.opd, signed.document.opd) == (office.opd, office.opd)
    decision.conflict.document.refresh_from_db()
    assert decision.conflict.document.opd == office.opd
    assert draft.post.opd == successor
    assert decision.conflict.post.opd == office.opd
    assert merged.cases == 3
    assert AuditEvent.objects.filter(action="conflictdeclaration.carry").count() == 1
    assert ConflictDeclaration.objects.visible_to(again(office.officer)).count() == 1


def test_the_plan_goes_along(office, successor, admin):
    plan = cases.running(office)

    merge(office, successor, admin)

    plan.refresh_from_db()
    assert (plan.opd, plan.state) == (successor, "active")


def test_who_is_kept_out_stays_kept_out_under_the_same_number(office, successor, admin):
    conflict = cases.declared(office)
    merge(office, successor, admin)
    staff = again(office.staff)
    moved = DecisionStatement.objects.create(
        declarant=staff, opd=successor, post=staff.standing.post, year=2026,
        form_version=make_statement(office).form_version, draft=statement_draft(),
    )  # fmt: skip

    with pytest.raises(TransitionError, match=conflict.number):
        statements.issue(moved, by=staff, proof=proof(staff))
    conflict.refresh_from_db()
    assert conflict.matter.opd == successor


def test_a_matter_that_the_successor_has_becomes_one(office, successor, admin):
    conflict = cases.declared(office)
    matter = conflict.matter
    twin = Matter.objects.create(
        opd=successor, kind=matter.kind, number=matter.number, number_key=matter.number_key,
        title="Nama lain", title_key="namalain",
    )  # fmt: skip

    merge(office, successor, admin)

    conflict.refresh_from_db()
    assert conflict.matter == twin
    assert suspensions.running(office.staff, twin).conflict == conflict
    assert Suspension.objects.filter(matter=matter).count() == 0


def test_a_superior_who_stays_behind_is_replaced_by_the_task(office, successor, admin):
    conflict = cases.declared(office)
    code = again(office.superior).standing.post.code
    Post.objects.filter(opd=successor, code=code).update(code="BARU", title="Kepala Bagian")

    merge(office, successor, admin)
    tasks.escalate_conflicts.call()

    conflict.refresh_from_db()
    assert conflict.handler != office.superior


# --- All of it -------------------------------------------------------------------------------


def test_a_second_run_finds_nothing_left(office, successor, admin):
    approved_map(office.opd, "PBJ-01", head=office.head)
    cases.declared(office)
    merge(office, successor, admin)
    events = AuditEvent.objects.count()

    second = merge(office, successor, admin)

    assert not second.has_done_something
    assert AuditEvent.objects.count() == events
    assert RiskMap.objects.filter(opd=successor).count() == 1
    assert preview([office.opd], successor=successor, by=admin).has_nothing


def test_all_or_nothing(office, successor, admin, monkeypatch):
    approved_map(office.opd, "PBJ-01", head=office.head)
    draft = make_statement(office)

    def fail(*_args, **_kwargs):
        raise MapError("Tidak jadi.")

    monkeypatch.setattr(merging, "_archive", fail)
    with pytest.raises(MapError):
        merge(office, successor, admin)

    draft.refresh_from_db()
    assert draft.opd == office.opd
    assert again(office.staff).standing.post.opd == office.opd
    assert not RiskMap.objects.filter(opd=successor).exists()


def test_what_was_seen_is_what_is_done(office, successor, admin):
    mark = preview([office.opd], successor=successor, by=admin).mark
    make_statement(office)

    with pytest.raises(ChangedMeanwhileError):
        merge(office, successor, admin, seen=mark)
    merge(
        office, successor, admin,
        seen=preview([office.opd], successor=successor, by=admin).mark,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["head", "officer", "inspector", "staff"])
def test_nobody_else_may(office, successor, who):
    with pytest.raises(PermissionDenied):
        merge(office, successor, getattr(office, who))


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_at_once_do_it_once(office, successor, admin):
    approved_map(office.opd, "PBJ-01", head=office.head)
    make_statement(office)
    second = person_with(Role.HR_ADMINISTRATOR)
    barrier = threading.Barrier(2)

    def run(person):
        try:
            barrier.wait()
            return merge(office, successor, User.objects.get(pk=person.pk)).has_done_something
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, (admin, second))) == [False, True]
    assert RiskMap.objects.filter(opd=successor).count() == 1
    assert RoleGrant.objects.filter(opd=successor, role=Role.OPD_OFFICER).count() == 1


# --- Pages -----------------------------------------------------------------------------------


def answers(office, successor, **more):
    return {
        "sources": [office.opd.pk], "successor": successor.pk,
        "year": timezone.localdate().year, "reason": "Perda 3/2026",
    } | more  # fmt: skip


def test_the_check_page_names_everything_and_writes_nothing(client, office, successor, admin):
    approved_map(office.opd, "PBJ-01", head=office.head)
    make_statement(office)
    log_in(client, admin)
    address = reverse("mapping:merge")

    page = client.post(address, answers(office, successor))
    text = page.content.decode()

    assert page.status_code == 200
    assert office.staff.full_name in text
    assert page.context["preview"].cases[0].number == 1
    assert not Assignment.objects.filter(post__opd=successor).exists()
    done = client.post(
        address, answers(office, successor, pasti="1", dilihat=page.context["preview"].mark)
    )
    assert done.status_code == 302
    assert Assignment.objects.filter(post__opd=successor).count() == 5
    again_page = client.post(address, answers(office, successor))
    assert again_page.context["preview"].has_nothing


def test_a_changed_world_is_shown_again(client, office, successor, admin):
    log_in(client, admin)
    address = reverse("mapping:merge")
    mark = client.post(address, answers(office, successor)).context["preview"].mark
    make_statement(office)

    page = client.post(address, answers(office, successor, pasti="1", dilihat=mark))

    assert page.status_code == 409
    assert page.context["preview"].cases
    assert not Assignment.objects.filter(post__opd=successor).exists()


def test_queries_of_the_check_page_do_not_grow(client, office, successor, admin):
    log_in(client, admin)
    make_statement(office)
    address = reverse("mapping:merge")
    one = count_page_queries(lambda: client.post(address, answers(office, successor)))
    for _number in range(3):
        make_statement(office)

    assert count_page_queries(lambda: client.post(address, answers(office, successor))) == one


# --- Closing ---------------------------------------------------------------------------------


def test_the_emptied_opd_is_closed_in_the_same_step(office, successor, admin):
    merged = merge(office, successor, admin, close=True)

    office.opd.refresh_from_db()
    eve = timezone.localdate() - datetime.timedelta(days=1)
    assert (merged.closed, office.opd.valid_until, office.opd.successor) == (1, eve, successor)
    assert not Post.objects.filter(opd=office.opd, valid_until__isnull=True).exists()
    assert AuditEvent.objects.filter(action="opd.close", actor_id=str(admin.pk)).count() == 1
    assert not merge(office, successor, admin, close=True).has_done_something


def test_without_the_tick_it_stays_open_and_is_closed_later(office, successor, admin):
    merge(office, successor, admin)
    office.opd.refresh_from_db()
    assert office.opd.valid_until is None

    later = merge(office, successor, admin, close=True)

    office.opd.refresh_from_db()
    assert (later.closed, office.opd.successor) == (1, successor)


def test_an_opd_where_somebody_stays_is_not_closed(client, office, successor, admin):
    code = again(office.staff).standing.post.code
    Post.objects.filter(opd=successor, code=code).delete()
    part = OpdFactory(parent=OpdFactory(name="Induk"))
    found = preview([office.opd, part.parent], successor=successor, by=admin).closing

    merged = merge(office, successor, admin, close=True)

    assert found.ready == []
    assert sorted(why for _opd, why in found.blocked) == ["children", "people"]
    office.opd.refresh_from_db()
    assert (merged.closed, office.opd.valid_until, merged.people) == (0, None, 4)


def test_a_whole_is_closed_after_its_parts(successor, admin):
    whole = OpdFactory()
    part = OpdFactory(parent=whole)

    merged = merge_opds(
        [whole, part], successor=successor, year=timezone.localdate().year, by=admin,
        reason="Perda 3/2026", close=True,
    )  # fmt: skip

    whole.refresh_from_db()
    assert (merged.closed, whole.successor) == (2, successor)


def test_the_check_page_offers_to_close(client, office, successor, admin):
    log_in(client, admin)
    address = reverse("mapping:merge")
    page = client.post(address, answers(office, successor))
    assert 'name="tutup"' in page.content.decode()
    mark = page.context["preview"].mark

    done = client.post(address, answers(office, successor, pasti="1", dilihat=mark, tutup="1"))

    assert done.status_code == 302
    office.opd.refresh_from_db()
    assert office.opd.successor == successor
