"""An anonymous report and its answer, on a phone without scripts; the pages under axe."""

import re

import pytest
from django.urls import reverse

from people.models import Role
from review.models import ConflictReport
from tests.e2e.conftest import assert_accessible, assert_accessible_in_both_schemes, log_in
from tests.people.factories import PASSWORD, person_with
from tests.review.report_samples import make_report, named, take

pytestmark = pytest.mark.django_db(transaction=True)
STORY = "Perusahaan keluarganya menang tender yang ia nilai sendiri."
QUESTION = "Kapan hal itu terjadi?"


def test_an_anonymous_report_is_asked_and_answered(live_server, without_javascript, settings):
    settings.SECOND_FACTOR_RELAXED = True
    inspector, page = person_with(Role.INSPECTOR), without_javascript
    page.goto(live_server.url + reverse("reporting:start"))
    page.click(f"main a[href='{reverse('reporting:anonymous')}']")
    page.fill("[name=reported-name]", "Tidak Dikenal Siapapun")
    page.fill("[name=events-what]", STORY)
    page.check("[name=good_faith]")
    page.click("main button[type=submit]")
    code = re.sub(r"\s", "", page.inner_text(".code-block code"))
    assert len(code) == 32

    log_in(page, live_server.url, inspector.nip, PASSWORD)
    report = ConflictReport.objects.get()
    page.goto(live_server.url + report.get_absolute_url())
    assert STORY in page.inner_text("main")
    page.click(
        f"form[action='{reverse('review:report_step', args=[report.pk, 'verify'])}'] button"
    )
    page.goto(live_server.url + reverse("review:report_message", args=[report.pk]))
    page.fill("[name=text]", QUESTION)
    page.click("main button[type=submit]")

    page.goto(live_server.url + reverse("reporting:code"))
    assert inspector.name not in page.inner_text("body")  # Signed in, and not recognised.
    page.fill("[name=code]", code)
    page.click("main button[type=submit]")
    assert QUESTION in page.inner_text("main")
    page.fill("[name=text]", "Bulan Maret, di kantor.")
    page.click("main button[name=answer]")
    assert "Bulan Maret" in page.inner_text("main")

    page.goto(live_server.url + report.get_absolute_url())
    assert "Bulan Maret" in page.inner_text("main")


def test_public_pages_are_accessible(live_server, dark):
    for name in ("start", "anonymous", "named", "code"):
        dark.goto(live_server.url + reverse(f"reporting:{name}"))
        assert_accessible_in_both_schemes(dark)
    dark.goto(live_server.url + reverse("reporting:anonymous"))
    dark.click("main button[type=submit]")
    assert_accessible_in_both_schemes(dark)


def test_pages_of_the_inspectorate_are_accessible(live_server, phone, settings):
    settings.SECOND_FACTOR_RELAXED = True
    inspector = person_with(Role.INSPECTOR)
    person_with(name="Zulkifli Tertuduh")
    report = take("verify", named("Zulkifli Tertuduh"), by=inspector)
    make_report()
    log_in(phone, live_server.url, inspector.nip, PASSWORD)
    for address in (
        reverse("review:report_list"),
        report.get_absolute_url(),
        reverse("review:report_step", args=[report.pk, "reject"]),
        reverse("review:report_message", args=[report.pk]),
        reverse("review:report_identity", args=[report.pk]),
        reverse("review:former_list"),
        reverse("review:former_create"),
        reverse("review:former_proposals"),
    ):
        phone.goto(live_server.url + address)
        assert phone.url.endswith(address)
        assert_accessible(phone)
