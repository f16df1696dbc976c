"""Middleware of every request: identity, language, headers, and refusal of impossible bytes."""

import logging
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control

GetResponse = Callable[[HttpRequest], HttpResponse]

SESSION_SEEN = "seen_at"
THEMES = ("auto", "light", "dark")
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
# The windows of the rate limits are minutes long; asking earlier only counts again.
SECONDS_OF_PATIENCE = "300"

logger = logging.getLogger(__name__)
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The id in the log, on error pages and in audit events; empty outside a request."""
    return _request_id.get()


def theme_of(request: HttpRequest) -> str:
    theme = request.COOKIES.get(theme_cookie_name(), "auto")
    return theme if theme in THEMES else "auto"


def theme_cookie_name() -> str:
    return "__Host-theme" if settings.SESSION_COOKIE_SECURE else "theme"


class CompressPagesMiddleware(GZipMiddleware):
    """Pages go out compressed, a seventh of their size on a slow line; files stay as they are.

    What a page holds of secrets can't be guessed from its length: the token of a form is masked
    anew each time, and Django adds a random number of bytes.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class ResponseHeadersMiddleware:
    """An id for the request, and headers that no view needs to remember.

    Nothing that the application answers is kept by a browser or a proxy: a shared computer in
    an office must show nothing after logout. Static files never come this way.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex
        token = _request_id.set(request.request_id)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        self._set_headers(request, response)
        return response

    @staticmethod
    def _set_headers(request: HttpRequest, response: HttpResponse) -> None:
        patch_cache_control(
            response, no_store=True, no_cache=True, must_revalidate=True, private=True, max_age=0
        )
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["X-Request-ID"] = request.request_id
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", SECONDS_OF_PATIENCE)
        if _is_logout(request):
            response["Clear-Site-Data"] = '"cache", "storage"'


def _is_logout(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == "account_logout" and request.method == "POST"


class MethodsMiddleware:
    """Nothing here is put, patched, deleted or traced: such requests reach no view."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return self.get_response(request)


class CrossSiteMiddleware:
    """Another site may lead people here by a link, and nothing more.

    It can neither embed what a person may see (a picture, a file in a frame) nor ask for it by a
    script: where the browser says that it was asked to (`Sec-Fetch-*`), no view is reached.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site") == "cross-site" and not _is_visit(request):
            return HttpResponseForbidden()
        return self.get_response(request)


def _is_visit(request: HttpRequest) -> bool:
    """A link or a form in another site's page; forms with something to say lack our token."""
    said = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    return said == ("navigate", "document")


class UntracedMiddleware:
    """On some addresses nobody is recognised, so that a report can be anonymous.

    Before the session is looked for: its cookie and the name of the browser are taken out of the
    request, so no view could link them to what is written. `request.is_untraced` keeps the
    request's id out of audit events. Below `RECOGNISED_PATHS` the session is left.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_untraced = request.path_info.startswith(settings.UNTRACED_PATHS)
        if request.is_untraced:
            request.META.pop("HTTP_USER_AGENT", None)
            if not request.path_info.startswith(settings.RECOGNISED_PATHS):
                request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)


class LanguageMiddleware:
    """Indonesian, unless the person chose another language: browsers are seldom set by choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
            return response


class StorableInputMiddleware:
    """Addresses that PostgreSQL could never hold get a clear 400 instead of a failure.

    Forms refuse such characters in their fields with a message beside the field; what slips past
    a form ends as an exception of the database and becomes the same 400 here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> None:
        raw = unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
        if b"\x00" in raw or "\x00" in request.path_info or not _is_utf8(raw):
            raise BadRequest("The address holds characters that cannot be stored.")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ValueError) and "NUL (0x00)" in str(exception):
            reason = "NUL"
        elif isinstance(exception, UnicodeEncodeError) and exception.encoding == "utf-8":
            reason = "surrogate"
        elif isinstance(exception, DataError):
            reason = "value the database refused"
        else:
            return None
        logger.warning("Input refused: %s", reason)
        from common.errors import bad_request  # noqa: PLC0415 -- errors reads this module

        return bad_request(request, BadRequest(reason))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
