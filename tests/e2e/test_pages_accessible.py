"""Every page that the URL table knows, on a 360 px screen: axe finds nothing, nothing overflows.

The pages are found, not listed, and opened by the plainest person whom authorisation.csv lets in,
so a new page is looked at from its first day. It shows that a page is sound, not that it is good:
the journeys beside this file do that.
"""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from tests.e2e.conftest import PHONE, assert_accessible
from tests.test_bad_input import actor_for
from tests.world import ACTORS, Page, build, pages, url_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Nothing to look at in a browser.
NOT_PAGES = {
    "liveness", "readiness", "robots", "statements:download", "people:import_template",
    "mfa_download_recovery_codes", "declarations:conflict_attachment", "declarations:task_file",
    "statistics:csv", "statistics:json", "review:monitoring_sheet", "review:bundle_download",
    "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate_webauthn",
    "account_set_password", "activation_link", "openid_connect_login",
    "openid_connect_callback",
}  # fmt: skip


def visited(actor: str) -> list[Page]:
    return [
        page
        for page in pages()
        if "get" in page.methods and page.name not in NOT_PAGES and actor_for(page, "get") == actor
    ]


ROLES = [actor for actor in ACTORS if visited(actor)]


@pytest.mark.parametrize("actor", ROLES)
def test_every_page_of_a_role_is_sound_on_a_phone(actor, chromium, live_server):
    world = build()
    context = chromium.new_context(viewport=PHONE, locale="id-ID", has_touch=True, is_mobile=True)
    if cookies := world.cookies[actor]:
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()]
        )
    browser = context.new_page()
    faults: list[str] = []
    browser.on("pageerror", lambda error: faults.append(f"{browser.url}: {error}"))
    browser.on("console", lambda said: _note(said, browser, faults))
    looked_at = set()
    try:
        for page in visited(actor):
            address = url_of(page, world)
            if not is_a_page(world.client(actor), address):
                continue
            browser.goto(live_server.url + address)
            seen = urlsplit(browser.url).path
            if seen in looked_at:
                continue  # Several addresses lead on to one page.
            looked_at.add(seen)
            try:
                assert_accessible(browser)
            except AssertionError as error:
                faults.append(f"{page.name}: {error}")
    finally:
        context.close()
        connections.close_all()

    assert faults == [], "\n\n".join(faults)
    assert looked_at


def _note(said, browser, faults) -> None:
    if "Content Security Policy" in said.text:
        faults.append(f"{browser.url}: {said.text}")


def is_a_page(client: Client, address: str) -> bool:
    """Fragments and files are parts of something else."""
    response = client.get(address, follow=True)
    kind = response.get("Content-Type", "")
    return kind.startswith("text/html") and b"<html" in response.content


def test_language_of_the_test_is_that_of_the_portal():
    assert settings.LANGUAGE_CODE == "id"
