"""Proof of identity: what counts, for how long, and the way to a new one."""

import datetime
import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django.views import View

from people.proof import Proof, RequireFreshProofMixin, fresh_proof, last_proof
from tests.people.factories import UserFactory

pytestmark = pytest.mark.django_db


class SignView(RequireFreshProofMixin, View):
    def get(self, request):
        return HttpResponse("page")

    def post(self, request):
        return HttpResponse(self.proof.method)


def request_of(user, *records, method="get", path="/teken/?v=2"):
    request = getattr(RequestFactory(), method)(path)
    request.user = user
    request.session = SessionStore()
    request.session["account_authentication_methods"] = list(records)
    request.session["account_authentication_methods_user"] = str(user.pk)
    from django.contrib.messages.storage.fallback import FallbackStorage

    request._messages = FallbackStorage(request)
    return request


def record(method="password", minutes=0, **more):
    return {"method": method, "at": time.time() - minutes * 60, **more}


@pytest.mark.parametrize(
    ("given", "method"),
    [
        ({}, "password"),
        ({"method": "mfa", "type": "totp"}, "totp"),
        ({"method": "mfa", "type": "webauthn"}, "passkey"),
        ({"method": "mfa", "type": "webauthn", "passwordless": True}, "passkey"),
        ({"method": "mfa", "type": "recovery_codes"}, None),
        ({"method": "socialaccount"}, None),
        ({"minutes": 4.5}, "password"),
        ({"minutes": 5.1}, None),
        ({"minutes": -10}, None),  # a clock that was turned back proves nothing
    ],
)
def test_what_counts(given, method):
    user = UserFactory()
    request = request_of(user, record(**given))

    proof = fresh_proof(request)

    assert (proof.method if proof else None) == method
    if proof:
        assert proof.user_id == user.pk
        assert timezone.now() - proof.proved_at < datetime.timedelta(minutes=5)


def test_records_of_somebody_else_prove_nothing():
    request = request_of(UserFactory(), record())
    request.user = UserFactory()

    assert last_proof(request) is None


def test_fresh_proof_signs():
    request = request_of(UserFactory(), record(), method="post")

    assert SignView.as_view()(request).content == b"password"


@pytest.mark.parametrize("method", ["get", "post"])
def test_stale_proof_goes_the_way_round(method):
    request = request_of(UserFactory(), record(minutes=9), method=method)

    response = SignView.as_view()(request)

    assert response.url == "/akun/konfirmasi/?next=%2Fteken%2F%3Fv%3D2"


def test_page_can_be_read_without():
    request = request_of(UserFactory(), record(minutes=9))

    assert SignView.as_view(proof_on_get=False)(request).content == b"page"


def test_without_password_or_key_there_is_no_way():
    request = request_of(UserFactory(unactivated=True))

    assert SignView.as_view()(request).url == "/akun/faktor-kedua/"


def test_password_again_makes_it_fresh(client):
    from tests.people.factories import PASSWORD, log_in

    user = log_in(client, UserFactory(), proved=False)
    address = "/akun/konfirmasi/?next=/akun/profil/"
    assert client.get(address).status_code == 200

    wrong = client.post(address, {"password": "salah-sama-sekali", "next": "/akun/profil/"})
    right = client.post(address, {"password": PASSWORD, "next": "/akun/profil/"})

    assert wrong.status_code == 200
    assert right.url == "/akun/profil/"
    proof = fresh_proof(_request_with(client, user))
    assert proof == Proof(user.pk, "password", proof.proved_at)


def _request_with(client, user):
    request = RequestFactory().get("/")
    request.user, request.session = user, client.session
    return request
