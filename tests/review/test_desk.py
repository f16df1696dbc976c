"""The head's page and its one click."""

import datetime
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import InterestRegister
from notices.models import Notice
from people.models import Role, User
from review.models import Nudge
from review.services import desk, nudges
from review.services.desk import Compliance
from tests.declarations.factories import RegisterFactory
from tests.people.factories import OpdFactory, log_in, person_with, post_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def opd():
    return OpdFactory()


@pytest.fixture
def head(opd):
    return person_with(Role.OPD_HEAD, opd, post={"is_obliged": True, "obliged_because": "JPT"})


def obliged(opd, head, **fields):
    return person_with(opd=opd, superior=post_of(head), post={"obliged": True}, **fields)


def signed(person, *, due_on, state="accepted"):
    """A register as it stands after the check; the workflow has its own tests."""
    checked = {} if state == "sent" else {
        "checked_at": timezone.now(), "checked_by": person_with(Role.OPD_OFFICER)
    }  # fmt: skip
    return RegisterFactory(
        declarant=person,
        state=state,
        due_on=due_on,
        sent_at=timezone.now(),
        sent_by=person,
        **checked,
    )


@pytest.fixture
def office(opd, head):
    """Of five obliged: two in time (one accepted), one late, one begun, the head not at all."""
    tomorrow, yesterday = (
        TODAY() + datetime.timedelta(days=1),
        TODAY() - datetime.timedelta(days=1),
    )
    people = {name: obliged(opd, head, name=f"Pegawai {name}") for name in "abcd"}
    signed(people["a"], due_on=tomorrow)
    signed(people["b"], due_on=tomorrow, state="sent")
    signed(people["c"], due_on=yesterday)
    RegisterFactory(declarant=people["d"], due_on=tomorrow)
    return people


def test_compliance_is_that_of_the_formulas(opd, office):
    found = desk.compliance_of(opd, year=TODAY().year, on=TODAY())

    assert found == Compliance(obliged=5, signed=3, in_time=2, valid_in_time=1)
    assert (found.rate, found.punctuality) == (20, 66)
    assert (found.missing, found.late) == (2, 1)


def test_percent_is_rounded_down_and_empty_without_a_whole():
    assert desk.percent(199, 200) == 99
    assert desk.percent(3, 3) == 100
    assert desk.percent(0, 0) is None


def test_people_stand_where_their_registers_are(opd, head, office):
    found = {
        person.name: person.standing_word
        for person in desk.people_of(opd, year=TODAY().year, on=TODAY())
    }

    assert found == {
        "Pegawai a": "in_time", "Pegawai b": "in_time", "Pegawai c": "late",
        "Pegawai d": "open", head.name: "none",
    }  # fmt: skip


def test_lists_hold_what_their_tab_says(client, opd, head, office):
    log_in(client, head)
    url = reverse("review:desk")

    names = {
        group: {p.name for p in client.get(url, {"siapa": group}).context["page"].items}
        for group in ("belum", "terlambat", "semua")
    }

    assert names["belum"] == {"Pegawai d", head.name}
    assert names["terlambat"] == {"Pegawai c"}
    assert len(names["semua"]) == 5


def test_those_of_another_opd_and_those_not_obliged_are_not_there(opd, head):
    person_with(opd=opd, superior=post_of(head))
    person_with(post={"obliged": True})

    assert list(desk.people_of(opd, year=TODAY().year, on=TODAY())) == [head]


def test_one_click_reminds_once_a_day(client, opd, head, office):
    log_in(client, head)
    person = office["d"]
    url = reverse("review:opd_remind", args=[opd.pk, person.pk])

    first, second = client.post(url), client.post(url)

    assert (first.status_code, second.status_code) == (302, 302)
    nudge = Nudge.objects.get()
    assert (nudge.person, nudge.sent_by, nudge.sent_on) == (person, head, TODAY())
    assert Notice.objects.filter(recipient=person, kind="review.reminded").count() == 1
    assert AuditEvent.objects.filter(action="nudge.send").count() == 1
    shown = client.get(reverse("review:desk")).context["page"].items
    assert next(p for p in shown if p.pk == person.pk).nudged_on == TODAY()


def test_the_next_day_one_may_remind_again(opd, head, office):
    nudges.remind(office["d"], opd=opd, on=TODAY(), by=head)
    nudges.remind(office["d"], opd=opd, on=TODAY() + datetime.timedelta(days=1), by=head)

    assert Nudge.objects.count() == 2


def test_who_has_signed_is_not_reminded(client, opd, head, office):
    log_in(client, head)

    client.post(reverse("review:opd_remind", args=[opd.pk, office["a"].pk]))

    assert not Nudge.objects.exists()


def test_nobody_reminds_themselves(opd, head):
    with pytest.raises(nudges.NudgeError):
        nudges.remind(head, opd=opd, on=TODAY(), by=head)


def test_a_person_of_another_opd_is_hidden(client, opd, head):
    other = person_with(post={"obliged": True})
    log_in(client, head)

    response = client.post(reverse("review:opd_remind", args=[opd.pk, other.pk]))

    assert response.status_code == 404


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.OPD_OFFICER, Role.CHIEF_INSPECTOR])
def test_only_the_head_reminds(client, opd, head, office, role):
    log_in(client, person_with(role, opd))

    response = client.post(reverse("review:opd_remind", args=[opd.pk, office["d"].pk]))

    assert response.status_code == 403
    assert not Nudge.objects.exists()


def test_menu_leads_to_the_pages_that_one_may_open(client, opd, head):
    log_in(client, head)
    of_head = client.get(reverse("review:desk")).content.decode()
    log_in(client, person_with(Role.INSPECTOR))
    of_inspector = client.get(reverse("review:province")).content.decode()

    assert reverse("review:desk") in of_head
    assert reverse("review:province") not in of_head
    assert reverse("review:province") in of_inspector
    assert reverse("review:desk") not in of_inspector


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_remind_once():
    opd = OpdFactory()
    head = person_with(Role.OPD_HEAD, opd)
    person = obliged(opd, head)
    gate = threading.Barrier(2)
    outcomes = []

    def click():
        try:
            by = User.objects.get(pk=head.pk)
            gate.wait()
            nudges.remind(person, opd=opd, on=TODAY(), by=by)
            outcomes.append("sent")
        except nudges.NudgeError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "sent"]
    assert Nudge.objects.count() == 1
    assert InterestRegister.objects.count() == 0
