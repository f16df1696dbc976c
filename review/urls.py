"""Addresses of `review`."""

from django.urls import path

from review import views

app_name = "review"

urlpatterns = [
    path("peta/", views.ProvinceView.as_view(), name="province"),
    path("opd/<int:pk>/", views.OpdView.as_view(), name="opd"),
    path("opd/<int:pk>/baris/", views.RowsView.as_view(), name="opd_rows"),
    path("kepala/", views.DeskView.as_view(), name="desk"),
    path("kepala/<int:pk>/ingatkan/<uuid:user>/", views.RemindView.as_view(), name="opd_remind"),
]
