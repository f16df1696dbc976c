"""Error pages: what happened, what became of one's answers, what to do, and the request's id.

The page for a failure asks the database nothing, since that may be what is broken.
"""

import logging
from typing import Any

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from common.context_processors import describe
from common.middleware import current_request_id

logger = logging.getLogger(__name__)

LAST_RESORT = """<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Gangguan sistem</title>
</head><body><main><h1>Terjadi gangguan pada sistem</h1>
<p>Jawaban yang sudah tersimpan tidak hilang. Silakan coba lagi beberapa menit lagi.</p>
<p>Kode kejadian: {code}</p></main></body></html>"""


def error_page(
    request: HttpRequest | None,
    *,
    status: int,
    heading: str,
    text: str,
    advice: str = "",
    url: str = "",
    label: str = "",
) -> HttpResponse:
    """An error page in the portal's own dress; also for views (409, 429 …)."""
    context: dict[str, Any] = {
        "status": status,
        "heading": heading,
        "text": text,
        "advice": advice,
        "url": url,
        "label": label,
        "code": getattr(request, "request_id", "") or current_request_id(),
    }
    return HttpResponse(_content(request, context), status=status)


def _content(request: HttpRequest | None, context: dict[str, Any]) -> str:
    """With the person's menu where that is safe; else without a query; else without a template."""
    template = "errors/error.html"
    if request is not None and context["status"] < 500:
        try:
            return render_to_string(template, context, request=request)
        except Exception:
            logger.exception("The error page was made without the person's menu")
    try:
        plain = context | {"portal": describe(request)}
        if request is not None:
            plain["csrf_token"] = get_token(request)
        return render_to_string(template, plain)
    except Exception:
        # Whatever is broken, an answer goes out; the first error was logged by Django.
        logger.exception("The error page could not be made")
        return LAST_RESORT.format(code=escape(context["code"]))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return error_page(
            request,
            status=413,
            heading=_("Too much was sent at once"),
            text=_("The form or the file is larger than the portal accepts. Nothing was changed."),
            advice=_("Go back, shorten the text or choose a smaller file, and send it again."),
        )
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return error_page(
            request,
            status=413,
            heading=_("Too many fields were sent at once"),
            text=_("The page held more rows than the portal accepts. Nothing was changed."),
            advice=_("Go back and send fewer rows, or use the import from a file."),
        )
    return error_page(
        request,
        status=400,
        heading=_("This request cannot be understood"),
        text=_(
            "The address or the form holds something the portal cannot read. Nothing was changed."
        ),
        advice=_("Go back, check what you typed or pasted, and try again."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        status=403,
        heading=_("You may not do this"),
        text=_("Your role does not allow this page or this step. Nothing was changed."),
        advice=_("If you think this is a mistake, ask the officer of your OPD."),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        status=404,
        heading=_("This page was not found"),
        text=_("The address may be mistyped, or the page is not meant for you."),
        advice=_("Check the address, or begin again at the home page."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        status=500,
        heading=_("Something went wrong on our side"),
        text=_(
            "Answers that were saved are not lost. The step you just took was not carried out."
        ),
        advice=_(
            "Try again in a few minutes. If it happens again, "
            "give the code below to the help desk."
        ),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        status=403,
        heading=_("This page is out of date"),
        text=_(
            "You signed in or out in another window since this page was opened. "
            "Nothing was changed."
        ),
        advice=_("Go back, load the page again and repeat the step. Copy longer texts first."),
    )


def conflict(
    request: HttpRequest, *, text: str = "", url: str = "", label: str = ""
) -> HttpResponse:
    """409: the thing changed since the page was opened."""
    return error_page(
        request,
        status=409,
        heading=_("This was changed in the meantime"),
        text=text
        or _("Somebody, or you in another window, has changed it since you opened the page."),
        advice=_("Look at how it stands now, then repeat the step if it is still needed."),
        url=url,
        label=label or _("See how it stands now"),
    )


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        status=429,
        heading=_("Too many attempts"),
        text=_("For safety the portal waits a little before it accepts another attempt."),
        advice=_("Wait a few minutes and try again."),
    )
