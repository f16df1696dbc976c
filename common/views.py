"""Mixins of the views, and the pages without a subject."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView
from django.views.i18n import set_language

from common.attachments import StoredFile
from common.context_processors import session_seconds_left
from common.gallery import gallery_context
from common.middleware import THEMES, theme_cookie_name
from common.validators import validate_json_storable

JSON_LIMIT = 512 * 1024
JSON_DEPTH = 30


class PartMixin:
    """The page; or, when HTMX asks, only the named part (`part`) of its template."""

    part: str

    def get_template_names(self):
        names = super().get_template_names()
        return [f"{name}#{self.part}" for name in names] if self.wants_part() else names

    def wants_part(self) -> bool:
        """A restored history entry asks with HTMX's header, too, but wants the whole page."""
        return bool(self.request.htmx) and not self.request.htmx.history_restore_request

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["HX-Request"])  # django-htmx doesn't do it.
        return response


HtmxPartMixin = PartMixin


def file_response(attachment: StoredFile) -> HttpResponse:
    """The stored file under the name that people gave it, never shown inside the portal.

    Five megabytes at most, so it is read at once and no file stays open.
    """
    try:
        with attachment.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return download(content, content_type=attachment.content_type, name=attachment.name)


def download(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    """Somebody else's file: saved, not shown, and able to do nothing in a browser."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


class InvalidFormMixin:
    """A form that was refused answers 422, so that caches, HTMX and tests can tell."""

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The address in `next` if it is one of ours, else `fallback`."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    if address and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return fallback


def filter_form(request: HttpRequest, form_class: type[forms.Form], **kwargs: Any) -> forms.Form:
    """The GET parameters as a checked form; wrong values are left out, with a message.

    `form.cleaned_data` always has every field: the default where nothing or nonsense was given.
    """
    form = form_class(request.GET, **kwargs)
    if not form.is_valid():
        wrong = [
            str(form.fields[name].label or name) for name in form.errors if name in form.fields
        ]
        messages.warning(
            request,
            _("These filters were not understood and are ignored: %(names)s.")
            % {"names": ", ".join(wrong)},
        )
        data = request.GET.copy()
        for name in form.errors:
            data.pop(name, None)
        form = form_class(data, **kwargs)
        form.is_valid()
    for name, field in form.fields.items():
        if form.cleaned_data.get(name) in field.empty_values:
            form.cleaned_data[name] = field.initial if field.initial is not None else None
    return form


def one_of(value: str | None, allowed: Any, default: str) -> str:
    """`value` if it is one of `allowed` (a sort order, a tab), else 400, never a failure later."""
    if value is None or value == "":
        return default
    if value not in allowed:
        raise BadRequest("Unknown value in the address.")
    return value


def json_body(request: HttpRequest) -> Any:
    """The JSON sent, or `BadRequest`: too big, too deep, malformed, or not storable."""
    if len(request.body) > JSON_LIMIT:
        raise BadRequest("The JSON is too large.")
    try:
        value = json.loads(request.body, parse_constant=_refuse_constant)
        validate_json_storable(value)
    except (ValueError, RecursionError, forms.ValidationError) as error:
        raise BadRequest("The JSON cannot be read.") from error
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity aren't JSON and PostgreSQL refuses them.


@method_decorator(login_not_required, name="dispatch")
class LanguageView(View):
    """Keeps the language in a cookie; by POST only."""

    http_method_names = ["post"]

    def post(self, request):
        return set_language(request)


@method_decorator(login_not_required, name="dispatch")
class ThemeView(View):
    """Keeps light, dark or "as the device" in a cookie, so that the server draws it at once."""

    http_method_names = ["post"]

    def post(self, request):
        theme = request.POST.get("theme")
        if theme not in THEMES:
            raise BadRequest("Unknown appearance.")
        if request.headers.get("Accept") == "application/json":
            response = HttpResponse(status=204)
        else:
            response = redirect(safe_next(request))
        response.set_cookie(
            theme_cookie_name(),
            theme,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response


class KeepSessionView(View):
    """The button "Stay signed in": any request lengthens the session, this says until when."""

    http_method_names = ["post"]

    def post(self, request):
        return JsonResponse({"seconds": session_seconds_left(request) or 0})


@method_decorator(login_not_required, name="dispatch")
class HelpView(TemplateView):
    template_name = "common/help.html"


@method_decorator(login_not_required, name="dispatch")
class PrivacyView(TemplateView):
    template_name = "common/privacy.html"


@method_decorator(login_not_required, name="dispatch")
class RobotsView(View):
    def get(self, request):
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@method_decorator(login_not_required, name="dispatch")
class GalleryView(TemplateView):
    """All components on one page: for those who build, and for the accessibility test."""

    template_name = "common/gallery.html"

    def dispatch(self, request, *args, **kwargs):
        may_see = settings.IS_DEVELOPMENT or (
            request.user.is_authenticated and request.user.has_role("system_administrator")
        )
        if not may_see:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | gallery_context()
