"""Addresses of the Inspectorate's side of reports, and of the register of former officials."""

from django.urls import path

from review.views import cooling, reports

urlpatterns = [
    path("laporan/", reports.ReportListView.as_view(), name="report_list"),
    path("laporan/<uuid:pk>/", reports.ReportDetailView.as_view(), name="report_detail"),
    path(
        "laporan/<uuid:pk>/langkah/<slug:move>/",
        reports.ReportStepView.as_view(),
        name="report_step",
    ),
    path("laporan/<uuid:pk>/pesan/", reports.ReportMessageView.as_view(), name="report_message"),
    path(
        "laporan/<uuid:pk>/terlapor/", reports.ReportSubjectView.as_view(), name="report_subject"
    ),
    path(
        "laporan/<uuid:pk>/pelapor/", reports.ReportIdentityView.as_view(), name="report_identity"
    ),
    path(
        "laporan/<uuid:pk>/berkas/<uuid:file>/",
        reports.ReportFileView.as_view(),
        name="report_file",
    ),
    path("masa-tunggu/", cooling.FormerListView.as_view(), name="former_list"),
    path("masa-tunggu/usulan/", cooling.ProposalListView.as_view(), name="former_proposals"),
    path("masa-tunggu/tambah/", cooling.FormerCreateView.as_view(), name="former_create"),
    path(
        "masa-tunggu/usulan/<uuid:leaver>/", cooling.ProposalView.as_view(), name="former_proposal"
    ),
    path("masa-tunggu/<uuid:pk>/", cooling.FormerDetailView.as_view(), name="former_detail"),
    path("masa-tunggu/<uuid:pk>/ubah/", cooling.FormerEditView.as_view(), name="former_edit"),
    path("masa-tunggu/<uuid:pk>/hapus/", cooling.FormerRemoveView.as_view(), name="former_remove"),
]
