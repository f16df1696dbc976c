"""The portal's own pages in a browser: accessible, usable without script, without a mouse."""

import pytest

from tests.e2e.conftest import assert_accessible, assert_accessible_in_both_schemes

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/komponen/", "/akun/masuk/", "/bantuan/", "/privasi/", "/tidak-ada/", "/bantuan/?q=%00"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible(path, desktop, dark, live_server):
    desktop.goto(live_server.url + path)
    assert_accessible(desktop)

    dark.goto(live_server.url + path)
    assert_accessible_in_both_schemes(dark)


def test_theme_and_language_without_javascript(without_javascript, live_server):
    page = without_javascript
    page.goto(live_server.url + "/bantuan/")

    page.locator("summary", has=page.locator("use[href*=circle-half]")).click()
    page.click("button[name=theme][value=dark]")

    assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert page.url.endswith("/bantuan/")

    page.locator("summary", has=page.locator("use[href*=translate]")).click()
    page.click("button[name=language][value=en]")

    assert page.get_attribute("html", "lang") == "en"


def test_theme_keeps_what_was_typed(desktop, live_server):
    desktop.goto(live_server.url + "/komponen/")
    desktop.fill("#id_plain-name", "Suharto")

    desktop.locator("summary", has=desktop.locator("use[href*=circle-half]")).click()
    desktop.click("button[name=theme][value=dark]")
    desktop.wait_for_selector("html[data-bs-theme=dark]")

    assert desktop.input_value("#id_plain-name") == "Suharto"


def test_keyboard_skip_link_and_menus(desktop, live_server):
    desktop.goto(live_server.url + "/bantuan/")

    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.className") == "skip-link"
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.activeElement.id") == "main"

    summary = desktop.locator("details.menu summary").first
    summary.focus()
    desktop.keyboard.press("Enter")
    assert desktop.locator("details.menu[open]").count() == 1
    desktop.keyboard.press("Escape")
    assert desktop.locator("details.menu[open]").count() == 0


def test_error_summary_leads_to_the_field(desktop, live_server):
    desktop.goto(live_server.url + "/komponen/")

    assert desktop.evaluate("document.activeElement.hasAttribute('data-coi-error-summary')")

    desktop.locator("[data-coi-error-summary] a").first.click()
    assert desktop.evaluate("document.activeElement.id") == "id_name"


def test_text_spacing_and_narrow_screen_reflow(chromium, live_server):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page = context.new_page()
    page.goto(live_server.url + "/komponen/")

    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: 0.12em !important;"
        " word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"
    )

    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    context.close()


SEND = """() => {
    document.querySelector("main").insertAdjacentHTML("afterbegin",
        '<form id="slipping" method="post" action="/kirim-uji/"><button>Kirim</button></form>');
    const form = document.querySelector("#slipping");
    form.addEventListener("mousedown", () => {
        form.insertAdjacentHTML("beforebegin", "<p>Ada nama yang mirip.</p>".repeat(6));
    });
}"""


@pytest.mark.parametrize(("slide", "sent"), [(0, 1), (60, 0)])
def test_a_button_that_slips_away_while_pressed_is_pressed(desktop, live_server, slide, sent):
    """And one from which the pointer slides off is not."""
    posts = []
    desktop.route("**/kirim-uji/", lambda route: (posts.append(1), route.abort()))
    desktop.goto(live_server.url + "/bantuan/")
    desktop.evaluate(SEND)
    place = desktop.locator("#slipping button").bounding_box()
    x, y = place["x"] + 10, place["y"] + 10

    desktop.mouse.move(x, y)
    desktop.mouse.down()
    desktop.mouse.move(x + slide, y)
    desktop.mouse.up()
    desktop.wait_for_timeout(200)

    assert len(posts) == sent


def test_a_page_does_not_glide_under_the_pointer(desktop, live_server):
    desktop.emulate_media(reduced_motion="no-preference")
    desktop.goto(live_server.url + "/komponen/")

    behaviour = desktop.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    assert behaviour == "auto"
