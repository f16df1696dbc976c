"""Addresses of `review`."""

from django.urls import include, path

from review.views import desk, reality

app_name = "review"

urlpatterns = [
    path("", include("review.dashboard_urls")),
    path("", include("review.campaign_urls")),
    path("", include("review.publication_urls")),
    path("", include("review.case_urls")),
    path("", include("review.report_urls")),
    path("", include("review.flag_urls")),
    path("", include("review.act_urls")),
    path("peta/", reality.ProvinceView.as_view(), name="province"),
    path("peta/cara-membaca/", reality.MethodView.as_view(), name="method"),
    path("opd/<int:pk>/", reality.OpdView.as_view(), name="opd"),
    path("opd/<int:pk>/baris/", reality.RowsView.as_view(), name="opd_rows"),
    path("kepala/", desk.DeskView.as_view(), name="desk"),
    path("kepala/<int:pk>/ingatkan/<uuid:user>/", desk.RemindView.as_view(), name="opd_remind"),
]
