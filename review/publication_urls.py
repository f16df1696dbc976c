"""Frozen reports, bundles of evidence, the desk of the statistics."""

from django.urls import path

from review.views import minutes, publications

REPORT = "laporan-monev/<uuid:pk>/"
MINUTES = "sosialisasi/<uuid:pk>/"
BUNDLE = "bukti/<uuid:pk>/"

urlpatterns = [
    path("laporan-monev/", publications.MonitoringListView.as_view(), name="monitoring_list"),
    path("laporan-monev/bekukan/", publications.FreezeView.as_view(), name="monitoring_freeze"),
    path(REPORT, publications.MonitoringDetailView.as_view(), name="monitoring_detail"),
    path(f"{REPORT}tanda-tangan/", publications.MonitoringSignView.as_view(),
         name="monitoring_sign"),
    path(f"{REPORT}xlsx/", publications.MonitoringSheetView.as_view(), name="monitoring_sheet"),
    path("bukti/", publications.BundleListView.as_view(), name="bundle_list"),
    path("bukti/baru/", publications.BundleCreateView.as_view(), name="bundle_create"),
    path(BUNDLE, publications.BundleDetailView.as_view(), name="bundle_detail"),
    path(f"{BUNDLE}unduh/", publications.BundleDownloadView.as_view(), name="bundle_download"),
    path("sosialisasi/", minutes.MinutesListView.as_view(), name="minutes_list"),
    path("sosialisasi/tambah/", minutes.MinutesAddView.as_view(), name="minutes_add"),
    path(f"{MINUTES}berkas/", minutes.MinutesFileView.as_view(), name="minutes_file"),
    path(f"{MINUTES}hapus/", minutes.MinutesRemoveView.as_view(), name="minutes_remove"),
    path("statistik/", publications.StatisticsDeskView.as_view(), name="statistics_desk"),
    path("statistik/ambang/", publications.ThresholdView.as_view(), name="statistics_threshold"),
    path("statistik/terbitkan/", publications.PublishView.as_view(), name="statistics_publish"),
]  # fmt: skip
