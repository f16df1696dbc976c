"""What browsers report when a page tries something that the content security policy forbids."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from common import rates

LARGEST = 10_000
# For all browsers together: one broken page must not fill the log.
RATES = ((60, 60), (1_000, 86_400))

logger = logging.getLogger(__name__)


@method_decorator(
    (csrf_exempt, login_not_required, transaction.non_atomic_requests), name="dispatch"
)
class PolicyReportView(View):
    """Logs directive, page and the blocked host; nothing is stored, nobody is named."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        report = _read(request)
        if report and rates.may_happen("policy-reports", RATES):
            logger.warning(
                "Content policy: %s blocked %s on %s",
                *(_plain(report.get(name)) for name in ("effective-directive", "blocked-uri")),
                _page(report.get("document-uri")),
            )
        return HttpResponse(status=204)


def _read(request: HttpRequest) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST:
        return {}
    try:
        report = json.loads(request.body).get("csp-report")
    except (ValueError, AttributeError, RecursionError):
        return {}
    return report if isinstance(report, dict) else {}


def _plain(value: object) -> str:
    """`https://elsewhere.example/a?b` as its host; `inline`, `eval` as they are."""
    text = str(value or "")[:200]
    return _parts(text).netloc or text.partition("?")[0]


def _page(value: object) -> str:
    path = _parts(str(value or "")[:500]).path
    return settings.UNTRACED_PATHS[0] if path.startswith(settings.UNTRACED_PATHS) else path


def _parts(text: str) -> Any:
    try:
        return urlsplit(text)
    except ValueError:
        return urlsplit("")
