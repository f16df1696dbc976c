"""The province on one page."""

from django.urls import path

from review.views import dashboard

urlpatterns = [
    path("", dashboard.DashboardView.as_view(), name="dashboard"),
    path("baris/", dashboard.DashboardRowsView.as_view(), name="dashboard_rows"),
]
