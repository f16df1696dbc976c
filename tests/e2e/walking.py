"""Steps that journeys share: who sits at the keyboard, how a form is filled, how a PDF is checked.

Every page that a walk lands on is checked by axe; one seen before, when something is on it that
was not there then. Buttons are found by what they do (their form, their name), not by their
words, so that the walks hold in each language.
"""

import io
import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.urls import resolve
from playwright.sync_api import Locator, Page

from jobs import testing
from people.models import User
from statements.models import Document
from tests.e2e.conftest import assert_accessible, assert_fits
from tests.people.factories import log_in

FORM = "main form:not([role=search])"
PRIMARY = "main .form-actions .btn-primary"
# What a page is made of, its words and values apart.
ELEMENTS = """() => Array.from(new Set(Array.from(document.querySelectorAll("*"), (each) =>
    [each.tagName, each.getAttribute("class"), ...each.getAttributeNames()].join(" "))))"""
# By screen and page: the elements with which axe has seen it.
_looked_at: dict[tuple[str, ...], set[str]] = {}


@dataclass
class Walk:
    """One browser window in which people take turns."""

    page: Page
    base: str

    def becomes(self, user: User) -> None:
        """`user` has logged in on this browser, all steps passed, a moment ago."""
        client = Client()
        log_in(client, User.objects.get(pk=user.pk))  # A new password ends older sessions.
        self.page.goto("about:blank")  # The page before may be asking for news by itself.
        self.page.context.clear_cookies()
        self.page.context.add_cookies(
            [
                {"name": name, "value": cookie.value, "url": self.base}
                for name, cookie in client.cookies.items()
            ]
        )

    def open(self, address: str, *, leads_to: str = "") -> None:
        self.page.goto(self.base + address)
        assert self.path == (leads_to or address)
        self.look()

    def press(self, selector: str, *, status: int = 200) -> None:
        """Press what leads to another page, and not back to this one with a complaint."""
        assert self.page.locator(selector).count(), f"{self.path} has no {selector}"
        with self.page.expect_navigation() as arrived:
            self.page.locator(selector).first.click()
        answer = arrived.value.status if arrived.value else 200
        assert answer == status, f"{answer} at {self.path}\n{self.paragraph()}"
        self.look()

    def look(self) -> None:
        place = resolve(urlsplit(self.path).path)
        section = str(place.kwargs.get("section", ""))
        known = _looked_at.setdefault(
            (str(self.page.viewport_size), place.view_name, section), set()
        )
        elements = set(self.page.evaluate(ELEMENTS))
        if elements <= known:
            assert_fits(self.page)
        else:
            assert_accessible(self.page)
            known |= elements

    def follow(self, address: str) -> None:
        """Follow the link to `address` that stands on this page."""
        links = f'main a[href="{address}"], main a[href^="{address}?"]'
        button = f'main a.btn[href="{address}"]'  # The same link may stand in a title too.
        self.press(button if self.page.locator(button).count() else links)

    def go_on(self) -> None:
        """The main button of the page."""
        self.press(PRIMARY)

    def answer(self, **answers: Any) -> None:
        """Answer questions of the open section or row, as a person with a mouse does."""
        for question, value in answers.items():
            names = f'{FORM} [name$="-{question}"], {FORM} [name="{question}"]'
            fields = self.page.locator(names)
            assert fields.count(), f"{self.path} does not ask for {question}"
            give(self.page, fields, value)

    def paragraph(self) -> str:
        return self.page.inner_text("main")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)


def give(page: Page, fields: Locator, value: Any) -> None:
    first = fields.first
    kind = first.evaluate("field => field.type")
    if kind in ("radio", "checkbox"):
        chosen = fields.and_(page.locator(f'[value="{value}"]'))
        page.click(f'label[for="{chosen.get_attribute("id")}"]')
    elif kind.startswith("select"):
        first.select_option(value)
    else:
        first.fill(value)


def apart(action: Callable[[], Any]) -> Any:
    """In a thread of its own: Playwright's loop runs in this one, and signing starts another."""

    def act() -> Any:
        try:
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(act).result()


def run_jobs() -> None:
    """The worker's turn: everything that is due."""
    apart(testing.run_jobs)


def download(walk: Walk, document: Document, folder: Path) -> Path:
    """The PDF as the button on the page gives it, once the worker has made it."""
    run_jobs()
    document.refresh_from_db()
    walk.open(document.get_absolute_url())
    with walk.page.expect_download() as started:
        walk.page.click(f'main a[href="{document.get_download_url()}"]')
    target = folder / f"{document.pk}.pdf"
    started.value.save_as(target)
    return target


def pdfsig(file: Path) -> str:
    """What Poppler's own checker says; the portal's authority is none of the world's."""
    ended = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False
    )
    return ended.stdout


def assert_signed(file: Path, *, signatures: int) -> None:
    """Poppler and the portal's own command, both without a word of trust from us."""
    report = pdfsig(file)
    assert report.count("Signature is Valid.") == signatures, report
    assert report.count("Total document signed") >= 1, report
    answer = io.StringIO()
    apart(lambda: call_command("verify_statement", str(file), stdout=answer, json=True))
    assert json.loads(answer.getvalue())["verdict"] == "valid"
