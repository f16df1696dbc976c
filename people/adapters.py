"""Our rules on top of django-allauth: who gets in, and what is remembered of it."""

from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people import devices, encryption, nip, services
from people.middleware import SECOND_FACTOR_KEY
from people.models import User
from people.proof import fresh_proof
from people.roles import SECOND_FACTOR_COMPULSORY

SAME_ANSWER = gettext_lazy("NIP and password do not fit together.")

UNSAID = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


def display_name(user: User) -> str:
    return user.name


class AccountAdapter(DefaultAccountAdapter):
    """NIP and password; nobody signs up; a closed account looks like a wrong password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": SAME_ANSWER,
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy(
            "Too many attempts. Wait a few minutes and try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Whoever guesses elsewhere shuts nobody out of a browser that knows its person."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        user = User.objects.filter(nip=credentials.get("username", "")).only("pk").first()
        return f"{key}:known" if user and devices.knows(request, user) else key

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """As the original, but it never hands on a closed account whose password fits."""
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if user is None:
            services.note_login_failure(credentials.get("username", ""))
            return None
        self._rollback_login_failed_rl_usage()
        return user

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Only a login by passkey or OpenID Connect comes here."""
        messages.error(request, SAME_ANSWER)
        return redirect("account_login")

    def is_reauthentication_required(self, **kwargs: Any) -> bool:
        """A login of a moment ago is proof enough: no password twice in a row."""
        return super().is_reauthentication_required(**kwargs) and fresh_proof(self.request) is None

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        is_new = devices.remember(request, response, user)
        services.note_login(user, method=_method_of(request, user), new_device=is_new)
        return response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Without "You have signed in as …", which says nothing."""
        if not args or args[0] not in UNSAID:
            super().add_message(request, level, *args, **kwargs)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Where django-allauth would mail: audit, and whoever listens to `people.events`."""
        what = template_prefix.rsplit("/", 1)[-1]
        if template_prefix.startswith("mfa/"):
            services.note_second_factor(user, what=what)
            if what in ("totp_activated", "webauthn_added"):
                # The code or key was shown just now; without this the person would log in anew.
                self.request.session[SECOND_FACTOR_KEY] = str(user.pk)
            self._offer_to_end_sessions(user)
        else:
            services.note_password_changed(user, how=what)

    def _offer_to_end_sessions(self, user: User) -> None:
        others = UserSession.objects.filter(user=user).exclude(
            session_key=self.request.session.session_key
        )
        if others.exists():
            messages.info(
                self.request,
                _("You are still signed in elsewhere. “My sessions” on your profile ends that."),
            )


def _method_of(request: HttpRequest, user: User) -> str:
    records = get_authentication_records(request, user)
    return "+".join(record.get("type") or record["method"] for record in records[-2:])


class MfaAdapter(DefaultMFAAdapter):
    """Seeds are encrypted; who must have a second factor cannot take the last one off."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor. Add another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return user.nip

    def _get_user_identifier(self, user: User) -> str:
        return user.nip

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        if not user.roles & SECOND_FACTOR_COMPULSORY or settings.SECOND_FACTOR_RELAXED:
            return True
        others = Authenticator.objects.filter(
            user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exclude(pk=authenticator.pk)
        return others.exists()


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """OpenID Connect: an identity is issuer and subject; it is linked to an account that exists.

    The first login links by the `nip` (or `preferred_username`) that the issuer vouches for.
    After that only the identity counts, so a number that moves to somebody else opens nothing.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if request.user.is_authenticated or sociallogin.state.get("process") == "connect":
            _refuse(request, _("Sign out before you sign in with another account."))
        claims = _claims(request, sociallogin)
        if sociallogin.is_existing:
            services.forget_claims(sociallogin.account)
            return
        person = _person_of(claims)
        if person is None:
            _refuse(request, _("No account of the portal belongs to this identity."))
        try:
            sociallogin.account = services.link_identity(
                person, provider=sociallogin.account.provider, uid=sociallogin.account.uid
            )
        except services.ServiceError as error:
            _refuse(request, str(error))
        sociallogin.user = person

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, *args: Any, **kwargs: Any
    ) -> None:
        _refuse(request, _("Signing in through the province's account did not work."))


def _claims(request: HttpRequest, sociallogin: Any) -> dict:
    """What the ID token says. User information of another subject is a mix-up or an attack."""
    data = sociallogin.account.extra_data
    token, info = data.get("id_token") or {}, data.get("userinfo") or {}
    if not token.get("sub") or (info and info.get("sub") != token["sub"]):
        _refuse(request, _("Signing in through the province's account did not work."))
    return info | token


def _person_of(claims: dict) -> User | None:
    for name in ("nip", "preferred_username"):
        try:
            digits = nip.parse(str(claims.get(name) or "")).digits
        except ValidationError:
            continue
        return User.objects.filter(nip=digits, is_active=True).first()
    return None


def _refuse(request: HttpRequest, text: str) -> NoReturn:
    messages.error(request, text)
    raise ImmediateHttpResponse(redirect("account_login"))
