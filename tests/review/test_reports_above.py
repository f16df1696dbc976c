"""Reports that nobody of the Inspectorate may handle: the regional secretary's way."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from declarations.workflow.base import TransitionError
from notices.models import Notice
from people.models import Opd, Role, User
from review.models import ConflictReport, ReportSubject
from review.report_messages import tell_received
from review.report_states import REPORT_TRANSITIONS
from tests.people.factories import OpdFactory, log_in, person_with, post_of
from tests.queries import count_page_queries
from tests.review.case_desk import again
from tests.review.report_samples import MARKER, in_state, make_report, mark, take

pytestmark = pytest.mark.django_db
LIST = "review:report_list"
MOST_OF_DETAIL = 14
CHIEF = "Zulkarnain Kepala Inspektur"


@pytest.fixture
def secretary():
    secretariat = OpdFactory(kind=Opd.Kind.REGIONAL_SECRETARIAT)
    return person_with(Role.OPD_HEAD, secretariat, name="Rahayu Sekretaris Daerah")


@pytest.fixture
def chief(secretary):
    office = OpdFactory(kind=Opd.Kind.INSPECTORATE)
    return person_with(Role.CHIEF_INSPECTOR, office, superior=post_of(secretary), name=CHIEF)


@pytest.fixture
def inspector(chief):
    return person_with(
        Role.INSPECTOR, post_of(chief).opd, superior=post_of(chief), name="Ani Pemeriksa Satu"
    )


@pytest.fixture
def on_chief(chief, inspector):
    """About the head of the Inspectorate; their people stand below them."""
    return make_report(CHIEF)


def fresh(report) -> ConflictReport:
    return ConflictReport.objects.get(pk=report.pk)


def seen_by(user) -> list[str]:
    user = again(user)
    listed = set(ConflictReport.objects.visible_to(user).values_list("number", flat=True))
    allowed = {
        report.number
        for report in ConflictReport.objects.all()
        if user.has_perm("review.view_conflictreport", report)
    }
    assert listed == allowed
    return sorted(listed)


def test_exactly_the_stranded_ones_come_to_the_secretary(secretary, chief, inspector, on_chief):
    make_report("Tidak Dikenal Siapapun")
    make_report(inspector.name)

    assert seen_by(secretary) == [on_chief.number]
    assert on_chief.number not in seen_by(chief) + seen_by(inspector)


def test_a_report_about_the_secretary_too_comes_to_nobody(secretary, chief, on_chief):
    ReportSubject.objects.create(report=on_chief, user=secretary, standing="candidate")

    assert seen_by(secretary) == []
    assert seen_by(chief) == []


def test_heads_of_other_opds_get_nothing(on_chief):
    head = person_with(Role.OPD_HEAD, OpdFactory())

    assert seen_by(head) == []
    assert not head.has_perm("review.list_conflictreport")


def test_whoever_headed_the_secretariat_sees_it_no_more(secretary, on_chief):
    secretary.assignments.update(ends_on=timezone.localdate() - timezone.timedelta(days=1))

    assert seen_by(secretary) == []


def test_the_secretary_is_told_and_nobody_of_the_inspectorate(secretary, chief, on_chief):
    auditor = person_with(Role.AUDITOR)
    tell_received(fresh(on_chief), on=timezone.localdate())

    told = Notice.objects.filter(kind__startswith="review.report_")
    assert {notice.recipient for notice in told} == {secretary}
    assert auditor not in {notice.recipient for notice in told}
    assert not any(on_chief.number in str(notice.title) for notice in told)


def test_pages_of_the_secretary(client, secretary, on_chief):
    log_in(client, secretary)

    page = client.get(reverse(LIST)).content.decode()
    assert on_chief.number in page
    detail = client.get(on_chief.get_absolute_url())
    assert MARKER in detail.content.decode()
    assert AuditEvent.objects.filter(action="conflictreport.read", actor_id=secretary.pk).exists()
    assert count_page_queries(lambda: client.get(reverse(LIST))) <= 12
    # One more than for an inspector: who handles reports, and what ties them.
    assert count_page_queries(lambda: client.get(on_chief.get_absolute_url())) <= MOST_OF_DETAIL


@pytest.mark.parametrize("times", [1, 3])
def test_the_list_costs_the_same_for_more_handlers(client, secretary, chief, times):
    for number in range(times):
        make_report(CHIEF)
        person_with(
            Role.INSPECTOR, post_of(chief).opd, superior=post_of(chief), name=f"Cici Muda {number}"
        )
    log_in(client, secretary)

    assert count_page_queries(lambda: client.get(reverse(LIST))) <= 12


def test_handed_on_and_finished(client, secretary, on_chief):
    report = take("verify", fresh(on_chief), by=again(secretary))
    log_in(client, secretary)
    url = reverse("review:report_step", args=[report.pk, "refer"])

    assert client.get(url).status_code == 200
    assert client.post(url, {"note": "", "feedback": ""}).status_code == 422
    said = {"note": "Itjen, surat 700/12.", "feedback": "Laporan Anda kami teruskan."}
    assert client.post(url, said).status_code == 302

    report = fresh(report)
    assert report.state == "referred"
    assert report.steps.filter(name="refer").count() == 1
    event = AuditEvent.objects.get(action="conflictreport.refer")
    assert event.actor_id == secretary.pk
    assert "700/12" not in str(event.data)
    assert client.post(url, said).status_code == 409
    closed = take("close", report, by=again(secretary))
    assert closed.state == "closed"


@pytest.mark.parametrize("step", ["examine", "forward", "decide", "follow_up"])
def test_steps_of_the_inspectorate_are_not_the_secretarys(client, secretary, on_chief, step):
    take("verify", fresh(on_chief), by=again(secretary))
    log_in(client, secretary)

    url = reverse("review:report_step", args=[on_chief.pk, step])
    assert client.get(url).status_code == 403
    names = {t.name: t.permission for t in REPORT_TRANSITIONS}
    assert not again(secretary).has_perm(names[step], fresh(on_chief))


def test_inspectors_hand_nothing_on_to_other_bodies(inspector, chief):
    report = in_state(make_report(), "verifying", by=inspector, chief=chief)

    with pytest.raises((TransitionError, Exception)):
        take("refer", report, by=again(chief))
    assert fresh(report).state == "verifying"


def test_ruling_out_gives_it_back_and_tells_the_inspectorate(
    secretary, chief, inspector, on_chief
):
    report = take("verify", fresh(on_chief), by=again(secretary))

    mark(report, chief, standing="ruled_out", by=again(secretary))

    assert seen_by(secretary) == []
    assert on_chief.number in seen_by(inspector)
    told = Notice.objects.filter(kind="review.report_received", recipient=inspector)
    assert told.count() == 1


def test_marking_the_chief_sends_it_up(secretary, chief, inspector):
    report = in_state(make_report(), "verifying", by=inspector, chief=chief)

    mark(report, chief, by=again(inspector))

    assert seen_by(inspector) == []
    assert seen_by(secretary) == [report.number]
    assert Notice.objects.filter(kind="review.report_stranded", recipient=secretary).exists()
    assert User.objects.get(pk=secretary.pk).has_perm("review.refer_conflictreport", fresh(report))
