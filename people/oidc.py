"""OpenID Connect with the province's provider, a little stricter than django-allauth.

The ID token's signature is checked although it came straight from the provider (the way there
may lead through a proxy), and it must carry the nonce of this browser's request.
"""

import secrets
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.core.internal.httpkit import add_query_params
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse

NONCE_KEY = "oidc_nonce"


class StrictAdapter(OpenIDConnectOAuth2Adapter):
    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider sent no ID token.")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict:
        claims = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        expected = self.request.session.pop(NONCE_KEY, "")
        if not expected or not secrets.compare_digest(expected, str(claims.get("nonce", ""))):
            raise OAuth2Error("The ID token answers another request.")
        return claims


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, with a nonce; by POST only, so that no foreign page starts a login."""
    try:
        response = OAuth2LoginView.adapter_view(StrictAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    if request.method == "POST" and response.status_code == 302:
        nonce = request.session[NONCE_KEY] = secrets.token_urlsafe(16)
        response["Location"] = add_query_params(response["Location"], {"nonce": nonce})
    return response


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return OAuth2CallbackView.adapter_view(StrictAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
