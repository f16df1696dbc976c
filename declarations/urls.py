"""Addresses of `declarations`."""

from django.urls import include, path

app_name = "declarations"

urlpatterns = [
    path("pengaturan/", include("declarations.configuration_urls")),
]
