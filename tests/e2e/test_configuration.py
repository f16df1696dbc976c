"""The administrator's pages, and every shipped question as the declarant sees it, in a browser."""

import pytest
from django.test import Client
from django.urls import reverse

from declarations.models import FormVersion
from declarations.services import configuration
from people.roles import Role
from tests.declarations.test_configuration import draft_of, edit_pages, pages
from tests.e2e.conftest import assert_accessible
from tests.people.factories import log_in, person_with

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page, live_server, user):
    client = Client()
    log_in(client, user)
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )


def test_pages_of_the_administrator_are_accessible(desktop, live_server):
    page = desktop  # On a phone: test_pages_accessible.
    administrator = person_with(Role.SYSTEM_ADMINISTRATOR)
    draft = draft_of("F7", by=administrator)
    sign_in(page, live_server, administrator)

    for address in pages(draft) + edit_pages(draft):
        page.goto(live_server.url + address)
        assert_accessible(page)


@pytest.mark.parametrize("code", FormVersion.Code.values)
def test_every_question_is_accessible_on_a_phone(code, phone, live_server):
    version = configuration.form_in_use(code)
    sign_in(phone, live_server, person_with(Role.CHIEF_INSPECTOR))
    address = live_server.url + reverse("declarations:configuration_preview", args=[version.pk])

    for section in version.content["sections"]:
        phone.goto(f"{address}?bagian={section['key']}")
        assert_accessible(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_dependent_question_appears_with_its_answer(desktop, live_server):
    version = configuration.form_in_use("F2")
    sign_in(desktop, live_server, person_with(Role.CHIEF_INSPECTOR))
    address = reverse("declarations:configuration_preview", args=[version.pk])
    desktop.goto(f"{live_server.url}{address}?bagian=sources")
    explanation = desktop.locator("[name=sources-bisnis_explanation]")
    assert explanation.is_hidden()

    desktop.click("label[for=id_sources-bisnis_0]")
    explanation.fill("Istri saya memiliki saham.")
    desktop.click("label[for=id_sources-bisnis_1]")
    assert explanation.is_hidden()
    desktop.click("label[for=id_sources-bisnis_0]")

    assert explanation.input_value() == "Istri saya memiliki saham."
