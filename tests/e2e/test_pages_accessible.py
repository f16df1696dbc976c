"""Every page that the URL table knows, on a 360 px screen: axe finds nothing, nothing overflows.

The pages are found, not listed, and opened by the plainest person whom authorisation.csv lets in,
so a new page is looked at from its first day. It shows that a page is sound, not that it is good:
the journeys beside this file do that.
"""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Error
from playwright.sync_api import Page as Browsed

from tests.e2e.conftest import assert_accessible
from tests.test_bad_input import actor_for
from tests.world import ACTORS, Page, World, build, pages, url_of

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


# A province is made for each test, so that few tests take all roles, about as many pages each.
ALONE = (("declarant",), ("chief_inspector", "inspector"))
ROLES = (
    *ALONE,
    tuple(actor for actor in ACTORS if visited(actor) and actor not in sum(ALONE, ())),
)


@pytest.mark.parametrize("actors", ROLES, ids=lambda actors: actors[0])
def test_every_page_of_a_role_is_sound_on_a_phone(actors, phone, live_server):
    world = build()
    faults: list[str] = []
    try:
        for actor in actors:
            faults += look_around(phone, live_server.url, world, actor)
    finally:
        connections.close_all()

    assert faults == [], "\n\n".join(faults)


def look_around(browser: Browsed, base: str, world: World, actor: str) -> list[str]:
    browser.context.clear_cookies()
    cookies = world.cookies[actor].items()
    browser.context.add_cookies([{"name": n, "value": v, "url": base} for n, v in cookies])
    faults, looked_at = [], set()
    for page in visited(actor):
        if not is_a_page(browser, base + url_of(page, world)):
            continue
        seen = urlsplit(browser.url).path
        if seen in looked_at:
            continue  # Several addresses lead on to one page.
        looked_at.add(seen)
        try:
            assert_accessible(browser)
        except AssertionError as error:
            faults.append(f"{page.name}: {error}")
    assert looked_at
    return faults


def is_a_page(browser: Browsed, address: str) -> bool:
    """Fragments and files are parts of something else."""
    try:
        answer = browser.goto(address)
    except Error as error:
        if not re.search("Download is starting|ERR_ABORTED", str(error)):
            raise
        return False  # Saved, not shown; or there is nothing to show.
    return answer.headers["content-type"].startswith("text/html") and "<html" in answer.text()


def test_language_of_the_test_is_that_of_the_portal():
    assert settings.LANGUAGE_CODE == "id"
