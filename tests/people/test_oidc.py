"""Login through OpenID Connect, against a provider that runs in a process of its own.

The whole way is walked over HTTP: portal, provider, back. A proxy in front of the provider can
change its answers; what it puts in their place are real tokens of the same provider wherever
possible, so that only the one thing under test is wrong.
"""

import hashlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache

from people.models import Role, User
from tests.people.factories import UserFactory, person_with, valid_nip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CLIENT = "portal-coi"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def upstream():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=2)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(10)


class Proxy(BaseHTTPRequestHandler):
    upstream = ""
    tampering = None

    def _forward(self):
        length = int(self.headers.get("Content-Length") or 0)
        answer = requests.request(
            self.command,
            self.upstream + self.path,
            data=self.rfile.read(length),
            headers={k: v for k, v in self.headers.items() if k != "Accept-Encoding"},
            allow_redirects=False,
            timeout=10,
        )
        content = answer.content
        tampering = type(self).tampering
        if tampering and "json" in answer.headers.get("Content-Type", ""):
            content = json.dumps(tampering(self.path, answer.json())).encode()
        self.send_response(answer.status_code)
        for name in ("Content-Type", "Location"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self._forward()

    def do_POST(self):
        self._forward()

    def do_PUT(self):
        self._forward()

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(upstream, settings):
    """The address of the provider as the portal knows it; `Proxy.tampering` changes answers."""
    cache.clear()
    Proxy.upstream, Proxy.tampering = upstream, None
    server = ThreadingHTTPServer(("localhost", 0), Proxy)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    address = f"http://localhost:{server.server_port}"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": provider_id(address),
                    "name": "SSO Provinsi",
                    "client_id": CLIENT,
                    "secret": "rahasia",
                    "settings": {"server_url": address},
                }
            ],
        }
    }
    yield address
    server.shutdown()
    server.server_close()


def provider_id(address):
    return "sso-" + hashlib.sha256(address.encode()).hexdigest()[:8]


def begin(browser, portal, provider):
    """Press the button in the portal; the address at the provider that the browser is sent to."""
    start = f"{portal}/akun/oidc/{provider_id(provider)}/"
    page = browser.get(start, timeout=10).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    answer = browser.post(
        start, data={"csrfmiddlewaretoken": token}, allow_redirects=False, timeout=10
    )
    assert answer.status_code == 302
    return answer.headers["Location"]


def consent(browser, address, sub):
    """Sign in at the provider; the address in the portal that it sends the browser back to."""
    answer = browser.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
    return answer.headers["Location"]


def sign_in(portal, provider, sub, browser=None):
    browser = browser or requests.Session()
    browser.get(consent(browser, begin(browser, portal, provider), sub), timeout=10)
    return browser


def is_in(browser, portal):
    answer = browser.get(f"{portal}/akun/profil/", allow_redirects=False, timeout=10)
    return answer.status_code == 200


def register(provider, sub, **claims):
    requests.put(f"{provider}/users/{sub}", json=claims, timeout=10)


@pytest.mark.parametrize("claim", ["nip", "preferred_username"])
def test_first_login_links_by_the_number_later_ones_by_the_identity(live_server, provider, claim):
    user = UserFactory()
    register(provider, f"sub-{claim}", **{claim: user.nip_display if claim == "nip" else user.nip})

    assert is_in(sign_in(live_server.url, provider, f"sub-{claim}"), live_server.url)

    account = SocialAccount.objects.get(user=user)
    assert (account.provider, account.uid) == (provider_id(provider), f"sub-{claim}")
    # The number moves on to somebody else; the identity stays with its person.
    heir = UserFactory()
    register(provider, f"sub-{claim}", **{claim: heir.nip})
    assert is_in(sign_in(live_server.url, provider, f"sub-{claim}"), live_server.url)
    assert SocialAccount.objects.get().user == user
    assert SocialAccount.objects.get().extra_data == {}


def test_request_carries_nonce_state_and_pkce(live_server, provider):
    query = parse_qs(urlsplit(begin(requests.Session(), live_server.url, provider)).query)

    assert {"nonce", "state", "code_challenge"} <= set(query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]


@pytest.mark.parametrize(
    "case", ["unknown", "none", "malformed", "closed", "only_email", "linked_to_another"]
)
def test_no_account_no_entry(live_server, provider, case):
    user = UserFactory(is_active=case != "closed")
    claims = {
        "unknown": {"nip": valid_nip()},
        "none": {},
        "malformed": {"nip": "1990' OR 1=1"},
        "only_email": {"email": user.email, "email_verified": True},
    }.get(case, {"nip": user.nip})
    if case == "linked_to_another":
        SocialAccount.objects.create(user=user, provider=provider_id(provider), uid="first")
    register(provider, f"case-{case}", **claims)
    before = User.objects.count()

    browser = sign_in(live_server.url, provider, f"case-{case}")

    assert not is_in(browser, live_server.url)
    assert User.objects.count() == before
    assert not SocialAccount.objects.filter(uid=f"case-{case}").exists()


def token_of(address, sub, *, client=CLIENT, nonce="another-request"):
    """An ID token that the provider really gives, to `client`, for a request with `nonce`."""
    back = "http://localhost/elsewhere"
    query = {
        "client_id": client, "redirect_uri": back, "response_type": "code",
        "scope": "openid profile", "nonce": nonce,
    }  # fmt: skip
    answer = requests.post(
        f"{address}/oauth2/authorize", params=query, data={"sub": sub}, allow_redirects=False,
        timeout=10,
    )  # fmt: skip
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    answer = requests.post(
        f"{address}/oauth2/token",
        data={
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "client_id": client, "client_secret": "x",
        },
        timeout=10,
    )  # fmt: skip
    return answer.json()["id_token"]


def resigned(token):
    head, body, signature = token.split(".")
    other = "B" if signature.startswith("A") else "A"
    return ".".join([head, body, other + signature[1:]])


@pytest.mark.parametrize(
    "case",
    ["none", "audience", "issuer", "nonce", "signature", "unsigned", "no_token", "other_subject"],
)
def test_wrong_answers_of_a_provider(live_server, provider, upstream, case):
    user, thief = UserFactory(), UserFactory()
    register(provider, "victim", nip=user.nip)
    register(provider, "thief", nip=thief.nip)
    browser = requests.Session()
    address = begin(browser, live_server.url, provider)
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    others = {
        "audience": lambda: token_of(provider, "victim", client="someone-else", nonce=nonce),
        "issuer": lambda: token_of(upstream, "victim", nonce=nonce),
        "nonce": lambda: token_of(provider, "victim"),
    }
    other = others[case]() if case in others else ""

    def tamper(path, answer):
        if path.startswith("/oauth2/token") and "id_token" in answer:
            if case in others:
                answer["id_token"] = other
            elif case == "signature":
                answer["id_token"] = resigned(answer["id_token"])
            elif case == "unsigned":
                _head, body, _signature = answer["id_token"].split(".")
                answer["id_token"] = f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}."
            elif case == "no_token":
                del answer["id_token"]
        if path.startswith("/userinfo") and case == "other_subject":
            answer["sub"] = "thief"
        return answer

    back = consent(browser, address, "victim")
    Proxy.tampering = staticmethod(tamper)
    browser.get(back, timeout=10)

    assert is_in(browser, live_server.url) is (case == "none")


@pytest.mark.parametrize("case", ["state", "replay", "denied", "foreign_browser"])
def test_wrong_ways_back(live_server, provider, case):
    user = UserFactory()
    register(provider, "victim", nip=user.nip)
    browser = requests.Session()
    back = consent(browser, begin(browser, live_server.url, provider), "victim")
    callback = back.partition("?")[0]
    if case == "state":
        browser.get(re.sub(r"state=\w+", "state=guess", back), timeout=10)
    elif case == "denied":
        browser.get(f"{callback}?error=access_denied", timeout=10)
    elif case == "foreign_browser":
        browser = requests.Session()
        browser.get(back, timeout=10)
    else:
        browser.get(back, timeout=10)
        assert is_in(browser, live_server.url)
        browser = requests.Session()
        browser.get(back, timeout=10)

    assert not is_in(browser, live_server.url)


def test_second_factor_is_still_owed(live_server, provider):
    inspector = person_with(Role.INSPECTOR)
    register(provider, "inspector", nip=inspector.nip)

    browser = sign_in(live_server.url, provider, "inspector")

    answer = browser.get(f"{live_server.url}/akun/profil/", allow_redirects=False, timeout=10)
    assert answer.headers["Location"] == "/akun/faktor-kedua/"


def test_switched_off_by_default(client):
    assert client.get("/akun/oidc/sso-12345678/").status_code == 404
    assert client.get("/akun/oidc/sso-12345678/kembali/?code=x&state=y").status_code == 404
