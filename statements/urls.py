"""Addresses of `statements`: the public check and the documents themselves."""

from django.urls import path, re_path

from statements import views

app_name = "statements"

urlpatterns = [
    path("verifikasi/", views.VerifyView.as_view(), name="verify"),
    path("verifikasi/<str:code>/", views.VerifyCodeView.as_view(), name="verify_code"),
    # The QR code carries the address in capitals (a smaller code); with or without the last slash.
    re_path(r"^VERIFIKASI/(?P<code>[A-Za-z0-9]{1,40})/?$", views.VerifyCodeView.as_view()),
    re_path(r"^verifikasi/(?P<code>[A-Za-z0-9]{1,40})$", views.VerifyCodeView.as_view()),
    path("dokumen/", views.DocumentListView.as_view(), name="list"),
    path("dokumen/gagal/", views.FailedListView.as_view(), name="failed"),
    path("dokumen/<uuid:pk>/", views.DocumentDetailView.as_view(), name="detail"),
    path("dokumen/<uuid:pk>/unduh/", views.DocumentDownloadView.as_view(), name="download"),
    path("dokumen/<uuid:pk>/ulang/", views.DocumentRetryView.as_view(), name="retry"),
]
