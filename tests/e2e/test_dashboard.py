"""The province's page, a campaign and the public statistics: on a phone, in the dark, by axe."""

import datetime
import os
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from mapping.models import ConflictSource
from people.models import Opd, Role
from review.models import OpdStanding, SummaryCell
from review.services import publications, summaries
from review.workflow import campaigns
from tests.e2e.conftest import assert_accessible_in_both_schemes, log_in
from tests.people.factories import PASSWORD, OpdFactory, person_with
from tests.review.factories import make_conflict, make_statement
from tests.review.test_campaigns import campaign_of
from tests.review.test_dashboard import sign_register

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chief(live_server, settings):
    settings.SECOND_FACTOR_RELAXED = True
    now = timezone.now()
    for number in range(6):
        opd = OpdFactory(name=f"Dinas Panjang Sekali Namanya {number}")
        people = [person_with(opd=opd, post={"obliged": True}) for _n in range(2)]
        sign_register(people[0], days_late=number - 3)
        for case in range(3):
            make_conflict(people[1], opd, sent_at=now - datetime.timedelta(days=40 * case))
        make_conflict(people[0], opd, state="no_conflict", decided_at=now,
                      sent_at=now - datetime.timedelta(days=3 * number))  # fmt: skip
        make_statement(people[0], opd)
    chief = person_with(Role.CHIEF_INSPECTOR, OpdFactory(kind=Opd.Kind.INSPECTORATE))
    year = timezone.localdate().year - 1
    summaries.rebuild(at=now)
    OpdStanding.objects.filter(year=year).update(obliged=20, signed=18, in_time=9, valid_in_time=9)
    for standing in OpdStanding.objects.filter(year=year, opd__name__startswith="Dinas Panjang"):
        SummaryCell.objects.create(
            kind="F3", opd=standing.opd, year=year, day=datetime.date(year, 5, 1),
            status="closed", source=ConflictSource.objects.first(), number=7,
        )  # fmt: skip
    publications.publish(year=year, at=now, by=chief)
    summaries.rebuild(at=now)
    return chief


def picture(page, name):
    """Kept where somebody wants to look at it."""
    if folder := os.environ.get("COI_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_pages_are_accessible(live_server, chief, dark):
    page = dark
    log_in(page, live_server.url, chief.nip, PASSWORD)
    campaign = campaigns.start(campaign_of(chief), by=chief)
    report = publications.freeze(
        period="month", day=timezone.localdate(), at=timezone.now(), by=chief
    )
    for name, address in {
        "dashboard": reverse("review:dashboard"),
        "rows": f"{reverse('review:dashboard_rows')}?jenis=konflik",
        "campaign": campaign.get_absolute_url(),
        "campaign-form": reverse("review:campaign_change", args=[campaign.pk]),
        "report": report.get_absolute_url(),
        "statistics": reverse("statistics:public"),
        "desk": reverse("review:statistics_desk"),
    }.items():
        page.goto(live_server.url + address)
        assert page.url.endswith(address)
        picture(page, name)
        assert_accessible_in_both_schemes(page)


def test_a_figure_opens_its_rows_without_scripts(live_server, without_javascript, chief):
    page = without_javascript
    log_in(page, live_server.url, chief.nip, PASSWORD)
    page.goto(live_server.url + reverse("review:dashboard"))
    figure = page.locator("a.stat").first
    number = int(figure.locator(".stat-value").inner_text())

    figure.click()
    page.wait_for_load_state()

    assert page.locator("tbody tr").count() == number


def test_the_page_prints_its_figures(live_server, desktop, chief):
    page = desktop
    log_in(page, live_server.url, chief.nip, PASSWORD)
    page.goto(live_server.url + reverse("review:dashboard"))
    page.emulate_media(media="print")

    assert page.locator("svg.chart").first.is_visible()
    assert page.locator("#help-heading").is_visible()
    picture(page, "dashboard-print")
