"""Campaigns: planned once, told once, at the right hour, and never who has declared meanwhile."""

import datetime
import threading

import pytest
from django.db import InternalError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from declarations.models.registers import Occasion
from declarations.services import compliance
from notices.models import Email, Notice
from people import calendar
from people.models import Holiday, Role, User
from review import publication_tasks
from review.models import Campaign, CampaignDelivery
from review.services import campaigns
from review.workflow import campaigns as workflow
from tests.declarations.factories import RegisterFactory
from tests.people.factories import OpdFactory, log_in, person_with, post_of
from tests.queries import count_page_queries
from tests.review.test_dashboard import sign_register

db = pytest.mark.django_db
YEAR = timezone.localdate().year
# A Tuesday without holiday near it, whatever the year says.
DUE = datetime.date(2026, 3, 31)
MORNING = datetime.time(9, 0)


@pytest.fixture(autouse=True)
def no_holidays(db):
    Holiday.objects.all().delete()
    calendar.forget()
    yield
    calendar.forget()


@pytest.fixture
def opd():
    return OpdFactory()


@pytest.fixture
def head(opd):
    return person_with(Role.OPD_HEAD, opd)


@pytest.fixture
def superior(opd, head):
    return person_with(Role.SUPERIOR, opd, superior=post_of(head))


@pytest.fixture
def staff(opd, superior):
    return [
        person_with(opd=opd, superior=post_of(superior), post={"obliged": True}) for _n in range(3)
    ]


@pytest.fixture
def chief():
    return person_with(Role.CHIEF_INSPECTOR)


def campaign_of(by, **fields):
    values = {
        "name": "Kampanye 2026",
        "year": 2026,
        "opens_on": datetime.date(2026, 1, 5),
        "due_on": DUE,
        "days_before": [14, 7],
        "days_after": [3],
        "superior_after": None,
        "head_after": None,
        "quiet_from": datetime.time(17),
        "quiet_until": datetime.time(7, 30),
    }
    return workflow.create(by=by, values=values | fields)


def running(by, **fields):
    return workflow.start(campaign_of(by, **fields), by=by)


def at(day, time=MORNING):
    return timezone.make_aware(datetime.datetime.combine(day, time))


def told(campaign, **which):
    return campaign.deliveries.filter(state="sent", **which).count()


BEFORE_14 = DUE - datetime.timedelta(days=14)


@db
def test_people_are_told_once_whoever_runs_it_and_how_often(staff, chief):
    campaign = running(chief)

    for _run in range(3):
        campaigns.plan(campaign, on=BEFORE_14)
        campaigns.deliver(campaign, at=at(BEFORE_14))

    assert told(campaign, recipient__in=staff) == 3
    assert Notice.objects.filter(kind=campaigns.KIND, recipient__in=staff).count() == 3
    assert Email.objects.filter(kind=campaigns.KIND, recipient__in=staff).count() == 3


@db
def test_who_declares_meanwhile_is_left_in_peace(staff, chief):
    campaign = running(chief)
    campaigns.plan(campaign, on=BEFORE_14)
    register = sign_register(staff[0])
    type(register).objects.filter(pk=register.pk).update(year=2026)

    campaigns.deliver(campaign, at=at(BEFORE_14))

    assert campaign.deliveries.get(recipient=staff[0]).state == "declared"
    assert not Notice.objects.filter(recipient=staff[0], kind=campaigns.KIND).exists()
    assert told(campaign, recipient__in=staff) == 2


@db
@pytest.mark.parametrize(
    ("time", "is_told"),
    [
        (datetime.time(6, 59), False),
        (datetime.time(7, 29), False),
        (datetime.time(7, 30), True),
        (datetime.time(16, 59), True),
        (datetime.time(17, 0), False),
        (datetime.time(23, 59), False),
    ],
)
def test_nothing_is_sent_in_quiet_hours(staff, chief, time, is_told):
    campaign = running(chief)
    campaigns.plan(campaign, on=BEFORE_14)

    campaigns.deliver(campaign, at=at(BEFORE_14, time))

    assert bool(told(campaign, recipient__in=staff)) == is_told
    assert campaign.deliveries.filter(state="waiting").exists() != is_told


def test_quiet_hours_may_lie_within_one_day():
    campaign = Campaign(quiet_from=datetime.time(12), quiet_until=datetime.time(13))

    assert campaign.is_quiet(datetime.time(12, 30))
    assert not campaign.is_quiet(datetime.time(13))


@db
def test_a_holiday_moves_the_day_and_holds_the_message(staff, chief):
    Holiday.objects.create(on=BEFORE_14, name="Libur")
    calendar.forget()
    campaign = running(chief)
    next_day = BEFORE_14 + datetime.timedelta(days=1)

    assert campaigns.plan(campaign, on=BEFORE_14) == 0
    assert campaigns.timetable(campaign)[0].day == next_day
    campaigns.plan(campaign, on=next_day)
    assert campaigns.deliver(campaign, at=at(BEFORE_14)) == 0
    assert campaigns.deliver(campaign, at=at(next_day)) >= 3


@db
def test_after_days_without_a_worker_only_the_latest_round_is_sent(staff, chief):
    campaign = running(chief)

    campaigns.plan(campaign, on=DUE - datetime.timedelta(days=5))

    assert [each.was_missed for each in campaign.rounds.order_by("offset")] == [True, False]
    assert campaign.deliveries.filter(recipient=staff[0]).count() == 1


@db
def test_superior_and_head_get_one_digest_not_one_mail_a_person(staff, superior, head, chief):
    late = DUE + datetime.timedelta(days=6)
    campaign = running(chief, days_before=[], days_after=[5], superior_after=6, head_after=6)

    campaigns.plan(campaign, on=late)
    campaigns.deliver(campaign, at=at(late))

    assert told(campaign, recipient=superior) == 3
    assert told(campaign, recipient=head) == 3
    for above in (superior, head):
        notice = Notice.objects.get(recipient=above, kind=campaigns.KIND)
        assert "3" in notice.title


@db
def test_own_reminder_and_those_of_others_are_one_notice(opd, superior, chief):
    post_of(superior).__class__.objects.filter(pk=post_of(superior).pk).update(
        is_obliged=True, obliged_because="JPT"
    )
    person_with(opd=opd, superior=post_of(superior), post={"obliged": True})
    late = DUE + datetime.timedelta(days=6)
    campaign = running(chief, days_before=[], days_after=[6], superior_after=6)

    campaigns.plan(campaign, on=late)
    campaigns.deliver(campaign, at=at(late))

    notice = Notice.objects.get(recipient=superior, kind=campaigns.KIND)
    assert "1" in notice.body
    assert notice.path == reverse("declarations:register_start")


@db
def test_the_ordinary_reminders_keep_still_while_a_campaign_runs(staff, chief):
    day = DUE - datetime.timedelta(days=7)
    RegisterFactory(declarant=staff[0], year=2026, occasion=Occasion.YEARLY, due_on=DUE)
    other = person_with()
    RegisterFactory(declarant=other, year=2026, occasion=Occasion.CHANGE, due_on=DUE)

    def reminded():
        return {each.user.pk for each in compliance.find_registers_due(on=day)}

    assert {*(person.pk for person in staff), other.pk} <= reminded()
    campaign = running(chief)
    assert reminded() == {other.pk}
    workflow.pause(campaign, by=chief, reason="Uji")
    assert reminded() == {other.pk}
    workflow.stop(campaign, by=chief, reason="Uji")
    assert {person.pk for person in staff} <= reminded()


@db
def test_after_its_last_round_the_ordinary_reminders_go_on(chief):
    campaign = running(chief)
    last = campaigns.timetable(campaign)[-1].day

    assert campaigns.covers(2026, last)
    assert not campaigns.covers(2026, last + datetime.timedelta(days=1))


@db
def test_pause_holds_what_waits_and_stop_ends_it(staff, chief):
    campaign = running(chief)
    campaigns.plan(campaign, on=BEFORE_14)
    workflow.pause(campaign, by=chief, reason="Gangguan surel")

    assert campaigns.deliver(campaign, at=at(BEFORE_14)) == 0
    workflow.resume(campaign, by=chief)
    assert campaigns.deliver(campaign, at=at(BEFORE_14)) >= 3
    workflow.stop(campaign, by=chief, reason="Selesai")
    with pytest.raises(workflow.CampaignError):
        workflow.resume(campaign, by=chief)
    with pytest.raises(InternalError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(state="running")


@db
def test_a_closed_account_is_not_told(staff, chief):
    campaign = running(chief)
    campaigns.plan(campaign, on=BEFORE_14)
    User.objects.filter(pk=staff[0].pk).update(is_active=False)

    campaigns.deliver(campaign, at=at(BEFORE_14))

    assert campaign.deliveries.get(recipient=staff[0]).state in ("dropped", "declared")
    assert not Notice.objects.filter(recipient=staff[0]).exists()


@db
def test_one_campaign_a_year(chief):
    campaign_of(chief)

    with pytest.raises(workflow.CampaignError):
        campaign_of(chief, name="Kedua")


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_everybody_once():
    opd = OpdFactory()
    people = [person_with(opd=opd, post={"obliged": True}) for _n in range(4)]
    campaign = running(person_with(Role.CHIEF_INSPECTOR))
    gate = threading.Barrier(2)

    def work():
        try:
            gate.wait(10)
            campaigns.plan(campaign, on=BEFORE_14)
            campaigns.deliver(campaign, at=at(BEFORE_14))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    campaigns.deliver(campaign, at=at(BEFORE_14))

    assert told(campaign, recipient__in=people) == 4
    assert Notice.objects.filter(kind=campaigns.KIND, recipient__in=people).count() == 4


@db
def test_the_task_runs_twice(staff, chief):
    running(chief)

    publication_tasks.run_campaigns.func()
    publication_tasks.run_campaigns.func()

    assert CampaignDelivery.objects.filter(recipient=staff[0]).count() <= 1


READERS = {
    Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR,
}  # fmt: skip


@db
@pytest.mark.parametrize("role", list(Role))
def test_who_reads_and_who_runs_campaigns(client, opd, chief, role):
    campaign = campaign_of(chief)
    log_in(client, person_with(role, opd))
    runs = role in (Role.CHIEF_INSPECTOR, Role.SYSTEM_ADMINISTRATOR)

    seen = client.get(reverse("review:campaign_list")).status_code
    detail = client.get(reverse("review:campaign_detail", args=[campaign.pk])).status_code
    started = client.post(reverse("review:campaign_step", args=[campaign.pk, "start"])).status_code
    campaign.refresh_from_db()

    assert (seen == 200) == (detail == 200) == (role in READERS)
    assert (started == 302) == runs == (campaign.state == "running")


def form_values(**fields):
    return {
        "name": "Kampanye", "year": "2026", "opens_on": "2026-01-05", "due_on": "2026-03-31",
        "days_before": "14, 7, 3", "days_after": "3", "superior_after": "5", "head_after": "",
        "quiet_from": "17:00", "quiet_until": "07:30", "revision": "0",
    } | fields  # fmt: skip


@db
def test_form_makes_a_campaign_and_keeps_what_a_second_window_changed(client, chief):
    log_in(client, chief)
    assert client.post(reverse("review:campaign_create"), form_values()).status_code == 302
    campaign = Campaign.objects.get()
    url = reverse("review:campaign_change", args=[campaign.pk])

    assert client.post(url, form_values(days_after="9")).status_code == 302
    second = client.post(url, form_values(days_after="20"))
    campaign.refresh_from_db()

    assert second.status_code == 422
    assert campaign.days_after == [9]
    assert campaign.days_before == [14, 7, 3]


@db
@pytest.mark.parametrize(
    "fields",
    [
        {"days_before": "x"}, {"days_before": "", "days_after": ""}, {"due_on": "2026-05-31"},
        {"opens_on": "2026-12-01"}, {"year": "1"}, {"quiet_until": "17:00"},
        {"days_before": ",".join(map(str, range(50)))}, {"name": "a\x00b"}, {"due_on": "nanti"},
        {"superior_after": "-4"}, {"quiet_from": "25:99"},
    ],
)  # fmt: skip
def test_bad_input_is_said_and_nothing_is_made(client, chief, fields):
    log_in(client, chief)

    answer = client.post(reverse("review:campaign_create"), form_values(**fields))

    assert answer.status_code == 422
    assert not Campaign.objects.exists()


@db
def test_queries_of_the_log_do_not_grow(client, staff, superior, chief):
    campaign = running(chief, superior_after=0, days_before=[], days_after=[0])
    log_in(client, chief)
    url = reverse("review:campaign_detail", args=[campaign.pk])

    none = count_page_queries(lambda: client.get(url))
    campaigns.plan(campaign, on=DUE)
    campaigns.deliver(campaign, at=at(DUE))
    many = count_page_queries(lambda: client.get(url))

    assert many <= none + 1
    assert many <= 12
