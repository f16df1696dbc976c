"""Pages of F1 beside the editing: begin, list, detail, check, acknowledge, withdraw, home."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import InterestRegister
from declarations.workflow import registers as workflow
from people.models import Role
from tests.declarations.factories import (
    RegisterFactory,
    accepted_register,
    business_row,
    full_draft,
    office,
    returned_register,
    sent_register,
)
from tests.people.factories import RoleGrantFactory, log_in, person_with, post_of
from tests.queries import count_page_queries

pytestmark = pytest.mark.django_db


def url(page, register=None):
    return reverse(f"declarations:register_{page}", args=[register.pk] if register else [])


def fresh(register):
    return InterestRegister.objects.get(pk=register.pk)


def reads_of(register):
    return AuditEvent.objects.filter(
        action="interestregister.view", target_id=str(register.pk)
    ).count()


# --- Beginning -------------------------------------------------------------------------------


def test_begin_makes_a_draft_and_leads_to_its_sections(client):
    place = office()
    log_in(client, place.declarant)
    assert client.get(url("start")).status_code == 200

    response = client.post(url("start"), {"occasion": "nonsense"})

    register = InterestRegister.objects.get(declarant=place.declarant)
    assert response.url == url("tasks", register)
    assert (register.state, register.occasion) == ("draft", "yearly")
    assert AuditEvent.objects.filter(action="interestregister.create").count() == 1


def test_begin_while_one_is_open_leads_there(client):
    register = RegisterFactory()
    log_in(client, register.declarant)

    assert client.get(url("start")).url == register.get_absolute_url()
    assert client.post(url("start")).url == url("tasks", register)


def test_begin_without_a_post_says_why_not(client):
    person = person_with()
    person.assignments.update(ends_on=timezone.localdate() - timezone.timedelta(days=1))
    log_in(client, person)

    response = client.post(url("start"), follow=True)

    assert response.status_code == 200
    assert not InterestRegister.objects.exists()


# --- Detail ----------------------------------------------------------------------------------


def test_detail_of_somebody_elses_is_an_event_and_of_ones_own_none(client):
    place = office()
    register = sent_register(place.declarant)
    log_in(client, place.declarant)
    assert client.get(register.get_absolute_url()).status_code == 200
    assert reads_of(register) == 0

    for number, person in enumerate((place.superior, place.officer, place.inspector), 1):
        log_in(client, person)
        assert client.get(register.get_absolute_url()).status_code == 200
        assert reads_of(register) == number


def test_detail_is_404_for_strangers_and_of_drafts(client):
    place = office()
    sent, draft = sent_register(place.declarant), RegisterFactory()
    log_in(client, place.stranger)
    assert client.get(sent.get_absolute_url()).status_code == 404
    log_in(client, place.inspector)
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_detail_of_a_resumed_register_shows_others_what_was_signed(client):
    place = office()
    register = workflow.resume(returned_register(place), by=place.declarant)
    register.draft["business"]["rows"][0]["name"] = "CV Belum Ditandatangani"
    register.save()

    log_in(client, place.officer)
    theirs = client.get(register.get_absolute_url()).content
    log_in(client, place.declarant)
    own = client.get(register.get_absolute_url()).content

    assert b"CV Belum Ditandatangani" not in theirs
    assert b"CV Rafflesia Jaya" in theirs
    assert b"CV Belum Ditandatangani" in own


@pytest.mark.parametrize("rows", [1, 3])
def test_detail_and_review_cost_few_queries(client, rows):
    place = office()
    draft = full_draft(business={"rows": [business_row(f"CV {n}") for n in range(rows)]})
    register = sent_register(place.declarant, draft=draft)
    for person, page in ((place.officer, "review"), (place.superior, "acknowledge")):
        log_in(client, person)
        assert count_page_queries(lambda: client.get(register.get_absolute_url())) <= 12
        assert count_page_queries(lambda page=page: client.get(url(page, register))) <= 12


# --- Check and return ------------------------------------------------------------------------


def test_officer_accepts(client):
    place = office()
    register = sent_register(place.declarant)
    log_in(client, place.officer)
    assert client.get(url("review", register)).status_code == 200

    response = client.post(url("review", register), {"decision": "accept"})

    assert response.url == url("checks")
    assert fresh(register).state == "accepted"


def test_officer_sends_marked_sections_back_and_they_are_completed(client):
    place = office()
    register = sent_register(place.declarant)
    log_in(client, place.officer)
    client.post(url("review", register), {"decision": "return", "family": "Sebutkan instansinya."})
    assert fresh(register).state == "returned"

    log_in(client, place.declarant)
    page = client.get(register.get_absolute_url())
    assert b"Sebutkan instansinya." in page.content
    assert client.post(url("resume", register)).url == url("tasks", register)
    assert client.post(url("resume", register)).url == url("tasks", register)
    tasks = client.get(url("tasks", register)).context["tasks"]
    assert {task["status"] for task in tasks if task["url"]} == {"returned"}
    assert sum(bool(task["url"]) for task in tasks) == 1
    client.post(url("sign", register), {"revision": register.revision})

    assert fresh(register).state == "sent"


@pytest.mark.parametrize(
    "data",
    [
        {"decision": "return"},
        {"decision": "return", "family": "   "},
        {"decision": "accept", "family": "Kurang"},
        {"decision": "return", "family": "x" * 501},
        {"decision": "return", "family": "a\x00b"},
    ],
)
def test_undecided_check_is_422_and_keeps_the_remark(client, data):
    place = office()
    register = sent_register(place.declarant)
    log_in(client, place.officer)

    response = client.post(url("review", register), data)

    assert response.status_code == 422
    assert fresh(register).state == "sent"


def test_check_is_403_for_readers_and_404_for_strangers(client):
    place = office()
    register = sent_register(place.declarant)
    for person, status in (
        (place.declarant, 403),
        (place.superior, 403),
        (place.inspector, 403),
        (place.stranger, 404),
        (place.other_officer, 404),
    ):
        log_in(client, person)
        assert client.get(url("review", register)).status_code == status
        assert client.post(url("review", register), {"decision": "accept"}).status_code == status


def test_second_decision_is_409(client):
    place = office()
    register = sent_register(place.declarant)
    log_in(client, place.officer)
    client.post(url("review", register), {"decision": "accept"})

    response = client.post(url("review", register), {"decision": "return", "family": "x"})

    assert response.status_code == 409
    assert fresh(register).state == "accepted"


# --- Superior --------------------------------------------------------------------------------


def test_superior_acknowledges_once(client):
    place = office()
    register = sent_register(place.declarant)
    log_in(client, place.superior)
    assert client.get(url("acknowledge", register)).status_code == 200

    first = client.post(url("acknowledge", register))
    second = client.post(url("acknowledge", register))

    assert first.url == second.url == register.get_absolute_url()
    assert register.document.signatures.count() == 2


def test_acknowledging_needs_a_fresh_proof(client):
    place = office()
    register = sent_register(place.declarant)
    log_in(client, place.superior, proved=False)

    assert client.post(url("acknowledge", register)).status_code == 302
    assert fresh(register).acknowledged_at is None


# --- Withdraw --------------------------------------------------------------------------------


def test_withdraw_needs_a_reason_once_signed(client):
    register = sent_register()
    log_in(client, register.declarant)
    assert client.get(url("withdraw", register)).status_code == 200
    assert client.post(url("withdraw", register), {"reason": " "}).status_code == 422

    response = client.post(url("withdraw", register), {"reason": "Salah tulis"})

    assert response.status_code == 302
    assert fresh(register).state == "withdrawn"


def test_withdraw_of_a_draft_needs_none(client):
    register = RegisterFactory()
    log_in(client, register.declarant)

    client.post(url("withdraw", register), {})

    assert fresh(register).state == "withdrawn"


def test_withdraw_after_acceptance_is_409(client):
    place = office()
    register = accepted_register(place)
    log_in(client, place.declarant)

    response = client.post(url("withdraw", register), {"reason": "x"})

    assert response.status_code == 409


@pytest.mark.parametrize(
    ("method", "page"), [("get", "resume"), ("put", "withdraw"), ("post", "delta")]
)
def test_other_methods_are_405(client, method, page):
    register = RegisterFactory()
    log_in(client, register.declarant)

    assert getattr(client, method)(url(page, register)).status_code == 405


# --- Lists and home --------------------------------------------------------------------------


def people_of(place, count):
    above = post_of(place.superior)
    return [
        person_with(opd=place.opd, superior=above, post={"obliged": True}) for _n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_queues_cost_the_same_whatever_their_length(client, count):
    place = office()
    for person in people_of(place, count):
        sent_register(person)
    for page, person in (("checks", place.officer), ("acknowledgements", place.superior)):
        log_in(client, person)
        assert len(client.get(url(page)).context["registers"]) == count
        assert count_page_queries(lambda page=page: client.get(url(page))) <= 10


def test_queues_are_403_without_the_role(client):
    log_in(client, person_with())

    assert client.get(url("checks")).status_code == 403
    assert client.get(url("acknowledgements")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_own_list_costs_the_same_whatever_its_length(client, count):
    place = office()
    for _n in range(count):
        accepted_register(place)
    log_in(client, place.declarant)

    assert len(client.get(url("list")).context["registers"]) == count
    assert count_page_queries(lambda: client.get(url("list"))) <= 10


@pytest.mark.parametrize("query", ["?setelah=x", "?sebelum=%00", "?setelah=" + "a" * 3000])
def test_nonsense_in_the_address_of_a_list_is_4xx(client, query):
    log_in(client, person_with(Role.OPD_OFFICER))

    assert 400 <= client.get(url("checks") + query).status_code < 500


@pytest.mark.parametrize("count", [1, 3])
def test_home_costs_at_most_twelve_queries(client, count):
    place = office()
    for person in people_of(place, count):
        sent_register(person)
    accepted_register(place)
    RoleGrantFactory(user=place.superior, role=Role.OPD_OFFICER, opd=place.opd)
    for person in (place.declarant, place.superior, place.officer, place.inspector):
        log_in(client, person)
        assert client.get("/").status_code == 200
        assert count_page_queries(lambda: client.get("/")) <= 12


def test_home_of_an_obliged_person_says_what_is_due_and_leads_there(client):
    place = office()
    log_in(client, place.declarant)

    own = client.get("/").context["own"]

    panel = next(p for p in own if p.more_url == url("list"))
    (entry,) = panel.entries
    assert entry.action_url == url("start")
    assert entry.is_late


def test_home_counts_the_queues_of_those_who_have_them(client):
    place = office()
    sent_register(place.declarant)
    for person, page in ((place.officer, "checks"), (place.superior, "acknowledgements")):
        log_in(client, person)
        waiting = client.get("/").context["waiting"]
        panel = next(p for p in waiting if p.more_url == url(page))
        assert len(panel.entries) == 1
    log_in(client, place.stranger)
    assert url("checks").encode() not in client.get("/").content


def test_home_asks_for_a_login(client):
    assert client.get("/").status_code == 302


# --- Registers of others ---------------------------------------------------------------------


def test_browsing_lists_what_one_may_read_and_nothing_else(client):
    place, elsewhere = office(), office()
    seen, hidden = sent_register(place.declarant), sent_register(elsewhere.declarant)
    RegisterFactory(declarant=place.stranger)
    for person, expected in (
        (place.officer, {seen}),
        (place.superior, {seen}),
        (place.inspector, {seen, hidden}),
    ):
        log_in(client, person)
        assert set(client.get(url("browse")).context["registers"]) == expected


@pytest.mark.parametrize("count", [1, 3])
def test_browsing_costs_the_same_whatever_the_number(client, count):
    place = office()
    for person in people_of(place, count):
        sent_register(person)
    log_in(client, place.superior)

    assert len(client.get(url("browse")).context["registers"]) == count
    assert count_page_queries(lambda: client.get(url("browse"))) <= 12


@pytest.mark.parametrize("query", ["year=abc", "state=nonsense", "q=%E2%80%AE", "year=99999"])
def test_wrong_filters_are_ignored_with_a_message(client, query):
    place = office()
    sent_register(place.declarant)
    log_in(client, place.inspector)

    assert client.get(f"{url('browse')}?{query}").status_code == 200


def test_browsing_is_403_for_those_who_read_nobody(client):
    log_in(client, person_with())

    assert client.get(url("browse")).status_code == 403
