"""Two windows on one draft, and a button that is pressed twice."""

import pytest

from declarations.models import DecisionStatement
from statements.models import Document
from tests.declarations.office import make_office, make_statement
from tests.e2e.cases import page_of
from tests.e2e.walking import PRIMARY, Walk

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = "[data-coi-save-status][data-state=saved]"
PRESS_FOUR_TIMES = """async () => {
    const form = document.querySelector("main form[method=post]");
    const press = () => fetch(form.action, {method: "POST", body: new FormData(form)});
    const answers = await Promise.all([press(), press(), press(), press()]);
    return answers.map((answer) => `${answer.status} ${new URL(answer.url).pathname}`);
}"""


@pytest.fixture
def windows(desktop, live_server):
    office = make_office()
    statement = make_statement(office)
    first = Walk(desktop, live_server.url)
    first.becomes(office.staff)
    second = Walk(desktop.context.new_page(), live_server.url)
    return statement, first, second


def decision_in(statement: DecisionStatement) -> dict:
    statement.refresh_from_db()
    return statement.draft["decision"]


def test_stale_window_merges_what_the_other_saved(windows):
    statement, first, second = windows
    address = page_of("statement", "section", statement, "decision")
    first.open(address)
    second.open(address)

    first.answer(title="Judul dari jendela pertama")
    first.page.wait_for_selector(SAVED)
    second.answer(own_role="Peran dari jendela kedua")
    second.go_on()

    assert decision_in(statement)["title"] == "Judul dari jendela pertama"
    assert decision_in(statement)["own_role"] == "Peran dari jendela kedua"


def test_stale_window_shows_both_texts_and_lets_choose(windows):
    statement, first, second = windows
    address = page_of("statement", "section", statement, "decision")
    first.open(address)
    second.open(address)
    first.answer(title="Judul pertama")
    first.go_on()

    second.answer(title="Judul kedua")
    second.press(PRIMARY, status=409)

    assert "Judul pertama" in second.paragraph()
    assert "Judul kedua" in second.paragraph()
    second.page.click("label[for=mine-1]")
    second.go_on()
    assert decision_in(statement)["title"] == "Judul kedua"


def test_signing_four_times_gives_one_document(windows):
    statement, walk, _second = windows
    walk.open(page_of("statement", "sign", statement))

    answers = walk.page.evaluate(PRESS_FOUR_TIMES)

    assert set(answers) == {f"200 {page_of('statement', 'done', statement)}"}
    assert Document.objects.count() == 1


def test_double_click_leads_to_the_page_that_says_done(windows):
    statement, walk, _second = windows
    walk.open(page_of("statement", "sign", statement))

    with walk.page.expect_navigation():
        walk.page.dblclick(PRIMARY)
    walk.page.wait_for_url(f"**{page_of('statement', 'done', statement)}")

    assert Document.objects.count() == 1
