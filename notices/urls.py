"""Addresses of `notices`."""

from django.urls import path

from notices import views

app_name = "notices"

urlpatterns = [
    path("", views.NoticeListView.as_view(), name="list"),
    path("<int:pk>/buka/", views.NoticeOpenView.as_view(), name="open"),
    path("baca-semua/", views.NoticeReadAllView.as_view(), name="read_all"),
    path("pengaturan/", views.PreferenceView.as_view(), name="preference"),
    path("surel/", views.OutboxView.as_view(), name="outbox"),
    path("surel/<int:pk>/kirim-ulang/", views.EmailRetryView.as_view(), name="retry"),
]
