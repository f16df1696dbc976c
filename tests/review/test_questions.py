"""What the Inspectorate asks somebody, on their home page and in their own list."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import User
from review.models import CaseRequest
from review.services import questions
from review.workflow import case_requests, flags
from tests.people.factories import log_in, person_with
from tests.queries import count_page_queries
from tests.review.case_desk import case_in, make_desk
from tests.review.flag_world import make_flag

pytestmark = pytest.mark.django_db
HOME = "declarations:home"
LIST = "review:question_list"


@pytest.fixture
def desk():
    return make_desk()


def clarification(desk, subject=None) -> CaseRequest:
    return case_in("awaiting_clarification", desk, subject=subject or desk.subject).requests.get()


def question_on_flag(desk, words="Mengapa kosong?"):
    flag = make_flag(desk.subject)
    return flags.ask(flag, by=desk.inspector, question=words)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_home_shows_a_clarification_and_a_flag_to_reply_to(client, desk):
    asked, reply = clarification(desk), question_on_flag(desk)
    log_in(client, desk.subject)

    page = text(client.get(reverse(HOME)))

    assert asked.get_absolute_url() in page
    assert reply.get_absolute_url() in page
    assert "Mengapa kosong?" in page
    assert reverse(LIST) in page
    # Neither the case nor the flag behind it.
    assert asked.case.number not in page
    assert "Usaha tanpa NIB." not in page


@pytest.mark.parametrize("who", ["inspector", "superior", "chief"])
def test_nobody_else_has_it_on_their_home_page(client, desk, who):
    clarification(desk)
    question_on_flag(desk)
    log_in(client, getattr(desk, who))

    page = text(client.get(reverse(HOME)))

    assert reverse(LIST) not in page
    assert "Mengapa kosong?" not in page


def test_what_was_answered_leaves_the_home_page_and_stays_in_the_list(client, desk):
    asked, reply = clarification(desk), question_on_flag(desk)
    flags.answer(reply, by=desk.subject, text="Belum ada usaha.")
    answers = {place["key"]: "Sejak 2024." for place in asked.fields}
    case_requests.answer(asked, by=desk.subject, answers=answers, text="")
    log_in(client, desk.subject)

    assert reverse(LIST) not in text(client.get(reverse(HOME)))
    page = text(client.get(reverse(LIST)))
    assert asked.get_absolute_url() in page
    assert reply.get_absolute_url() in page


def test_a_question_that_ended_is_told_as_closed(client, desk):
    asked = clarification(desk)
    CaseRequest.objects.filter(pk=asked.pk).update(ended_at=timezone.now())
    log_in(client, desk.subject)

    assert questions.waiting_for(desk.subject, most=5) == []
    assert [past.pk for past in questions.answered_by(desk.subject)] == [asked.pk]


def test_a_late_question_says_so_and_goes_first(client, desk):
    reply, asked = question_on_flag(desk), clarification(desk)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    CaseRequest.objects.filter(pk=asked.pk).update(due_on=yesterday)

    found = questions.waiting_for(desk.subject, most=5)

    assert [item.pk for item in found] == [asked.pk, reply.pk]
    assert found[0].is_late(timezone.localdate())
    assert not found[1].is_late(timezone.localdate())


def test_each_person_gets_their_own(desk):
    asked = clarification(desk)
    other = person_with(opd=desk.opd, name="Rekan Lain Sekali")
    again = clarification(desk, subject=other)

    assert [item.pk for item in questions.waiting_for(desk.subject, most=5)] == [asked.pk]
    assert [item.pk for item in questions.waiting_for(other, most=5)] == [again.pk]


def test_a_closed_account_is_asked_nothing(desk):
    clarification(desk)
    User.objects.filter(pk=desk.subject.pk).update(is_active=False)

    assert questions.waiting_for(User.objects.get(pk=desk.subject.pk), most=5) == []


@pytest.mark.parametrize("count", [1, 3])
def test_home_and_list_cost_the_same_for_one_and_three(client, desk, count):
    for number in range(count):
        flag = make_flag(desk.subject)
        flags.ask(flag, by=desk.inspector, question=f"Pertanyaan {number}")
        type(flag).objects.filter(pk=flag.pk).update(key=f"row:{number}")
    log_in(client, desk.subject)
    for address in (HOME, LIST):
        assert count_page_queries(lambda at=address: client.get(reverse(at))) <= 12
