"""Addresses of `review`."""

from django.urls import path

from review.views import desk, reality

app_name = "review"

urlpatterns = [
    path("peta/", reality.ProvinceView.as_view(), name="province"),
    path("opd/<int:pk>/", reality.OpdView.as_view(), name="opd"),
    path("opd/<int:pk>/baris/", reality.RowsView.as_view(), name="opd_rows"),
    path("kepala/", desk.DeskView.as_view(), name="desk"),
    path("kepala/<int:pk>/ingatkan/<uuid:user>/", desk.RemindView.as_view(), name="opd_remind"),
]
