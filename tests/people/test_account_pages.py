"""Every page of the account opens, and none needs a script or style that the policy forbids."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from people.models import Role
from tests.people.factories import UserFactory, log_in, person_with

pytestmark = pytest.mark.django_db
FOR_ALL = (
    "account_login", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key_done", "activation",
)  # fmt: skip
FOR_MEMBERS = (
    "profile", "account_logout", "account_change_password", "account_reauthenticate", "mfa_index",
    "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "usersessions_list",
)  # fmt: skip
WITH_SECOND_FACTOR = (
    "mfa_reauthenticate", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_deactivate_totp", "mfa_index",
)  # fmt: skip
FORBIDDEN = re.compile(
    rb"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>|<style|\sstyle=|\son\w+=\"|javascript:"
)


def check(response):
    assert response.status_code == 200
    assert FORBIDDEN.search(response.content) is None, FORBIDDEN.search(response.content)
    assert len(re.findall(rb"<h1[ >]", response.content)) == 1
    assert b"<title>" in response.content


@pytest.mark.parametrize("name", FOR_ALL)
def test_open_to_all(client, name):
    check(client.get(reverse(name)))


@pytest.mark.parametrize("name", FOR_MEMBERS)
def test_for_members_only(client, name):
    if name != "account_logout":
        assert client.get(reverse(name)).url.startswith("/akun/masuk/")

    log_in(client, UserFactory())

    check(client.get(reverse(name)))


@pytest.mark.parametrize("name", WITH_SECOND_FACTOR)
def test_with_a_second_factor(client, name):
    user = person_with(Role.INSPECTOR)
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    log_in(client, user)

    response = client.get(reverse(name))

    if name == "mfa_deactivate_totp":  # The last one stays: the page says so.
        assert response.status_code in (200, 302, 403)
    else:
        check(response)


def test_asking_for_the_second_factor(client):
    user = person_with(Role.INSPECTOR)
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post("/akun/masuk/", {"login": user.nip, "password": "sandi-uji-yang-panjang"})

    check(client.get(reverse("mfa_authenticate")))


@pytest.mark.parametrize(
    "name", ["mfa_add_webauthn", "mfa_activate_totp", "account_change_password"]
)
def test_stale_proof_cannot_change_the_door(client, name):
    """Adding a key with somebody's open session needs the password first."""
    log_in(client, UserFactory(), proved=False)

    response = client.get(reverse(name))

    if name == "account_change_password":  # It asks for the old password itself.
        check(response)
    else:
        assert response.url.startswith(reverse("account_reauthenticate"))
