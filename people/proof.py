"""Proof that the person at the keyboard is who the session says, not older than minutes.

A signature needs one. The proof is django-allauth's own record in the session: a password, a
passkey or a code of the authenticator app, given at login or asked for again. Recovery codes
and a login through the province's OpenID Connect don't count: the first may lie on a desk, the
second doesn't say how the person was recognised.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

Method = Literal["password", "passkey", "totp"]
_OF_SECOND_FACTOR: dict[str, Method] = {"totp": "totp", "webauthn": "passkey"}


@dataclass(frozen=True, slots=True)
class Proof:
    user_id: uuid.UUID
    method: Method
    proved_at: datetime.datetime


def last_proof(request: HttpRequest) -> Proof | None:
    """The newest proof of this session, however old."""
    user = request.user
    if not user.is_authenticated:
        return None
    for record in reversed(get_authentication_records(request, user)):
        if method := _method(record):
            proved_at = datetime.datetime.fromtimestamp(record["at"], tz=datetime.UTC)
            return Proof(user.pk, method, proved_at)
    return None


def fresh_proof(request: HttpRequest) -> Proof | None:
    proof = last_proof(request)
    limit = datetime.timedelta(minutes=settings.PROOF_MINUTES)
    if proof is None or not datetime.timedelta() <= timezone.now() - proof.proved_at < limit:
        return None
    return proof


def _method(record: dict) -> Method | None:
    if record.get("method") == "password":
        return "password"
    if record.get("method") == "mfa":
        return _OF_SECOND_FACTOR.get(record.get("type", ""))
    return None


def ask_for_proof(request: HttpRequest, back_to: str) -> HttpResponse:
    """To the page that asks for password, passkey or code, and from there to `back_to`."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    if not methods:
        messages.warning(request, _("To sign you need a passkey or an authenticator app."))
        return HttpResponseRedirect(reverse("mfa_index"))
    return HttpResponseRedirect(f"{methods[0]['url']}?{urlencode({'next': back_to})}")


class RequireFreshProofMixin:
    """A view that signs: `self.proof` is fresh, or the person proves who they are first.

    Put it after the permission mixin. What was typed is saved already as a draft; a POST with a
    stale proof is not kept, the person comes back to the page (`get_proof_return_url`) and
    presses the button again. `proof_on_get = False` lets the page itself be read without.
    """

    proof: Proof | None = None
    proof_on_get = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.proof = fresh_proof(request)
        reads = request.method in ("GET", "HEAD", "OPTIONS")
        if self.proof is None and (self.proof_on_get or not reads):
            if not reads:
                messages.info(
                    request, _("Confirm that it is you, then press the button once more.")
                )
            back_to = request.get_full_path() if reads else self.get_proof_return_url()
            return ask_for_proof(request, back_to)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_proof_return_url(self) -> str:
        """Where a stale POST comes back to; by default the page of the same address."""
        return self.request.get_full_path()  # type: ignore[attr-defined]
