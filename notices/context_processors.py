"""The number of unread notices, for any template that shows it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notices import services


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: asks the database once, and only when a template uses it."""
    return {"unread_notices": SimpleLazyObject(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return services.unread_count(user) if user is not None and user.is_authenticated else 0
