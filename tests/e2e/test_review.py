"""The map against reality and the head's page, on a phone, in the dark, without scripts."""

import pytest
from django.urls import reverse

from people.models import Role
from review.models import Nudge
from tests.e2e.conftest import assert_accessible, assert_accessible_in_both_schemes, log_in
from tests.people.factories import PASSWORD, OpdFactory, person_with, post_of
from tests.review.factories import approved_map, make_conflict, make_statement, overdue_control

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def head(live_server, settings):
    settings.SECOND_FACTOR_RELAXED = True
    opd = OpdFactory(name="Dinas Peta Panjang Sekali Namanya", short_name="Peta")
    head = person_with(Role.OPD_HEAD, opd, post={"is_obliged": True, "obliged_because": "JPT"})
    staff = person_with(
        opd=opd, superior=post_of(head), post={"obliged": True}, name="Rina Belum Lapor"
    )
    overdue_control(approved_map(opd, "PBJ-01", "SDM-01", posts=(post_of(staff),), head=head))
    make_conflict(staff, opd, "HIB-01", handler=head)
    make_statement(staff, opd, "PBJ-01")
    for _number in range(6):
        other = OpdFactory()
        person = person_with(opd=other, post={"obliged": True})
        for _case in range(3):
            make_conflict(person, other)
    return head


def test_head_reminds_with_one_click_without_scripts(live_server, without_javascript, head):
    page = without_javascript
    log_in(page, live_server.url, head.nip, PASSWORD)

    page.goto(live_server.url + reverse("review:desk"))
    page.click("#orang form button[type=submit]")
    page.wait_for_load_state()

    assert Nudge.objects.get().sent_by == head
    assert page.locator("#orang form").count() == 0


def test_pages_are_accessible(live_server, head, dark):
    page = dark
    log_in(page, live_server.url, head.nip, PASSWORD)
    opd = post_of(head).opd
    for address in (
        reverse("review:desk"),
        reverse("review:opd", args=[opd.pk]),
        reverse("review:opd_rows", args=[opd.pk]),
    ):
        page.goto(live_server.url + address)
        assert page.url.endswith(address)
        assert_accessible_in_both_schemes(page)


def test_province_is_accessible_and_fits_a_phone(live_server, phone, head, settings):
    inspector = person_with(Role.INSPECTOR)
    log_in(phone, live_server.url, inspector.nip, PASSWORD)

    phone.goto(live_server.url + reverse("review:province"))

    assert phone.locator("svg.chart-dots title").count() == 1
    assert_accessible(phone)
