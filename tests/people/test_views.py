"""The personnel pages: they work, hide, refuse, and ask the database little."""

import uuid

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from people.models import Assignment, Holiday, Opd, Post, Role, RoleGrant, User
from people.models.persons import Employment
from tests.people.factories import (
    AssignmentFactory,
    OpdFactory,
    PostFactory,
    RoleGrantFactory,
    UserFactory,
    log_in,
    person_with,
    post_of,
    valid_nip,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr(client):
    return log_in(client, person_with(Role.HR_ADMINISTRATOR, name="Admin Kepegawaian"))


@pytest.fixture
def person():
    return person_with(name="Zainab binti Umar")


def url(name, *args):
    return reverse(f"people:{name}", args=args)


# --- Lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_people_list_query_count(client, hr, count, django_assert_num_queries):
    for _ in range(count):
        person_with()
    client.get(url("list"))

    # Session, user, standing, transaction (2), OPDs of the filter, rows, count, notices, menu.
    with django_assert_num_queries(10):
        response = client.get(url("list"))

    assert len(response.context["people"]) == count + 1


@pytest.mark.parametrize("count", [1, 3])
def test_opd_list_query_count(client, hr, count, django_assert_num_queries):
    OpdFactory.create_batch(count)
    client.get(url("opd_list"))

    with django_assert_num_queries(8):
        assert client.get(url("opd_list")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_opd_page_query_count(client, hr, count, django_assert_num_queries):
    opd = OpdFactory()
    for _ in range(count):
        person_with(opd=opd)
    client.get(opd.get_absolute_url())

    with django_assert_num_queries(11):
        response = client.get(opd.get_absolute_url())

    assert len(response.context["page"].items) == count


@pytest.mark.parametrize("count", [1, 3])
def test_person_page_query_count(client, hr, person, count, django_assert_num_queries):
    for _ in range(count):
        RoleGrantFactory(user=person, granted_by=UserFactory(), role=Role.AUDITOR)
        AssignmentFactory(user=person, post=PostFactory(), kind=Assignment.Kind.ACTING)
    client.get(person.get_absolute_url())

    with django_assert_num_queries(12):
        assert client.get(person.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_holiday_list_query_count(client, hr, count, django_assert_num_queries):
    client.get(url("holiday_list"))

    with django_assert_num_queries(9):
        response = client.get(url("holiday_list"), {"tahun": 2024 + count})

    assert response.context["holidays"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "zainab"}, True),
        ({"q": "Umar"}, True),
        ({"q": "nobody"}, False),
        ({"q": "Dr. H. Zainab, S.H., M.Si."}, True),
        ({"q": "NIP"}, True),
        ({"state": "active", "q": "zainab"}, True),
        ({"state": "closed"}, False),
        ({"state": "unactivated"}, False),
        ({"state": "nonsense"}, True),
        ({"opd": "999999999"}, True),
        ({"opd": "abc"}, True),
        ({"q": "x" * 5_000}, True),
    ],
)
def test_search(client, hr, person, query, found):
    if query.get("q") == "NIP":
        query = {"q": person.nip_display[:12]}

    response = client.get(url("list"), query)

    assert response.status_code == 200
    assert (person in response.context["people"]) is found


@pytest.mark.parametrize(
    "query", ["setelah=forged", "sebelum=" + "x" * 5_000, "setelah=", "tahun=9999"]
)
def test_forged_places_are_not_found(client, hr, query):
    path = url("holiday_list") if query.startswith("tahun") else url("list")

    assert client.get(f"{path}?{query}").status_code in (200, 400, 404)


def test_control_characters_in_the_address(client, hr):
    assert client.get(url("list") + "?q=a%00b").status_code == 400


# --- Who may see and do ----------------------------------------------------------------------

PERSON_PAGES = (
    "edit", "change_nip", "deactivate", "reactivate", "end_sessions", "reset_second_factor",
    "make_code", "grant_role", "assign",
)  # fmt: skip


@pytest.mark.parametrize("name", ["detail", *PERSON_PAGES])
def test_strangers_see_nobody(client, person, name):
    log_in(client, person_with())

    assert client.get(url(name, person.pk)).status_code == 404
    assert client.post(url(name, person.pk)).status_code in (404, 405)
    assert client.get(url(name, uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_readers_see_but_do_not_touch(client, person, name):
    log_in(client, person_with(Role.AUDITOR))

    assert client.get(person.get_absolute_url()).status_code == 200
    assert client.get(url(name, person.pk)).status_code == 403
    assert client.post(url(name, person.pk), {"reason": "x"}).status_code == 403
    assert not AuditEvent.objects.filter(target_id=str(person.pk)).exists()


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_nobody_manages_themselves(client, hr, name):
    assert client.post(url(name, hr.pk), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_pages_open_for_the_administrator(client, hr, person, name):
    response = client.get(url(name, person.pk))

    assert response.status_code == 200
    assert b"<h1>" in response.content


@pytest.mark.parametrize(
    "name", ["list", "create", "opd_list", "opd_create", "holiday_list", "holiday_create"]
)
def test_pages_without_subject(client, name):
    assert client.get(url(name)).status_code == 302
    log_in(client, person_with())
    assert client.get(url(name)).status_code == 403
    log_in(client, person_with(Role.SYSTEM_ADMINISTRATOR))
    assert client.get(url(name)).status_code == 200
    assert client.delete(url(name)).status_code == 405


@pytest.mark.parametrize(
    "name", ["opd_detail", "opd_edit", "opd_close", "post_create", "print_codes"]
)
def test_opd_pages(client, name):
    opd = OpdFactory()
    log_in(client, person_with())
    assert client.get(url(name, opd.pk)).status_code == 403
    log_in(client, person_with(Role.HR_ADMINISTRATOR))
    assert client.get(url(name, opd.pk)).status_code == 200
    assert client.get(url(name, 10**9)).status_code == 404


@pytest.mark.parametrize("name", ["post_detail", "post_edit", "post_oblige"])
def test_post_pages(client, name):
    post = PostFactory(superior=PostFactory())
    PostFactory(opd=post.opd, superior=post)
    log_in(client, person_with(Role.OPD_HEAD))
    assert client.get(url(name, post.pk)).status_code == 403
    log_in(client, person_with(Role.HR_ADMINISTRATOR))
    assert client.get(url(name, post.pk)).status_code == 200


def test_rows_of_invisible_people(client):
    log_in(client, person_with())
    grant, assignment = RoleGrantFactory(), AssignmentFactory()

    assert client.get(url("revoke_role", grant.pk)).status_code == 404
    assert client.get(url("end_assignment", assignment.pk)).status_code == 404


# --- Deeds -----------------------------------------------------------------------------------


def test_add_a_person(client, hr):
    nip = valid_nip()
    data = {
        "nip": f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}",
        "name": "Siti binti A.",
        "title_before": "Dr. H.",
        "title_after": "S.H., M.Si.",
        "employment": Employment.PNS,
    }

    response = client.post(url("create"), data)

    person = User.objects.get(nip=nip)
    assert response.url == person.get_absolute_url()
    assert person.full_name == "Dr. H. Siti binti A., S.H., M.Si."
    assert client.post(url("create"), data).status_code == 422


@pytest.mark.parametrize(
    "name", ["", "\u200b\u200b", "a\x00b", "x" * 1_000_000, "12345", "\u202e\u202c"]
)
def test_names_nobody_has(client, hr, name):
    data = {"nip": valid_nip(), "name": name, "employment": Employment.PNS}

    assert client.post(url("create"), data).status_code == 422


def test_change_keeps_what_the_form_does_not_show(client, hr, person):
    data = {"name": "Suharto", "employment": Employment.PNS, "nip": valid_nip(), "is_active": ""}
    nip = person.nip

    assert client.post(url("edit", person.pk), data).status_code == 302

    person.refresh_from_db()
    assert (person.name, person.nip, person.is_active) == ("Suharto", nip, True)


@pytest.mark.parametrize(
    ("name", "data", "action"),
    [
        ("change_nip", {"nip": "19900101 202221 1 001"}, "person.change_nip"),
        ("deactivate", {}, "person.deactivate"),
        ("end_sessions", {}, "account.end_sessions"),
        ("reset_second_factor", {}, "account.reset_second_factor"),
        ("make_code", {"channel": "link"}, "account.send_link"),
    ],
)
def test_deeds_want_a_reason(client, hr, person, name, data, action):
    assert client.post(url(name, person.pk), data).status_code == 422
    assert not AuditEvent.objects.filter(action=action).exists()

    assert client.post(url(name, person.pk), data | {"reason": "Surat"}).status_code == 302
    assert AuditEvent.objects.get(action=action).data["reason"] == "Surat"


def test_deactivating_twice_says_so(client, hr, person):
    client.post(url("deactivate", person.pk), {"reason": "Pensiun"})

    assert client.post(url("deactivate", person.pk), {"reason": "Pensiun"}).status_code == 422
    assert client.post(url("reactivate", person.pk), {"reason": "Keliru"}).status_code == 302


def test_a_printed_code_is_shown_once(client, hr):
    person = UserFactory(unactivated=True)

    page = client.post(url("make_code", person.pk), {"channel": "printed"})

    [(shown, code)] = page.context["slips"]
    assert shown == person
    assert code.encode() in page.content
    assert "no-store" in page["Cache-Control"]


def test_slips_for_an_opd(client, hr):
    opd = OpdFactory()
    fresh = [person_with(opd=opd, unactivated=True) for _ in range(2)]
    person_with(opd=opd)
    watcher = person_with(Role.INSPECTOR, opd, unactivated=True)

    page = client.post(url("print_codes", opd.pk), {"reason": "Peluncuran"})

    people = [person for person, _code in page.context["slips"]]
    assert sorted(people, key=str) == sorted(fresh, key=str)
    assert watcher not in people
    empty = client.post(url("print_codes", OpdFactory().pk), {"reason": "Peluncuran"})
    assert empty.status_code == 422


def test_give_and_withdraw_a_role(client, hr, person):
    opd = OpdFactory()
    data = {"role": Role.OPD_OFFICER, "opd": opd.pk, "starts_on": "2026-01-01", "reason": "SK 1"}

    assert client.post(url("grant_role", person.pk), data).status_code == 302
    grant = RoleGrant.objects.get(user=person)
    assert grant.granted_by == hr
    assert client.post(url("revoke_role", grant.pk), {"reason": "SK 2"}).status_code == 302
    grant.refresh_from_db()
    assert grant.revoked_by == hr


@pytest.mark.parametrize(
    "data",
    [
        {"role": Role.INSPECTOR},
        {"role": Role.SYSTEM_ADMINISTRATOR},
        {"role": Role.OPD_OFFICER, "opd": ""},
        {"role": "emperor"},
        {"starts_on": "0001-01-01"},
        {"starts_on": "31 Februari 2026"},
        {"ends_on": "2020-01-01"},
        {"reason": ""},
    ],
)
def test_roles_that_are_not_given(client, hr, person, data):
    valid = {
        "role": Role.OPD_OFFICER, "opd": OpdFactory().pk, "starts_on": "2026-01-01",
        "reason": "SK 1",
    }  # fmt: skip

    assert client.post(url("grant_role", person.pk), valid | data).status_code == 422
    assert not RoleGrant.objects.filter(user=person).exists()


def test_give_a_post_and_end_it(client, hr, person):
    post, old = PostFactory(), person.assignments.get()
    data = {
        "post": f"{post.opd.code}/{post.code}",
        "kind": "definitive",
        "starts_on": "2026-11-02",
    }

    assert client.post(url("assign", person.pk), data).status_code == 302
    old.refresh_from_db()
    assert str(old.ends_on) == "2026-11-01"
    new = person.assignments.get(ends_on=None)
    ending = {"ends_on": "2026-12-31", "reason": "Purna tugas"}
    assert client.post(url("end_assignment", new.pk), ending).status_code == 302
    assert client.post(url("end_assignment", new.pk), ending).status_code == 422


@pytest.mark.parametrize(
    "data", [{"post": "x/y"}, {"post": ""}, {"kind": "king"}, {"starts_on": ""}]
)
def test_posts_that_are_not_given(client, hr, person, data):
    post = PostFactory()
    valid = {"post": f"{post.opd.code}/{post.code}", "kind": "plt", "starts_on": "2026-11-02"}

    assert client.post(url("assign", person.pk), valid | data).status_code == 422


def test_a_taken_seat_is_said_in_the_form(client, hr, person):
    taken = post_of(person_with())
    data = {
        "post": f"{taken.opd.code}/{taken.code}",
        "kind": "definitive",
        "starts_on": "2026-11-02",
    }

    response = client.post(url("assign", person.pk), data)

    assert response.status_code == 422
    assert response.context["form"].errors
    assert person.assignments.get().ends_on is None  # Nothing was half done.


def test_opd_life(client, hr):
    data = {
        "code": "09.01", "name": "Dinas Baru", "short_name": "Baru", "kind": Opd.Kind.DEPARTMENT,
        "valid_from": "2026-01-01",
    }  # fmt: skip
    client.post(url("opd_create"), data)
    opd = Opd.objects.get(code="09.01")
    assert client.post(url("opd_create"), data).status_code == 422

    assert client.post(url("opd_edit", opd.pk), data | {"name": "Dinas Lain"}).status_code == 302
    post = {
        "code": "K1", "title": "Kepala", "level": "jpt_pratama", "is_opd_head": "on",
        "is_single_seat": "on", "valid_from": "2026-01-01",
    }  # fmt: skip
    assert client.post(url("post_create", opd.pk), post).status_code == 302
    assert client.post(url("post_create", opd.pk), post).status_code == 422
    head = Post.objects.get(opd=opd)
    below = post | {"code": "S1", "title": "Staf", "is_opd_head": "", "superior": "09.01/k1"}
    client.post(url("post_create", opd.pk), below)
    assert Post.objects.get(code="S1").superior == head
    obliging = {"is_obliged": "yes", "reason": "Kepala OPD"}
    assert client.post(url("post_oblige", head.pk), obliging).status_code == 302
    closing = {
        "valid_until": "2026-11-01",
        "successor": Opd.objects.get(code="04.02").pk,
        "reason": "Perda",
    }
    assert client.post(url("opd_close", opd.pk), closing).status_code == 302

    opd.refresh_from_db()
    assert (opd.name, opd.successor.code) == ("Dinas Lain", "04.02")
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"opd.add", "opd.change", "opd.close", "post.add", "post.oblige"} <= actions


def test_holidays(client, hr):
    data = {"on": "12/02/2029", "name": "Tahun Baru Imlek", "kind": "national"}
    assert client.post(url("holiday_create"), data).url.endswith("?tahun=2029")
    assert client.post(url("holiday_create"), data).status_code == 422
    holiday = Holiday.objects.get(on="2029-02-12")

    client.post(url("holiday_edit", holiday.pk), data | {"is_confirmed": "on"})
    holiday.refresh_from_db()
    assert holiday.is_confirmed
    assert client.get(url("holiday_delete", holiday.pk)).status_code == 200
    client.post(url("holiday_delete", holiday.pk))
    assert not Holiday.objects.filter(pk=holiday.pk).exists()


# --- The menu --------------------------------------------------------------------------------


def test_menu_shows_what_a_role_may_open(client):
    for role in Role:
        log_in(client, person_with(role))
        for item in client.get(reverse("profile")).context["navigation"]:
            assert client.get(item.url).status_code == 200, (role, item.url)


def test_menu_marks_where_one_is(client, hr):
    active = [
        item.url for item in client.get(url("opd_list")).context["navigation"] if item.active
    ]

    assert active == [url("opd_list")]
