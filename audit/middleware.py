"""Gives each request an identity that all its audit events share; an untraced one gets none."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit import context


class RequestContextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request, "is_untraced", False):
            return self.get_response(request)
        request_id = getattr(request, "request_id", None) or uuid.uuid4()
        token = context.enter(
            context.RequestContext(
                request_id=request_id, address=request.META.get("REMOTE_ADDR", "")
            )
        )
        try:
            return self.get_response(request)
        finally:
            context.leave(token)
