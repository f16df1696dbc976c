"""Published statistics, for everybody."""

from django.urls import path

from review.views import statistics

app_name = "statistics"

urlpatterns = [
    path("", statistics.PublicView.as_view(), name="public"),
    path("<int:year>/", statistics.PublicView.as_view(), name="year"),
    path("<int:year>.csv", statistics.CsvView.as_view(), name="csv"),
    path("<int:year>.json", statistics.JsonView.as_view(), name="json"),
]
