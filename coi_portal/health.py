"""Two addresses for load balancers; they tell no more than whether to send requests."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


@method_decorator((login_not_required, never_cache, transaction.non_atomic_requests), "dispatch")
class LivenessView(View):
    """The process answers: restart it when this fails."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return _plain("ok")


@method_decorator((login_not_required, never_cache, transaction.non_atomic_requests), "dispatch")
class ReadinessView(View):
    """The process can do its work: send it nothing while this fails."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        except DatabaseError:
            return _plain("not ok", status=503)
        return _plain("ok")
