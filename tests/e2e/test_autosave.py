"""Drafts that save themselves; the server is played by the test, one answer at a time."""

import json

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

START = """() => {
    const form = document.querySelector("#id_plain-name").form;
    form.dataset.coiAutosave = "/draf-uji/";
    form.insertAdjacentHTML("afterbegin", '<input type="hidden" name="revision" value="7">');
    document.body.dispatchEvent(new CustomEvent("htmx:load", {bubbles: true}));
}"""
STATUS = "[data-coi-save-status]"


class Server:
    """Answers in order; remembers what was sent."""

    def __init__(self, page, *answers):
        self.answers, self.bodies = list(answers), []
        page.route("**/draf-uji/", self.answer)

    def answer(self, route):
        self.bodies.append(route.request.post_data or "")
        status, data = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 0:
            route.abort()
            return
        route.fulfill(status=status, content_type="application/json", body=json.dumps(data))


@pytest.fixture
def form(desktop, live_server):
    desktop.goto(live_server.url + "/komponen/")
    desktop.evaluate(START)
    return desktop


def wait_for_state(page, state):
    page.wait_for_selector(f'{STATUS}[data-state="{state}"]', timeout=6_000)


def test_saves_after_a_second_of_quiet_with_the_revision(form):
    server = Server(form, (200, {"revision": 8, "saved_at": "14.05 WIB"}))

    form.fill("#id_plain-name", "Suharto")
    wait_for_state(form, "saved")

    assert len(server.bodies) == 1
    assert "Suharto" in server.bodies[0]
    assert 'name="revision"\r\n\r\n7' in server.bodies[0]
    assert form.input_value("input[name=revision]") == "8"
    assert form.inner_text(STATUS).endswith("14.05 WIB")


def test_takes_over_the_other_window_but_never_over_typing(form):
    merged = {"plain-title": "Dari jendela lain", "plain-name": "Ditimpa"}
    Server(form, (200, {"revision": 9, "saved_at": "14.06 WIB", "merged": merged}))

    form.fill("#id_plain-name", "Suharto")
    wait_for_state(form, "merged")

    assert form.input_value("#id_plain-title") == "Dari jendela lain"
    assert form.input_value("#id_plain-name") == "Suharto"


def test_conflict_leads_to_the_comparison(form):
    server = Server(form, (409, {"url": "/gabung/"}))

    form.fill("#id_plain-name", "Suharto")
    wait_for_state(form, "conflict")
    form.fill("#id_plain-name", "Suharto lagi")
    form.wait_for_timeout(1_500)

    assert form.get_attribute(f"{STATUS} a", "href") == "/gabung/"
    assert len(server.bodies) == 1


@pytest.mark.parametrize("failure", [(0, {}), (503, {})])
def test_tries_again_until_it_is_saved(form, failure):
    server = Server(form, failure, (200, {"revision": 8, "saved_at": "14.07 WIB"}))

    form.fill("#id_plain-name", "Suharto")
    wait_for_state(form, "failed")
    wait_for_state(form, "saved")

    assert len(server.bodies) == 2


def test_nothing_is_kept_in_the_browser(form):
    Server(form, (200, {"revision": 8, "saved_at": "14.05 WIB"}))

    form.fill("#id_plain-name", "Rahasia")
    wait_for_state(form, "saved")

    kept = form.evaluate("JSON.stringify([localStorage, sessionStorage]) + document.cookie")
    assert "Rahasia" not in kept


def test_offline_is_said_at_once(form):
    Server(form, (0, {}))

    form.context.set_offline(True)

    form.wait_for_selector("[data-coi-offline]:not([hidden])")
    form.context.set_offline(False)
    form.wait_for_selector("[data-coi-offline]", state="hidden")


def test_double_click_sends_once(desktop, live_server):
    sent = []
    desktop.goto(live_server.url + "/komponen/")
    desktop.route(
        "**/kirim-uji/",
        lambda route: (sent.append(1), desktop.wait_for_timeout(300), route.abort()),
    )
    desktop.evaluate("""() => {
        document.body.insertAdjacentHTML("beforeend",
            '<form id="twice" method="post" action="/kirim-uji/"><button>Kirim</button></form>');
    }""")

    desktop.evaluate("""() => {
        const button = document.querySelector("#twice button");
        button.click();
        button.click();
    }""")
    desktop.wait_for_timeout(800)

    assert sent == [1]


def test_session_warning_appears_and_can_be_answered(desktop, live_server):
    page = desktop
    page.route("**/sesi/", lambda route: route.fulfill(json={"seconds": 36_000}))
    page.route(
        "**/bantuan/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text()
            .replace(
                "<body", '<body data-coi-session-seconds="121" data-coi-session-url="/sesi/"', 1
            )
            .replace(
                "</body>",
                "<dialog data-coi-session-dialog><button data-coi-session-keep>Tetap</button>"
                "</dialog></body>",
            ),
        ),
    )
    page.goto(live_server.url + "/bantuan/")

    page.wait_for_selector("dialog[open]", timeout=4_000)
    page.click("[data-coi-session-keep]")

    page.wait_for_selector("dialog[open]", state="hidden")


@pytest.mark.parametrize(("status", "state"), [(409, "conflict"), (422, "failed")])
def test_refusal_is_shown_in_the_servers_words(form, status, state):
    said = "Tidak disimpan: bagian ini sudah ditandatangani."
    Server(form, (status, {"url": "/keadaan/", "error": said}))

    form.fill("#id_plain-name", "Suharto")
    wait_for_state(form, state)

    assert said in form.inner_text(STATUS)
    assert form.locator(f"{STATUS} a[href='/keadaan/']").count() == (status == 409)
