"""OpenID Connect with the province's provider, a little stricter than django-allauth.

The ID token's signature is checked although it came straight from the provider (the way there
may lead through a proxy), and it must carry the nonce of this browser's request.
"""

import secrets
from typing import Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.core.internal.httpkit import add_query_params
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse

NONCE_KEY = "oidc_nonce"
# Never those with a shared secret: the token's own header must not choose one of them.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS = 30


class StrictAdapter(OpenIDConnectOAuth2Adapter):
    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider sent no ID token.")
        return super().complete_login(request, app, token, **kwargs)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict:
        try:
            claims = jwt.decode(
                id_token,
                key=self._signing_key(id_token),
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error("The ID token is not valid.") from error
        expected = self.request.session.pop(NONCE_KEY, "")
        if not expected or not secrets.compare_digest(expected, str(claims.get("nonce", ""))):
            raise OAuth2Error("The ID token answers another request.")
        return claims

    def _signing_key(self, id_token: str) -> jwt.PyJWK:
        """The provider's key that the token names, or its only one."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(response.json()).keys
        named = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys if key.key_id == named] if named else keys
        if len(fitting) != 1:
            raise OAuth2Error("The provider has no such key.")
        return fitting[0]


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
