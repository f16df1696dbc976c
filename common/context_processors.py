"""What every page shows of the portal itself; asks the database nothing."""

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.middleware import SESSION_SEEN, theme_of

THEMES = (
    ("auto", _("As the device"), "display"),
    ("light", _("Light"), "light"),
    ("dark", _("Dark"), "dark"),
)
LANGUAGES = (("id", "Bahasa Indonesia"), ("en", "English"))
SESSION_STARTED = "session_started"
ACCOUNT_PAGES = (
    ("profile", _("My account"), "person"),
    ("account_change_password", _("Change password"), "key"),
    ("mfa_index", _("Second factor"), "shield"),
    ("usersessions_list", _("My sessions"), "device"),
)


@dataclass(frozen=True, slots=True)
class Link:
    label: Any
    url: str
    icon: str


def portal(request: HttpRequest) -> dict:
    return {"portal": describe(request)}


def describe(request: HttpRequest | None) -> dict[str, Any]:
    """Also without a request, for the error page of last resort."""
    return {
        "name": _("Conflict of Interest Portal"),
        "short_title": settings.PROVINCE["short_name"],
        "province": settings.PROVINCE,
        "language": get_language() or settings.LANGUAGE_CODE,
        "theme": theme_of(request) if request is not None else "auto",
        "here": _here(request),
        "is_development": settings.IS_DEVELOPMENT,
        "is_demonstration": bool(settings.DEMO_PASSWORD),
        "verification_url": _reverse_or("statements:verify", "/verifikasi/"),
        "session_seconds_left": session_seconds_left(request),
    }


def choices() -> dict[str, Any]:
    """What the head of every page offers, the same for everybody who reads the language."""
    return {
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": LANGUAGES,
        "themes": THEMES,
        "account_links": _account_links(),
    }


def _here(request: HttpRequest | None) -> str:
    """Where the language and theme switches come back to; a POSTed page has no way back."""
    if request is None or request.method not in ("GET", "HEAD"):
        return "/"
    return request.get_full_path()


def _reverse_or(name: str, fallback: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return fallback


_account: list[Link] = []


def _account_links() -> list[Link]:
    if not _account:
        for name, label, icon in ACCOUNT_PAGES:
            if address := _reverse_or(name, ""):
                _account.append(Link(label, address, icon))
    return _account


def session_seconds_left(request: HttpRequest | None) -> int | None:
    """Until the session ends from idleness or old age (`people.middleware` keeps both times)."""
    session = getattr(request, "session", None)
    # Not `request.user`: an error page must not ask a database that is away.
    if session is None or not session.accessed or SESSION_SEEN not in session:
        return None
    now = time.time()
    ends = session[SESSION_SEEN] + settings.SESSION_COOKIE_AGE
    longest = getattr(settings, "SESSION_LONGEST_SECONDS", 0)
    if longest:
        ends = min(ends, session.get(SESSION_STARTED, now) + longest)
    return max(0, int(ends - now))
