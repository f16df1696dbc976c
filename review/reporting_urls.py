"""Addresses of the public side of reports."""

from django.urls import path

from review.views import reporting

app_name = "reporting"

urlpatterns = [
    path("", reporting.StartView.as_view(), name="start"),
    path("anonim/", reporting.AnonymousView.as_view(), name="anonymous"),
    path("bernama/", reporting.NamedView.as_view(), name="named"),
    path("kode/", reporting.CodeView.as_view(), name="code"),
]
