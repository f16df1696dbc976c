"""An inspector's morning with the keyboard, and a decision by four eyes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from review.models import Case, CasePresence
from review.services import marking
from review.workflow import cases
from tests.declarations.factories import sent_register
from tests.e2e.conftest import assert_accessible, assert_accessible_in_both_schemes
from tests.e2e.walking import Walk
from tests.review.case_desk import WORDS, make_desk, new_case

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = reverse("review:case_list")


@pytest.fixture
def desk(settings):
    settings.SECOND_FACTOR_RELAXED = True
    return make_desk()


def test_a_morning_with_the_keyboard(desktop, live_server, desk):
    sent_register(desk.subject)
    case = new_case(desk, subject=desk.subject, score=900)
    other = new_case(desk, score=100)
    CasePresence.objects.create(case=other, user=desk.colleague, seen_at=timezone.now())
    walk = Walk(desktop, live_server.url)
    walk.becomes(desk.inspector)
    walk.open(QUEUE)

    desktop.keyboard.press("?")
    assert desktop.locator("[data-coi-keys]").is_visible()
    desktop.locator("h1").click()
    desktop.keyboard.press("j")
    desktop.keyboard.press("j")
    desktop.keyboard.press("k")
    with desktop.expect_navigation():
        desktop.keyboard.press("Enter")
    assert walk.path == case.get_absolute_url()
    assert_accessible(desktop)

    walk.press(f'form[action="{reverse("review:case_claim", args=[case.pk])}"] button')
    for part in ("deklarasi", "percakapan", "riwayat"):
        walk.open(f"{case.get_absolute_url()}?bagian={part}")
    walk.open(reverse("review:case_ask", args=[case.pk]))
    desktop.fill("textarea[name=question]", "Sejak kapan?")
    place = desktop.locator("input[name=places]").first.get_attribute("id")
    desktop.click(f'label[for="{place}"]')
    walk.go_on()
    request = case.requests.get()

    walk.becomes(desk.subject)
    walk.open(request.get_absolute_url())
    assert marking.places_of(desk.subject)[0].places[0].key == request.fields[0]["key"]
    desktop.fill("textarea[name=place_0]", "Sejak 2019.")
    walk.go_on()

    walk.becomes(desk.inspector)
    walk.open(reverse("review:case_recommend", args=[case.pk]))
    walk.answer(outcome="dismissed", reasons=WORDS)
    walk.go_on()

    assert walk.path == other.get_absolute_url(), "The next case comes by itself."
    assert desk.colleague.name in desktop.locator("main").inner_text()


def test_a_decision_by_four_eyes(desktop, live_server, desk):
    case = cases.claim(new_case(desk), by=desk.inspector)
    cases.recommend(case, by=desk.inspector, outcome="conforming", reasons=WORDS)
    walk = Walk(desktop, live_server.url)
    walk.becomes(desk.inspector)
    walk.open(case.get_absolute_url())
    decide = reverse("review:case_decide", args=[case.pk])
    assert desktop.locator(f'a[href="{decide}"]').count() == 0

    walk.becomes(desk.chief)
    walk.open(reverse("review:case_next"), leads_to=case.get_absolute_url())
    walk.follow(decide)
    assert WORDS in desktop.locator("main").inner_text()
    desktop.fill("textarea[name=reasons]", "Setuju dengan rekomendasi.")
    walk.go_on()

    assert walk.path == QUEUE
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.decided_by) == ("closed", desk.chief)


def test_queue_works_on_a_phone_without_scripts(without_javascript, live_server, desk):
    """Everything the keys do, a finger does."""
    made = [new_case(desk) for _each in range(2)]
    walk = Walk(without_javascript, live_server.url)
    walk.becomes(desk.chief)
    without_javascript.goto(live_server.url + QUEUE)

    for case in made:
        without_javascript.locator(f'input[name=kasus][value="{case.pk}"]').check()
    without_javascript.select_option("select[name=tindakan]", "tugaskan")
    without_javascript.locator("form:has(select[name=tindakan]) button[type=submit]").click()
    without_javascript.wait_for_load_state()

    assert set(Case.objects.values_list("state", flat=True)) == {"assigned"}


def test_pages_are_accessible(live_server, desk, dark):
    case = new_case(desk, score=120)
    walk = Walk(dark, live_server.url)
    walk.becomes(desk.chief)
    for address in (
        QUEUE, case.get_absolute_url(), reverse("review:case_assign", args=[case.pk]),
    ):  # fmt: skip
        walk.page.goto(live_server.url + address)
        assert walk.path == address
        assert_accessible_in_both_schemes(dark)
