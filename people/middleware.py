"""Limits of a session: how long it lasts, and what it may reach before the second factor."""

import time
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.middleware import SESSION_SEEN as SEEN_KEY
from people.roles import SECOND_FACTOR_COMPULSORY

STARTED_KEY = "session_started"
SECOND_FACTOR_KEY = "second_factor_of"
# Writing the time of every request would cost more than the request.
SEEN_EVERY_SECONDS = 60
# What a session without its compulsory second factor may reach.
CONFINED_TO = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reauthenticate",
        "account_set_password",
        "account_logout",
        "set_language",
        "set_theme",
        "keep_session",
        "help",
        "privacy",
    }
)

Next = Callable[[HttpRequest], HttpResponse]


class SessionLimitsMiddleware:
    """Ends a session that idles too long or has lasted too long, however busy."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if self._is_over(request, now):
                logout(request)
                messages.info(request, _("You were logged out because nothing happened for long."))
            elif now - request.session.get(SEEN_KEY, 0) >= SEEN_EVERY_SECONDS:
                self._touch(request, now)
        return self.get_response(request)

    @staticmethod
    def _is_over(request: HttpRequest, now: int) -> bool:
        seen = request.session.get(SEEN_KEY, now)
        started = request.session.get(STARTED_KEY, now)
        return (
            now - seen > settings.SESSION_COOKIE_AGE
            or now - started > settings.SESSION_LONGEST_SECONDS
        )

    @staticmethod
    def _touch(request: HttpRequest, now: int) -> None:
        request.session.setdefault(STARTED_KEY, now)
        request.session[SEEN_KEY] = now
        touched = UserSession.objects.filter(session_key=request.session.session_key).update(
            last_seen_at=timezone.now()
        )
        if not touched:
            UserSession.objects.create_from_request(request)


def has_second_factor(user: object) -> bool:
    return get_mfa_adapter().is_mfa_enabled(
        user, types=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )


def must_enrol(request: HttpRequest) -> bool:
    """The person's role asks for a second factor that this session has not shown.

    Asked again at every request, so that a role given at noon confines the sessions of the
    morning; the answer "it was shown" is kept in the session.
    """
    user = request.user
    if not user.is_authenticated or settings.SECOND_FACTOR_RELAXED:
        return False
    if request.session.get(SECOND_FACTOR_KEY) == str(user.pk):
        return False
    if not user.roles & SECOND_FACTOR_COMPULSORY:
        return False
    records = get_authentication_records(request, user)
    if any(record.get("method") == "mfa" for record in records):
        request.session[SECOND_FACTOR_KEY] = str(user.pk)
        return False
    return True


class SecondFactorMiddleware:
    """Confines a session that still owes its second factor to the pages that set one up."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        if getattr(view, "login_required", True) is False or not must_enrol(request):
            return None
        if request.resolver_match and request.resolver_match.view_name in CONFINED_TO:
            return None
        if request.headers.get("HX-Request"):
            return JsonResponse({}, status=403, headers={"HX-Redirect": reverse("mfa_index")})
        messages.warning(request, _("Your role needs a second factor. Set one up to go on."))
        return HttpResponseRedirect(reverse("mfa_index"))
