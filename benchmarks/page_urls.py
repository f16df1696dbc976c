"""The portal's addresses and the empty view beside them (benchmarks only)."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.urls import include, path


@login_not_required
def empty(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM people_opd WHERE id = 1")
        cursor.fetchone()
    return HttpResponse("<!doctype html><title>Empty</title>")


urlpatterns = [path("kosong/", empty), path("", include("coi_portal.urls"))]
handler500 = "common.errors.server_error"
