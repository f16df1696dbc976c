"""An inspector sets up both second factors and signs with a passkey, in a browser."""

import datetime
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from django.utils import timezone

from declarations.models import DecisionStatement
from declarations.services.configuration import form_in_use
from people.models import Role, User
from tests.declarations.office import statement_draft
from tests.e2e.cases import page_of
from tests.e2e.walking import Walk
from tests.people.factories import PASSWORD, person_with, post_of

pytestmark = pytest.mark.django_db(transaction=True)

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_inspector_enrols_and_signs_with_a_passkey(desktop, live_server):
    walk = Walk(desktop, live_server.url)
    inspector = person_with(Role.INSPECTOR)
    statement = draft_of(inspector)

    log_in_and_be_confined(walk, inspector)
    enrol_the_app(walk)
    enrol_a_passkey(walk)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=10), tick=True):
        sign_with_the_passkey(walk, statement)

    assert set(inspector.authenticator_set.values_list("type", flat=True)) >= {
        Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN,
    }  # fmt: skip
    statement.refresh_from_db()
    assert statement.document.signatures.get().proof_method == "passkey"


def draft_of(person: User) -> DecisionStatement:
    return DecisionStatement.objects.create(
        declarant=person,
        opd=post_of(person).opd,
        post=post_of(person),
        year=timezone.localdate().year,
        form_version=form_in_use("F2"),
        draft=statement_draft(),
    )


def log_in_and_be_confined(walk: Walk, inspector: User) -> None:
    walk.open(reverse("account_login"))
    walk.answer(login=inspector.nip, password=PASSWORD)
    walk.press("form[action='/akun/masuk/'] button[type=submit]")
    walk.open(reverse("declarations:home"), leads_to=reverse("mfa_index"))


def code_of(secret: str) -> str:
    """The code of the app: of the next half minute where this one is about to end, since a code
    that comes late is refused.
    """
    left = 30 - time.time() % 30
    if left < 10:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enrol_the_app(walk: Walk) -> None:
    walk.follow(reverse("mfa_activate_totp"))  # The login of a moment ago is the proof.
    secret = walk.page.input_value("#authenticator_secret")
    walk.answer(code=code_of(secret))
    walk.press(f"form[action='{reverse('mfa_activate_totp')}'] button")
    walk.open(reverse("declarations:home"))


def enrol_a_passkey(walk: Walk) -> None:
    devtools = walk.page.context.new_cdp_session(walk.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    walk.open(reverse("mfa_add_webauthn"))
    walk.page.check("input[name=passwordless]", force=True)
    walk.press("#mfa_webauthn_add")
    assert walk.path.startswith("/akun/")


def sign_with_the_passkey(walk: Walk, statement: DecisionStatement) -> None:
    """The login is too long ago to sign: first the proof, then back to the button."""
    sign = page_of("statement", "sign", statement)
    walk.page.goto(walk.base + sign)
    assert not walk.path.startswith(sign)
    passkey = reverse("mfa_reauthenticate_webauthn")
    if not walk.path.startswith(passkey):
        walk.press(f'main a[href^="{passkey}"]')
    walk.press("#mfa_webauthn_reauthenticate")
    assert walk.path == sign
    walk.go_on()
    assert walk.path == page_of("statement", "done", statement)
