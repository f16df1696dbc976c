"""F1 in a browser: the first year, sent back once; the superior; the year after, the delta.

The declarant holds a phone in the first year and sits at a desk in the second, as officer and
superior always do.
"""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from declarations.models import InterestRegister
from tests.declarations.factories import NIL_SECTIONS, Office, office
from tests.e2e.walking import Walk, assert_signed, download

pytestmark = pytest.mark.django_db(transaction=True)

COMPANY, SECOND_COMPANY = "CV Rafflesia Jaya", "PT Semarak Abadi"
REMARK = "Mohon isi bidang usaha dengan lebih jelas."


def page_of(name: str, register: InterestRegister, *arguments: str) -> str:
    return reverse(f"declarations:register_{name}", args=[register.pk, *arguments])


def current(declared_by) -> InterestRegister:
    return InterestRegister.objects.filter(declarant=declared_by).latest("created_at")


def test_register_from_the_first_year_to_the_delta(phone, desktop, live_server, tmp_path):
    hand, desk = Walk(phone, live_server.url), Walk(desktop, live_server.url)
    place = office()

    register = declare_first_year(hand, place)
    send_back(desk, place, register)
    correct(hand, place, register)
    accept_and_acknowledge(desk, place, register)
    assert_signed(download(desk, current(place.declarant).document, tmp_path), signatures=2)

    next_year = timezone.localdate().replace(year=timezone.localdate().year + 1, month=2, day=3)
    at = datetime.datetime.combine(next_year, datetime.time(3), datetime.UTC)
    with time_machine.travel(at, tick=True):
        sign_the_delta(desk, place)


def add_row(walk: Walk, register: InterestRegister, section: str, **answers: str) -> None:
    walk.follow(page_of("row_add", register, section))
    walk.answer(**answers)
    walk.go_on()


def declare_first_year(walk: Walk, place: Office) -> InterestRegister:
    walk.becomes(place.declarant)
    walk.open(reverse("declarations:home"))
    walk.follow(reverse("declarations:register_start"))
    walk.go_on()
    register = current(place.declarant)

    walk.follow(page_of("section", register, "business"))
    add_row(
        walk, register, "business", name=COMPANY, field="ATK", role="owner",
        share_percent="60", deals_with_government="yes", dealings="Pernah memasok kertas.",
    )  # fmt: skip
    walk.go_on()
    walk.follow(page_of("section", register, "family"))
    add_row(
        walk, register, "family", name="Siti binti Ahmad", relation="istri",
        occupation="Guru", related_to_duties="no",
    )  # fmt: skip
    walk.go_on()
    for section in NIL_SECTIONS:
        walk.follow(page_of("section", register, section))
        walk.press(f"#id_{section}-nil")
        assert walk.path == page_of("tasks", register)
    check_and_sign(walk, register)
    return register


def check_and_sign(walk: Walk, register: InterestRegister) -> None:
    walk.open(page_of("tasks", register))
    walk.follow(page_of("check", register))
    walk.follow(page_of("sign", register))
    walk.go_on()
    assert walk.path == page_of("done", register)
    register.refresh_from_db()
    assert register.document.number in walk.paragraph()


def send_back(walk: Walk, place: Office, register: InterestRegister) -> None:
    walk.becomes(place.officer)
    walk.open(reverse("declarations:home"))
    walk.follow(reverse("declarations:register_checks"))
    walk.follow(register.get_absolute_url())
    walk.follow(page_of("review", register))
    section = walk.page.locator("section", has=walk.page.locator("#business"))
    section.locator("summary").click()
    section.locator("textarea").fill(REMARK)
    walk.press("main button[value=return]")


def correct(walk: Walk, place: Office, register: InterestRegister) -> None:
    walk.becomes(place.declarant)
    walk.open(reverse("declarations:home"))
    walk.follow(register.get_absolute_url())
    assert REMARK in walk.paragraph()
    walk.press(f'main form[action="{page_of("resume", register)}"] button')
    assert walk.page.locator(f'a[href="{page_of("section", register, "family")}"]').count() == 0
    walk.follow(page_of("section", register, "business"))
    assert REMARK in walk.paragraph()
    key = register.draft["business"]["rows"][0]["key"]
    walk.follow(page_of("row", register, "business", key))
    walk.answer(field="Alat tulis kantor dan kertas")
    walk.go_on()
    check_and_sign(walk, register)


def accept_and_acknowledge(walk: Walk, place: Office, register: InterestRegister) -> None:
    walk.becomes(place.officer)
    walk.open(reverse("declarations:register_checks"))
    walk.follow(register.get_absolute_url())
    walk.follow(page_of("review", register))
    walk.press("main button[value=accept]")

    walk.becomes(place.superior)
    walk.open(reverse("declarations:home"))
    walk.follow(reverse("declarations:register_acknowledgements"))
    walk.follow(register.get_absolute_url())
    walk.follow(page_of("acknowledge", register))
    walk.go_on()
    register.refresh_from_db()
    assert (register.state, register.acknowledged_by) == ("accepted", place.superior)


def sign_the_delta(walk: Walk, place: Office) -> None:
    walk.becomes(place.declarant)
    walk.open(reverse("declarations:home"))
    walk.follow(reverse("declarations:register_start"))
    walk.go_on()
    register = current(place.declarant)
    assert walk.path == page_of("delta", register)

    walk.follow(page_of("section", register, "business"))
    add_row(
        walk, register, "business", name=SECOND_COMPANY, field="Konstruksi", role="shareholder",
        share_percent="5", deals_with_government="no",
    )  # fmt: skip
    walk.open(page_of("delta", register))
    changed = walk.page.locator(".change-added")
    assert SECOND_COMPANY in changed.inner_text()
    assert COMPANY not in changed.inner_text()
    walk.go_on()
    assert walk.path == page_of("done", register)

    register.refresh_from_db()
    walk.becomes(place.officer)
    walk.open(page_of("review", register))
    assert SECOND_COMPANY in walk.page.locator(".change-added").first.inner_text()
