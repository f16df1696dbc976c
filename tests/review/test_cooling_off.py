"""The register of former officials: entries, proposals, who appears as a party."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.models import Party
from people.models import Role
from review.models import FormerOfficial
from review.services import cooling_off
from review.services.cooling_off import Body, CoolingError, Entry
from tests.people.factories import OpdFactory, log_in, person_with
from tests.review.factories import make_statement
from tests.review.report_samples import make_leaver

pytestmark = pytest.mark.django_db
ENDED = datetime.date(2026, 1, 31)


def entry(**changes):
    values = {
        "name": "Dr. H. Ridwan Hakim, S.H.", "last_post": "Kepala dinas", "opd": OpdFactory(),
        "ended_on": ENDED,
    }  # fmt: skip
    return Entry(**(values | changes))


@pytest.fixture
def keeper():
    return person_with(Role.HR_ADMINISTRATOR)


def test_the_time_of_waiting_comes_from_the_limit(keeper):
    official = cooling_off.register(entry(), by=keeper)

    assert official.cooling_until == datetime.date(2028, 1, 31)
    assert official.name_key == "ridwan hakim"
    assert AuditEvent.objects.filter(action="formerofficial.add").count() == 1


def test_the_same_person_and_day_stands_once(keeper):
    opd = OpdFactory()
    cooling_off.register(entry(opd=opd), by=keeper)

    with pytest.raises(CoolingError):
        cooling_off.register(entry(opd=opd, name="Ridwan Hakim"), by=keeper)


def test_two_editors_of_one_entry(keeper):
    official = cooling_off.register(entry(), by=keeper)
    cooling_off.change(official, entry(name="Ridwan H."), revision=0, by=keeper)

    with pytest.raises(CoolingError):
        cooling_off.change(official, entry(), revision=0, by=keeper)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPD_HEAD, Role.DECLARANT])
def test_others_write_nothing(role):
    with pytest.raises(PermissionDenied):
        cooling_off.register(entry(), by=person_with(role))


def test_nobody_registers_or_changes_themselves(keeper):
    with pytest.raises(CoolingError):
        cooling_off.register(entry(user=keeper), by=keeper)


def test_leavers_are_proposed_until_somebody_decides(keeper):
    leaver, other = make_leaver(), make_leaver()
    person_with(post={"obliged": True})
    make_leaver(days=900)
    today = timezone.localdate()
    assert set(cooling_off.leavers(on=today)) == {leaver, other}

    proposals = {each.user: each for each in cooling_off.proposals_for([leaver, other])}
    cooling_off.register(cooling_off.entry_of(proposals[leaver]), by=keeper)
    cooling_off.dismiss(proposals[other], reason="Pindah tugas", at=timezone.now(), by=keeper)

    assert not cooling_off.leavers(on=today).exists()
    assert FormerOfficial.objects.standing().count() == 1


# --- Flag 10 ---------------------------------------------------------------------------------


def party_of(opd, name, name_key):
    statement = make_statement(person_with(opd=opd), opd)
    return Party.objects.create(
        statement=statement, row_key=statement.pk, name=name, name_key=name_key
    )


def appearances():
    today = timezone.localdate()
    return cooling_off.match_parties(since=today - datetime.timedelta(days=800), until=today)


def test_a_former_official_as_a_party_of_the_former_office(keeper):
    opd, yesterday = OpdFactory(), timezone.localdate() - datetime.timedelta(days=1)
    official = cooling_off.register(
        entry(opd=opd, ended_on=yesterday, bodies=(Body("PT Rimba Jaya", "komisaris"),)), by=keeper
    )
    own = party_of(opd, "Ridwan Hakim", "ridwan hakim")
    body = party_of(opd, "PT. Rimba Jaya (Persero)", "rimba jaya")
    party_of(OpdFactory(), "Ridwan Hakim", "ridwan hakim")

    found = appearances()

    assert {(each.party_id, each.is_body) for each in found} == {(own.pk, False), (body.pk, True)}
    assert {each.official_id for each in found} == {official.pk}


def test_after_the_time_of_waiting_or_removed_nobody_appears(keeper):
    opd, today = OpdFactory(), timezone.localdate()
    long_ago = today - datetime.timedelta(days=800)
    cooling_off.register(entry(opd=opd, ended_on=long_ago), by=keeper)
    removed = cooling_off.register(entry(opd=opd, ended_on=today), by=keeper)
    cooling_off.remove(removed, reason="Keliru", at=timezone.now(), by=keeper)
    party_of(opd, "Ridwan Hakim", "ridwan hakim")

    assert appearances() == []


def test_a_name_of_one_word_is_no_finding(keeper):
    opd = OpdFactory()
    cooling_off.register(entry(opd=opd, name="Ridwan", ended_on=timezone.localdate()), by=keeper)
    party_of(opd, "Ridwan", "ridwan")

    assert appearances() == []


def test_one_query_for_any_number(keeper, django_assert_num_queries):
    for _number in range(3):
        cooling_off.register(entry(), by=keeper)

    with django_assert_num_queries(1):
        appearances()


# --- Pages -----------------------------------------------------------------------------------

GOOD = {"name": "Ridwan Hakim", "last_post": "Kepala dinas", "ended_on": "2026-01-31"}


def test_an_entry_by_the_page(client, keeper):
    log_in(client, keeper)
    data = GOOD | {"opd": OpdFactory().pk, "bodies": "PT Rimba Jaya; komisaris\nCV Tiga"}

    client.post(reverse("review:former_create"), data)

    official = FormerOfficial.objects.get()
    assert [body.name for body in official.bodies.all()] == ["CV Tiga", "PT Rimba Jaya"]
    text = client.get(official.get_absolute_url()).content.decode()
    assert "komisaris" in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "123"}, {"name": "a\x00b"}, {"opd": "x"}, {"opd": ""},
        {"ended_on": "9999-12-31"}, {"ended_on": "0001-01-01"}, {"ended_on": "besok"},
        {"bodies": "123; x"}, {"bodies": "\n".join(["PT A"] * 30)}, {"last_post": "x" * 500},
    ],
)  # fmt: skip
def test_bad_entries_are_refused_with_the_rest_kept(client, keeper, wrong):
    log_in(client, keeper)

    response = client.post(
        reverse("review:former_create"), GOOD | {"opd": OpdFactory().pk} | wrong
    )

    assert response.status_code == 422
    assert not FormerOfficial.objects.exists()


def test_a_proposal_is_confirmed_or_turned_down(client, keeper):
    log_in(client, keeper)
    first, second = make_leaver(), make_leaver()

    client.post(reverse("review:former_proposal", args=[first.pk]), {"confirm": "1"})
    client.post(reverse("review:former_proposal", args=[second.pk]), {"reason": "Pindah"})

    assert FormerOfficial.objects.get(user=first).removed_at is None
    assert FormerOfficial.objects.get(user=second).removed_because == "Pindah"
    again = client.post(reverse("review:former_proposal", args=[first.pk]), {"confirm": "1"})
    assert again.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count(client, keeper, count, django_assert_num_queries):
    log_in(client, keeper)
    for _number in range(count):
        cooling_off.register(entry(), by=keeper)
    url = reverse("review:former_list")
    client.get(url)

    with django_assert_num_queries(9):
        assert len(client.get(url).context["officials"]) == count
