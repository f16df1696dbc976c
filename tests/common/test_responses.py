"""Headers, error pages, languages, and input no database could hold: on every status."""

import json
import re

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db import DataError
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils.translation import gettext

from common import errors
from common.messages import Storage
from common.middleware import StorableInputMiddleware

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "manifest-src 'self'",
    "report-uri /laporan-kebijakan/",
}
PUBLIC_PAGES = ["/bantuan/", "/privasi/", "/akun/masuk/", "/komponen/"]
INLINE_CODE = re.compile(
    r"<style|\sstyle=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\b(?:src=|type=\"application/json\"))",
    re.IGNORECASE,
)


def fail(kind):
    def view(request):
        raise kind

    view.login_required = False
    return view


def busy(request):
    return errors.too_many_requests(request)


busy.login_required = False


urlpatterns = [
    path("", include("coi_portal.urls")),
    path("rusak/429/", busy),
    path("rusak/500/", fail(RuntimeError("nip=199001012015011001 gagal"))),
    path("rusak/403/", fail(PermissionDenied())),
    path("rusak/413/", fail(RequestDataTooBig())),
    path("rusak/413b/", fail(TooManyFieldsSent())),
    path("rusak/data/", fail(DataError("integer out of range"))),
    path("rusak/nul/", fail(ValueError("A string literal cannot contain NUL (0x00) characters."))),
    path("rusak/surrogate/", fail(UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"))),
]
handler400 = "common.errors.bad_request"
handler403 = "common.errors.permission_denied"
handler404 = "common.errors.page_not_found"
handler500 = "common.errors.server_error"

EVERY_STATUS = [
    ("/bantuan/", 200),
    ("/akun/profil/", 302),
    ("/bantuan/?q=%00", 400),
    ("/bantuan/?q=%ff", 400),
    ("/rusak/403/", 403),
    ("/tidak-ada/", 404),
    ("/tidak%00ada/", 404),
    ("/bahasa/", 405),
    ("/rusak/429/", 429),
    ("/rusak/413/", 413),
    ("/rusak/413b/", 413),
    ("/rusak/data/", 400),
    ("/rusak/nul/", 400),
    ("/rusak/surrogate/", 400),
    ("/rusak/500/", 500),
]


@pytest.fixture
def browser(settings):
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("address", "status"), EVERY_STATUS)
def test_every_status_has_its_headers(browser, address, status):
    response = browser.get(address)

    assert response.status_code in ({status} if "%00ada" not in address else {400, 404})
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])


@pytest.mark.parametrize(
    ("address", "status"), [row for row in EVERY_STATUS if row[1] >= 400 and row[1] != 405]
)
def test_error_pages_are_dressed_and_carry_the_code(browser, address, status):
    response = browser.get(address)

    body = response.content.decode()
    assert '<html lang="id"' in body
    assert "masthead" in body
    assert response["X-Request-ID"] in body
    assert "Traceback" not in body
    assert "199001012015011001" not in body
    assert not INLINE_CODE.search(body)


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_pages_carry_no_inline_code(browser, address):
    body = browser.get(address).content.decode()

    assert not INLINE_CODE.findall(body)


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_pages_are_light(browser, address):
    assert len(browser.get(address).content) < 100_000


def test_failure_page_asks_the_database_nothing(rf, django_assert_num_queries):
    request = rf.get("/")
    request.request_id = "kode"

    with django_assert_num_queries(0):
        response = errors.server_error(request)

    assert response.status_code == 500
    assert b"kode" in response.content


def test_failure_page_of_last_resort(rf, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(errors, "render_to_string", broken)

    response = errors.server_error(rf.get("/"))

    assert response.status_code == 500
    assert b"Terjadi gangguan" in response.content


def test_csrf_failure_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post(reverse("set_language"), {"language": "en"})

    assert response.status_code == 403
    assert gettext("This page is out of date") in response.content.decode()


def test_conflict_page_leads_on(rf):
    response = errors.conflict(rf.get("/"), url="/deklarasi/1/")

    assert response.status_code == 409
    assert b'href="/deklarasi/1/"' in response.content


def test_middleware_lets_other_errors_pass():
    middleware = StorableInputMiddleware(lambda request: HttpResponse())

    assert middleware.process_exception(None, ValueError("something else")) is None


def test_too_many_fields_is_a_clear_page(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10

    response = client.post("/akun/masuk/", {f"f{number}": "x" for number in range(20)})

    assert response.status_code == 413


def test_body_too_large_is_a_clear_page(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000

    response = client.post("/akun/masuk/", {"login": "x" * 5_000})

    assert response.status_code == 413


def test_indonesian_whatever_the_browser_prefers(client):
    response = client.get("/bantuan/", headers={"accept-language": "de,en;q=0.9"})

    assert response["Content-Language"] == "id"
    assert b'<html lang="id"' in response.content


def test_language_is_a_choice_kept_in_a_cookie(client):
    response = client.post(reverse("set_language"), {"language": "en", "next": "/bantuan/"})

    assert (response.status_code, response["Location"]) == (302, "/bantuan/")
    assert client.get("/bantuan/")["Content-Language"] == "en"


@pytest.mark.parametrize("value", ["de", "xx-%00", "<script>", ""])
def test_unknown_language_cookie_is_ignored(client, value):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = value

    assert client.get("/bantuan/")["Content-Language"] == "id"


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_theme_is_drawn_by_the_server(client, theme):
    client.post(reverse("set_theme"), {"theme": theme})

    assert f'data-bs-theme="{theme}"'.encode() in client.get("/bantuan/").content


def test_unknown_theme_is_refused(client):
    assert client.post(reverse("set_theme"), {"theme": "pink"}).status_code == 400


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"]
)
def test_no_redirect_to_strangers(client, address):
    response = client.post(reverse("set_theme"), {"theme": "dark", "next": address})

    assert response["Location"] == "/"


def test_robots_are_asked_to_stay_away(client):
    assert b"Disallow: /" in client.get("/robots.txt").content


def test_gallery_is_closed_in_production(client, settings):
    settings.IS_DEVELOPMENT = False

    assert client.get(reverse("gallery")).status_code == 403


def test_stay_signed_in_needs_a_session(client):
    response = client.post(reverse("keep_session"))

    assert response.status_code == 302


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get "])
def test_other_methods_reach_no_view(client, method):
    response = client.generic(method, "/akun/masuk/")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("mode", "destination", "status"),
    [
        ("navigate", "document", 200),
        ("navigate", "iframe", 403),
        ("no-cors", "image", 403),
        ("cors", "empty", 403),
    ],
)
def test_other_sites_may_only_link_here(client, mode, destination, status):
    response = client.get(
        "/verifikasi/",
        headers={
            "Sec-Fetch-Site": "cross-site",
            "Sec-Fetch-Mode": mode,
            "Sec-Fetch-Dest": destination,
        },
    )

    assert response.status_code == status


def test_busy_pages_say_when_to_come_back(browser):
    assert browser.get("/rusak/429/")["Retry-After"] == "300"


def test_messages_travel_in_a_cookie_of_this_host(rf, settings):
    settings.SESSION_COOKIE_SECURE = True
    request, response = rf.get("/"), HttpResponse()
    request.session = {}
    storage = Storage(request)
    storage.add(20, "Disimpan.")
    storage.update(response)

    cookie = response.cookies["__Host-messages"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")


REPORT = {
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://jahat.example/x.js?nip=199001012015011001",
    "document-uri": "http://testserver/deklarasi/?q=rahasia",
}


def report(client, body):
    return client.post("/laporan-kebijakan/", body, content_type="application/csp-report")


def test_broken_policy_is_logged_without_what_was_in_the_address(client, caplog):
    response = report(client, json.dumps({"csp-report": REPORT}))

    assert response.status_code == 204
    assert caplog.messages == [
        "Content policy: script-src-elem blocked jahat.example on /deklarasi/"
    ]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b"\xff", b'{"csp-report": 1}', b"[" * 9_000),
        b'{"csp-report": {"x": "' + b"y" * 10_000 + b'"}}',
    ],
)
def test_no_report_at_all_is_not_logged(client, caplog, body):
    response = report(client, body)

    assert (response.status_code, caplog.messages) == (204, [])


def test_pages_for_reports_are_not_told(client, caplog):
    page = {"document-uri": "http://testserver/lapor/kode/"}
    report(client, json.dumps({"csp-report": REPORT | page}))

    assert caplog.messages[0].endswith("on /lapor/")


def test_pages_travel_compressed_and_files_as_they_are(client):
    page = client.get("/bantuan/", headers={"accept-encoding": "gzip"})
    file = client.get("/robots.txt", headers={"accept-encoding": "gzip"})

    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert len(page.content) < len(client.get("/bantuan/").content) / 2
    assert not file.has_header("Content-Encoding")
