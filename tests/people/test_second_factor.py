"""Second factors: who must have one, how it is kept, and that a code counts once."""

import time
from collections import defaultdict

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from audit.models import AuditEvent
from people import encryption, events, services
from people.models import Role
from people.roles import SECOND_FACTOR_COMPULSORY
from tests.people.factories import PASSWORD, UserFactory, log_in, person_with

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enrol(user):
    totp = TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return totp


def sign_in(client, user):
    return client.post("/akun/masuk/", {"login": user.nip, "password": PASSWORD})


@pytest.mark.parametrize("role", Role)
def test_roles_that_must_are_confined(client, role):
    person = person_with(role)
    log_in(client, person, second_factor=False)

    response = client.get("/akun/profil/")

    if role in SECOND_FACTOR_COMPULSORY:
        assert response.url == reverse("mfa_index")
        assert client.get(reverse("mfa_index")).status_code == 200
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        assert client.get(reverse("mfa_index")).context["navigation"] == []
        assert client.post("/bahasa/", {"language": "en"}).status_code == 302
        assert client.post("/akun/sandi/", {}).url == reverse("mfa_index")
        assert client.get("/akun/profil/", headers={"HX-Request": "true"}).status_code == 403
        assert client.post("/akun/keluar/").url == "/"
    else:
        assert response.status_code == 200


def test_enrolling_frees_the_session(client, monkeypatch):
    person, heard = person_with(Role.INSPECTOR), []
    # A listener stays for the life of the process; this one may not.
    monkeypatch.setattr(events, "_listeners", defaultdict(list))
    events.listen(events.SECOND_FACTOR_CHANGED, lambda user, **facts: heard.append(facts["what"]))
    log_in(client, person, second_factor=False)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    response = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})

    assert response.status_code == 302
    assert Authenticator.objects.filter(user=person).count() == 2


def test_enrolling_is_recorded(client, django_capture_on_commit_callbacks):
    person = person_with(Role.INSPECTOR)
    UserSession.objects.create(user=person, session_key="elsewhere", ip="127.0.0.1")
    log_in(client, person, second_factor=False)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})

    event = AuditEvent.objects.get(action="account.second_factor")
    assert event.data["what"] == "totp_activated"
    assert secret not in str(event.data)
    assert "Sesi saya" in client.get(reverse("mfa_index")).content.decode()


def test_login_asks_for_the_code_and_accepts_it_once(client):
    from django.test import Client

    person = person_with(Role.INSPECTOR)
    enrol(person)

    assert sign_in(client, person).url == reverse("mfa_authenticate")
    assert client.get("/akun/profil/").status_code == 302
    used = code()
    assert client.post(reverse("mfa_authenticate"), {"code": used}).status_code == 302
    assert client.get("/akun/profil/").status_code == 200

    thief = Client()
    sign_in(thief, person)
    replay = thief.post(reverse("mfa_authenticate"), {"code": used})
    assert replay.status_code == 200
    assert "_auth_user_id" not in thief.session
    failure = AuditEvent.objects.get(action="account.second_factor_failed")
    assert (failure.target_id, failure.actor_id) == (str(person.pk), None)


def test_recovery_code_counts_once(client):
    from django.test import Client

    person = person_with(Role.INSPECTOR)
    enrol(person)
    spare = (
        Authenticator.objects.get(user=person, type="recovery_codes").wrap().generate_codes()[0]
    )

    for browser, inside in ((client, True), (Client(), False)):
        sign_in(browser, person)
        browser.post(reverse("mfa_authenticate"), {"code": spare})
        assert ("_auth_user_id" in browser.session) is inside


def test_seeds_are_unreadable_in_the_table():
    totp = enrol(UserFactory())

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert totp.validate_code(code())
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert len(encryption.decrypt(seed)) == 80


def test_keys_can_be_rotated(settings):
    old, new = settings.FIELD_KEYS[0], "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY="
    text = encryption.encrypt("rahasia")

    settings.FIELD_KEYS = [new, old]
    assert encryption.decrypt(text) == "rahasia"
    settings.FIELD_KEYS = [new]
    with pytest.raises(encryption.UndecipherableError):
        encryption.decrypt(text)


def test_the_last_factor_stays_while_the_role_lasts(client):
    person = person_with(Role.INSPECTOR)
    authenticator = enrol(person).instance
    log_in(client, person)

    client.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.filter(pk=authenticator.pk).exists()


def test_resetting_ends_sessions_and_asks_anew(client):
    person = person_with(Role.INSPECTOR)
    enrol(person)
    log_in(client, person)
    client.get("/akun/profil/")

    services.reset_second_factor(person, by=None, reason="Telepon hilang")

    assert client.get("/akun/profil/").status_code == 302
    assert sign_in(client, person).status_code == 302
    assert client.get("/akun/profil/").url == reverse("mfa_index")


def test_relaxed_for_a_demonstration_and_said_loudly(client, settings):
    settings.SECOND_FACTOR_RELAXED = True
    log_in(client, person_with(Role.INSPECTOR), second_factor=False)

    page = client.get("/akun/profil/")

    assert page.status_code == 200
    assert b"strip-danger" in page.content


def test_relaxing_is_off_by_default():
    assert settings.SECOND_FACTOR_RELAXED is False
