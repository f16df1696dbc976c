"""Addresses without a subject: language, appearance, help, privacy, session, gallery."""

from django.urls import path

from common import views
from common.policy_reports import PolicyReportView

urlpatterns = [
    path("bahasa/", views.LanguageView.as_view(), name="set_language"),
    path("tampilan/", views.ThemeView.as_view(), name="set_theme"),
    path("sesi/", views.KeepSessionView.as_view(), name="keep_session"),
    path("bantuan/", views.HelpView.as_view(), name="help"),
    path("privasi/", views.PrivacyView.as_view(), name="privacy"),
    path("komponen/", views.GalleryView.as_view(), name="gallery"),
    path("laporan-kebijakan/", PolicyReportView.as_view(), name="policy_report"),
    path("robots.txt", views.RobotsView.as_view(), name="robots"),
]
