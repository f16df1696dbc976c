"""The door: login by NIP, what a stranger learns, activation, forgotten passwords, sessions."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from jobs.testing import run_jobs
from people import events, services
from people.models import ActivationCode, Role, User
from people.services import activation
from tests.people.factories import PASSWORD, UserFactory, log_in, person_with

pytestmark = pytest.mark.django_db
LOGIN = "/akun/masuk/"
NEW_PASSWORD = "sandi-baru-yang-panjang"


@pytest.fixture(autouse=True)
def _no_limits_left_over():
    cache.clear()


def sign_in(client, nip, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": nip, "password": password}, **extra)


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "style", ["{0}", "{1} {2} {3} {4}", "{1}.{2}.{3}.{4}", " {1}-{2}-{3}-{4} "]
)
def test_login_by_nip_however_it_is_grouped(client, style):
    nip = UserFactory().nip

    response = sign_in(client, style.format(nip, nip[:8], nip[8:14], nip[14], nip[15:]))

    assert response.status_code == 302
    assert is_in(client)


def test_login_is_recorded_and_a_new_device_told(client):
    user, heard = UserFactory(), []
    events.listen(events.LOGIN_FROM_NEW_DEVICE, heard.append)

    sign_in(client, user.nip)
    client.post("/akun/keluar/")
    sign_in(client, user.nip)

    first, second = AuditEvent.objects.filter(action="account.login").order_by("pk")
    assert (first.data["new_device"], second.data["new_device"]) == (True, False)
    assert first.data["method"] == "password"
    assert heard == [user]


@pytest.mark.parametrize(
    "who", ["unknown", "wrong", "closed", "unactivated", "malformed", "email"]
)
def test_every_refusal_looks_the_same(client, who):
    user = UserFactory(is_active=who != "closed", unactivated=who == "unactivated")
    nip = {
        "unknown": "199001012015011999", "malformed": "bukan nomor", "email": user.email,
    }.get(who, user.nip)  # fmt: skip
    password = "salah-sama-sekali" if who == "wrong" else PASSWORD

    response = sign_in(client, nip, password)

    assert not is_in(client)
    assert response.context["form"].errors.get_json_data() == {
        "__all__": [
            {
                "message": str(response.context["form"].errors["__all__"][0]),
                "code": "username_password_mismatch",
            }
        ]
    }
    event = AuditEvent.objects.get(action="account.login_failed")
    known = who in ("wrong", "closed", "unactivated")
    assert event.target_id == str(user.pk if known else services.UNKNOWN_PERSON)
    assert nip not in str([event.data, event.target_label, event.actor_label])


@pytest.mark.parametrize("nip", ["1990\x00", "\u202e199001012015011001", "9" * 5000, "١" * 18, ""])
def test_impossible_numbers_are_refused_kindly(client, nip):
    response = sign_in(client, nip)

    assert response.status_code in (200, 422)
    assert not is_in(client)


def test_password_is_hashed_once_for_everybody(client, monkeypatch):
    """The time spent on an unknown number is that of a known one."""
    from django.contrib.auth import hashers

    calls = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, password, salt: calls.append(1) or encode(self, password, salt),
    )
    user, counts = UserFactory(), []
    for nip in (user.nip, "199001012015011999"):
        calls.clear()
        sign_in(client, nip, "salah-sama-sekali")
        counts.append(len(calls))

    assert counts[0] == counts[1] > 0


def test_guessing_is_slowed_down_for_one_number_only(client):
    victim, colleague = UserFactory(), UserFactory()
    for _ in range(5):
        sign_in(client, victim.nip, "salah-sama-sekali")

    sign_in(client, victim.nip)
    assert not is_in(client)

    sign_in(client, colleague.nip)
    assert is_in(client)


def test_guessing_elsewhere_shuts_nobody_out_of_their_own_browser(client):
    victim, stranger = UserFactory(), Client()
    sign_in(client, victim.nip)
    client.post("/akun/keluar/")
    for _ in range(6):
        sign_in(stranger, victim.nip, "salah-sama-sekali")

    sign_in(client, victim.nip)

    assert is_in(client)
    sign_in(stranger, victim.nip)
    assert not is_in(stranger)


@pytest.mark.parametrize(
    "path",
    ["/akun/signup/", "/akun/daftar/", "/akun/email/", "/akun/login/code/", "/akun/social/"],
)
def test_no_other_door(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "next_url", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_login_never_leads_away(client, next_url):
    response = client.post(
        LOGIN, {"login": UserFactory().nip, "password": PASSWORD, "next": next_url}
    )

    assert response.url == "/"


# --- Activation ------------------------------------------------------------------------------


def activate(client, nip, code, password=NEW_PASSWORD):
    return client.post(
        "/akun/aktivasi/",
        {"nip": nip, "code": code, "password1": password, "password2": password},
    )


def test_printed_code_opens_the_account_once(client):
    user = UserFactory(unactivated=True)
    code = services.make_activation_code(user, channel="printed", by=None)

    typed = activation.display(code).lower().replace("0", "o").replace("1", "l")
    response = activate(client, user.nip_display, typed)
    assert response.url == LOGIN

    sign_in(client, user.nip, NEW_PASSWORD)
    assert is_in(client)
    assert activate(client, user.nip, code, "lain-lagi-panjangnya").status_code == 422
    actions = AuditEvent.objects.filter(target_id=str(user.pk)).values_list("action", flat=True)
    assert {"account.make_code", "account.activate", "account.login"} <= set(actions)
    assert code not in str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert not ActivationCode.objects.filter(code_sha256__contains=code).exists()


@pytest.mark.parametrize("case", ["expired", "other_person", "wrong", "closed", "superseded"])
def test_a_code_that_does_not_fit(client, case):
    user = UserFactory(unactivated=True)
    nip, code = user.nip, services.make_activation_code(user, channel="printed", by=None)
    if case == "superseded":
        services.make_activation_code(user, channel="printed", by=None)
    elif case == "closed":
        User.objects.update(is_active=False)
    elif case == "other_person":
        nip = UserFactory(unactivated=True).nip
    elif case == "wrong":
        code = "0000-0000-0000-0000"
    ahead = settings.ACTIVATION_DAYS if case == "expired" else 0

    with time_machine.travel(timezone.now() + datetime.timedelta(days=ahead, minutes=1)):
        response = activate(client, nip, code)

    assert response.status_code == 422
    assert len(response.context["form"].errors["__all__"]) == 1
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_weak_password_does_not_use_up_the_code(client):
    user = UserFactory(unactivated=True, name="Bambang Sulistyo")
    code = services.make_activation_code(user, channel="printed", by=None)

    for weak in ("pendek", user.nip, "bambang sulistyo"):
        assert activate(client, user.nip, code, weak).status_code == 422
    cache.clear()
    assert activate(client, user.nip, code).status_code == 302


def test_link_leaves_the_address_at_once(client, mailoutbox):
    user = UserFactory(unactivated=True)
    services.send_activation_link(user, by=None)
    run_jobs()
    link = re.search(r"https?://\S+", mailoutbox[0].body)[0]
    assert mailoutbox[0].to == [user.email]

    response = client.get(link.replace(settings.PUBLIC_URL, ""))
    assert response.url == "/akun/aktivasi/"
    page = client.get(response.url)
    assert "code" not in page.context["form"].fields
    assert activate(client, user.nip, "").status_code == 302


def test_codes_are_guessed_slowly(client):
    user = UserFactory(unactivated=True)
    answers = {activate(client, user.nip, f"{n:016d}").status_code for n in range(7)}

    assert answers == {422, 429}


def test_a_new_code_for_an_account_in_use_wants_a_reason(client):
    user = UserFactory()
    log_in(client, user)

    with pytest.raises(services.ServiceError):
        services.make_activation_code(user, channel="printed", by=None)
    services.make_activation_code(user, channel="printed", by=None, reason="Lupa sandi")

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert client.get("/akun/profil/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_slip():
    user = UserFactory(unactivated=True)
    code = services.make_activation_code(user, channel="printed", by=None)

    def attempt(password):
        try:
            services.activate(nip_typed=user.nip, code=code, password=password)
        except services.ServiceError:
            return "refused"
        else:
            return "activated"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(attempt, [NEW_PASSWORD, "yang-lain-sama-panjang"]))

    assert results == ["activated", "refused"]
    assert AuditEvent.objects.filter(action="account.activate").count() == 1


# --- Forgotten and changed passwords ---------------------------------------------------------


@pytest.mark.parametrize("who", ["known", "unknown", "closed", "no_address", "unactivated"])
def test_forgotten_password_says_the_same(client, mailoutbox, who):
    user = UserFactory(
        is_active=who != "closed",
        unactivated=who == "unactivated",
        **({"email": ""} if who == "no_address" else {}),
    )
    nip = "199001012015011999" if who == "unknown" else user.nip_display

    response = client.post("/akun/sandi/lupa/", {"nip": nip})
    run_jobs()

    assert response.url == "/akun/sandi/lupa/terkirim/"
    assert client.get(response.url).status_code == 200
    assert [mail.to for mail in mailoutbox] == ([[user.email]] if who == "known" else [])


def test_reset_link_sets_a_password_once(client, mailoutbox):
    user, heard = UserFactory(), []
    events.listen(events.PASSWORD_CHANGED, lambda user: heard.append(user))
    client.post("/akun/sandi/lupa/", {"nip": user.nip})
    run_jobs()
    link = re.search(r"https?://\S+", mailoutbox[0].body)[0].replace(settings.PUBLIC_URL, "")

    form_url = client.get(link).url
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.get(form_url).status_code == 200
    assert client.post(form_url, passwords).status_code == 302

    assert not is_in(client)  # Nobody is signed in by a mailbox.
    sign_in(client, user.nip, NEW_PASSWORD)
    assert is_in(client)
    client.logout()
    assert client.get(link).context["token_fail"]
    assert heard == [user]
    assert AuditEvent.objects.filter(action="account.change_password").count() == 1


def test_changed_password_is_recorded_and_ends_other_sessions(client, django_user_model):
    from django.test import Client

    user, other = UserFactory(), Client()
    log_in(client, user)
    log_in(other, user)

    response = client.post(
        "/akun/sandi/",
        {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )

    assert response.status_code == 302
    assert other.get("/akun/profil/").status_code == 302
    assert AuditEvent.objects.filter(action="account.change_password").exists()


# --- Sessions --------------------------------------------------------------------------------


def test_idle_session_ends(client):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        sign_in(client, UserFactory().nip)
        clock.shift(settings.SESSION_COOKIE_AGE - 60)
        assert client.get("/akun/profil/").status_code == 200
        clock.shift(settings.SESSION_COOKIE_AGE - 60)
        assert client.get("/akun/profil/").status_code == 200
        clock.shift(settings.SESSION_COOKIE_AGE + 1)
        assert client.get("/akun/profil/").status_code == 302


def test_busy_session_ends_too(client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(client, UserFactory().nip)
        client.get("/akun/profil/")
        for _ in range(settings.SESSION_LONGEST_SECONDS // 1_200):
            assert client.get("/akun/profil/").status_code == 200
            clock.shift(1_200)
        clock.shift(1_200)
        assert client.get("/akun/profil/").status_code == 302


def test_a_closed_account_is_out_at_the_next_request(client):
    user = log_in(client, UserFactory())
    assert client.get("/akun/profil/").status_code == 200

    services.deactivate(user, by=None, reason="Pensiun")

    assert client.get("/akun/profil/").status_code == 302
    assert not UserSession.objects.filter(user=user).exists()


def test_a_role_counts_from_the_next_request(client):
    from people.models import RoleGrant

    user = log_in(client, person_with())
    assert client.get(reverse("people:list")).status_code == 403

    services.grant_role(
        RoleGrant(
            user=user, role=Role.AUDITOR, starts_on=timezone.localdate(), reason="Surat tugas"
        ),
        by=None,
    )

    assert client.get(reverse("people:list")).status_code == 200


def test_own_sessions_are_listed_and_ended(client):
    from django.test import Client

    user, other = UserFactory(), Client()
    sign_in(other, user.nip)
    sign_in(client, user.nip)
    assert client.get("/akun/sesi/").status_code == 200

    client.post("/akun/sesi/")

    assert other.get("/akun/profil/").status_code == 302
    assert client.get("/akun/profil/").status_code == 200


def test_profile_shows_oneself_and_keeps_the_language(client, django_assert_max_num_queries):
    user = log_in(client, person_with())
    client.get("/akun/profil/")

    with django_assert_max_num_queries(10):
        page = client.get("/akun/profil/")
    assert page.context["person"] == user
    assert client.post("/akun/profil/", {"language": "en"}).status_code == 302
    assert client.post("/akun/profil/", {"language": "xx"}).status_code == 422
    user.refresh_from_db()
    assert user.language == "en"
