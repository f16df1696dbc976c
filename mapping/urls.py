"""Addresses of the risk map."""

from django.urls import path

from mapping.views import (
    comparing,
    controls,
    evidence,
    exchange,
    maps,
    merging,
    province,
    reviewing,
    rows,
    scales,
)

app_name = "mapping"

urlpatterns = [
    path("", maps.MapListView.as_view(), name="list"),
    path("mulai/", maps.StartView.as_view(), name="start"),
    path("provinsi/", province.ProvinceView.as_view(), name="province"),
    path("gabung/", merging.MergeView.as_view(), name="merge"),
    path("skala/", scales.ScaleListView.as_view(), name="scale_list"),
    path("skala/<int:pk>/", scales.ScaleDetailView.as_view(), name="scale_detail"),
    path("skala/<int:pk>/baru/", scales.ScaleStartView.as_view(), name="scale_start"),
    path("skala/<int:pk>/ubah/", scales.ScaleEditView.as_view(), name="scale_edit"),
    path("skala/<int:pk>/berlakukan/", scales.ScaleEnforceView.as_view(), name="scale_enforce"),
    path("skala/<int:pk>/buang/", scales.ScaleDiscardView.as_view(), name="scale_discard"),
    path("<int:pk>/", maps.MapDetailView.as_view(), name="detail"),
    path("<int:pk>/cetak/", maps.SheetView.as_view(), name="sheet"),
    path("<int:pk>/riwayat/", maps.HistoryView.as_view(), name="history"),
    path("<int:pk>/banding/", comparing.CompareView.as_view(), name="compare"),
    path("<int:pk>/pustaka/", rows.LibraryView.as_view(), name="library"),
    path("<int:pk>/baris/", rows.AreaCreateView.as_view(), name="area_create"),
    path("<int:pk>/tanda-tangan/", reviewing.SignView.as_view(), name="sign"),
    path("<int:pk>/reviu/", reviewing.ReviewView.as_view(), name="review"),
    path("<int:pk>/kembalikan/", reviewing.ReturnView.as_view(), name="return"),
    path("<int:pk>/setujui/", reviewing.ApproveView.as_view(), name="approve"),
    path("<int:pk>/buka/", reviewing.ReopenView.as_view(), name="reopen"),
    path("<int:pk>/ekspor/<str:kind>/", exchange.ExportView.as_view(), name="export"),
    path("<int:pk>/impor/", exchange.ImportView.as_view(), name="import"),
    path("impor/<uuid:pk>/", exchange.ImportCheckView.as_view(), name="import_check"),
    path("baris/<int:pk>/", rows.AreaDetailView.as_view(), name="area_detail"),
    path("baris/<int:pk>/ubah/", rows.AreaEditView.as_view(), name="area_edit"),
    path("baris/<int:pk>/hapus/", rows.AreaRemoveView.as_view(), name="area_remove"),
    path("baris/<int:pk>/catatan/", reviewing.CommentView.as_view(), name="area_comment"),
    path(
        "baris/<int:pk>/pengendalian/", controls.ControlCreateView.as_view(), name="area_control"
    ),
    path("catatan/<int:pk>/", reviewing.SettleView.as_view(), name="comment_settle"),
    path("pengendalian/", controls.ControlListView.as_view(), name="control_list"),
    path("pengendalian/<int:pk>/", controls.ControlDetailView.as_view(), name="control_detail"),
    path("pengendalian/<int:pk>/ubah/", controls.ControlEditView.as_view(), name="control_edit"),
    path("pengendalian/<int:pk>/berkas/", evidence.FilesView.as_view(), name="control_files"),
    path(
        "pengendalian/<int:pk>/berkas/<uuid:file>/",
        evidence.FileView.as_view(),
        name="control_file",
    ),
    path(
        "pengendalian/<int:pk>/berkas/<uuid:file>/hapus/",
        evidence.FileRemoveView.as_view(),
        name="control_file_remove",
    ),
    path("pengendalian/<int:pk>/lapor/", controls.ReportView.as_view(), name="control_report"),
    path(
        "pengendalian/<int:pk>/benarkan/", controls.ConfirmView.as_view(), name="control_confirm"
    ),
    path("pengendalian/<int:pk>/tolak/", controls.RefuseView.as_view(), name="control_refuse"),
    path("pengendalian/<int:pk>/batal/", controls.CancelView.as_view(), name="control_cancel"),
]
