"""Addresses of `declarations`."""

from django.urls import include, path

from declarations.views.home import HomeView

app_name = "declarations"

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("", include("declarations.register_urls")),
    path("", include("declarations.decision_urls")),
    path("", include("declarations.plan_urls")),
    path("", include("declarations.statement_urls")),
    path("", include("declarations.conflict_urls")),
    path("pengaturan/", include("declarations.configuration_urls")),
]
