"""A browser for the journeys: Debian's Chromium, on a phone and on a desktop.

def test_login(phone, live_server): phone.goto(live_server.url); assert_accessible(phone)
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.statements.conftest import signing_keys

__all__ = ["signing_keys"]  # Documents are really signed.

# Playwright runs an event loop in this thread; Django would refuse the database for it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
CHROMIUM = os.environ.get("COI_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (wanted) => {
    if (typeof axe === "undefined") return null;
    const options = {runOnly: wanted, resultTypes: ["violations"]};
    const result = await axe.run(document, options);
    return result.violations.map((violation) => `${violation.id}: ${violation.help}\\n` +
        violation.nodes.map((node) => `    ${node.html.slice(0, 200)}`).join("\\n"));
}"""
END_TRANSITIONS = """() => {
    for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish();
}"""
PATIENCE = 30_000
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The hook gets all items of the run, not only those of this folder.
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is missing: ./test installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _page(browser: Browser, size: dict, **options: object) -> Iterator[Page]:
    context = browser.new_context(viewport=size, locale="id-ID", accept_downloads=True, **options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(AXE)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    yield page
    context.close()
    assert faults == [], "The page's scripts failed or were refused."


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """360 by 740, touch."""
    yield from _page(chromium, PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def desktop(chromium: Browser) -> Iterator[Page]:
    """1280 by 900."""
    yield from _page(chromium, DESKTOP)


@pytest.fixture
def without_javascript(chromium: Browser) -> Iterator[Page]:
    yield from _page(chromium, PHONE, java_script_enabled=False)


@pytest.fixture
def dark(chromium: Browser) -> Iterator[Page]:
    yield from _page(chromium, PHONE, color_scheme="dark")


def assert_accessible(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the screen."""
    _assert_no_violations(page, AXE_TAGS)
    assert_fits(page)


def assert_accessible_in_both_schemes(page: Page) -> None:
    """All of it in the dark; in the light once more what colours alone decide."""
    assert_accessible(page)
    page.emulate_media(color_scheme="light")
    page.evaluate(END_TRANSITIONS)
    _assert_no_violations(page, ["color-contrast"])
    page.emulate_media(color_scheme="dark")


def _assert_no_violations(page: Page, wanted: list[str]) -> None:
    violations = page.evaluate(RUN_AXE, wanted)
    if violations is None:
        # By the debugger, not by a script element: the portal's policy would refuse that one.
        page.evaluate(AXE)
        violations = page.evaluate(RUN_AXE, wanted)
    assert violations == [], f"{page.url}\n" + "\n".join(violations)


def assert_fits(page: Page) -> None:
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert too_wide <= 0, f"{page.url} is {too_wide} pixels wider than the screen"


def log_in(page: Page, base: str, nip: str, password: str) -> None:
    page.goto(f"{base}/akun/masuk/")
    page.fill("input[name=login]", nip)
    page.fill("input[name=password]", password)
    page.click("form[action='/akun/masuk/'] button[type=submit]")
    page.wait_for_load_state()
