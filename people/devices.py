"""Whether a person has logged in with this browser before: a signed cookie remembers."""

import hashlib

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from people.models import User

SECONDS = 365 * 24 * 3600
# A browser of an office's shared computer may know several people.
MOST = 8
SALT = "people.devices"


def _name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def _mark(user: User) -> str:
    return hashlib.sha256(f"{SALT}:{user.pk}".encode()).hexdigest()[:16]


def _known(request: HttpRequest) -> list[str]:
    try:
        return signing.loads(request.COOKIES.get(_name(), ""), salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return []


def knows(request: HttpRequest, user: User) -> bool:
    return _mark(user) in _known(request)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> bool:
    """Remember `user` in this browser; True when it didn't know them yet."""
    known = _known(request)
    mark = _mark(user)
    response.set_cookie(
        _name(),
        signing.dumps([mark, *[other for other in known if other != mark]][:MOST], salt=SALT),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return mark not in known
