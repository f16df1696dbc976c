"""What every page needs to know of the person who looks at it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from people.middleware import must_enrol
from people.navigation import items_for


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The menu, and whether the compulsory second factor is relaxed (a loud banner says so)."""
    return {
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "second_factor_relaxed": settings.SECOND_FACTOR_RELAXED,
    }


def _navigation(request: HttpRequest) -> list:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or must_enrol(request):
        return []
    return items_for(user, request.path)
