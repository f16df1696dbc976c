"""A clean statement without a mouse: Tab, Enter, Space, arrows and typing, focus always seen."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from declarations.models import DecisionStatement
from tests.declarations.office import SOURCES, make_office
from tests.e2e.cases import page_of
from tests.e2e.conftest import assert_accessible
from tests.e2e.walking import PRIMARY
from tests.people.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

MOST_TABS = 120
IS_THERE = "(wanted) => document.activeElement.matches(wanted)"
# Where the focus is: drawn (ring or outline, also on the label that stands for a radio), on
# screen, and not under a bar that sticks to the edge. A page scrolls within a few frames.
IS_SEEN = """async () => {
    const field = document.activeElement;
    const shown = [field, ...(field.labels || [])];
    const isDrawn = () => shown.some((part) => {
        const style = getComputedStyle(part);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
            || style.boxShadow !== "none";
    });
    const over = (part) => {
        const box = part.getBoundingClientRect();
        return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    };
    const isFree = () => shown.some((part) => {
        const top = over(part);
        return top && shown.some((own) => own.contains(top) || top.contains(own));
    });
    for (let frame = 0; frame < 30; frame += 1) {
        if (isDrawn() && isFree()) return "";
        await new Promise(requestAnimationFrame);
    }
    const words = isDrawn() ? "covered by " + (over(field) || {}).outerHTML : "without a ring";
    return `${field.outerHTML.slice(0, 160)} ${words.slice(0, 200)}`;
}"""


class Keyboard:
    """Hands on the keys alone."""

    def __init__(self, page: Page):
        self.page = page

    def to(self, selector: str) -> None:
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            hidden = self.page.evaluate(IS_SEEN)
            assert hidden == "", f"{self.page.url}: the focus is not seen: {hidden}"
            if self.page.evaluate(IS_THERE, selector):
                return
        raise AssertionError(f"{self.page.url}: no Tab leads to {selector}")

    def enter(self, selector: str) -> None:
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert_accessible(self.page)

    def type(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def choose(self, selector: str, value: str) -> None:
        """In a list or among radios, with the arrows."""
        self.to(selector)
        for _press in range(30):
            self.page.keyboard.press("ArrowDown")
            if self.page.evaluate("document.activeElement.value") == value:
                return
        raise AssertionError(f"{self.page.url}: {selector} has no {value}")


def test_clean_statement_by_keyboard(desktop, live_server):
    staff = make_office().staff
    keys = Keyboard(desktop)

    desktop.goto(live_server.url + reverse("account_login"))
    keys.type("[name=login]", staff.nip)
    keys.type("[name=password]", PASSWORD)
    keys.enter("form[action='/akun/masuk/'] button")
    keys.enter(f'main a.btn[href="{reverse("declarations:statement_start")}"]')
    keys.enter(PRIMARY)
    statement = DecisionStatement.objects.get()

    fill_in(keys, statement)
    keys.enter(f'main a[href="{page_of("statement", "check", statement)}"]')
    keys.enter(f'main a[href="{page_of("statement", "sign", statement)}"]')
    keys.enter(PRIMARY)

    statement.refresh_from_db()
    assert statement.state == "issued"


def fill_in(keys: Keyboard, statement: DecisionStatement) -> None:
    keys.choose("[name$=-kind]", "PBJ")
    keys.type("[name$=-title]", "Pengadaan kertas")
    keys.type("[name$=-number]", "027/14")
    keys.choose("[name$=-risk_area]", "TIDAK_ADA")
    keys.type("[name$=-own_role]", "Pejabat Pembuat Komitmen")
    keys.enter(PRIMARY)
    keys.enter(f'main a[href="{page_of("statement", "section", statement, "parties")}"]')
    keys.enter(f'main a[href="{page_of("statement", "row_add", statement, "parties")}"]')
    keys.type("[name$=-name]", "PT Semarak Abadi")
    keys.enter(PRIMARY)
    keys.enter(PRIMARY)
    keys.enter(f'main a[href="{page_of("statement", "section", statement, "sources")}"]')
    for source in SOURCES:
        keys.choose(f"[name=sources-{source}]", "no")
    keys.enter(PRIMARY)
