"""Addresses of the register of interests (F1)."""

from django.urls import path

from declarations.views.registers import checking, pages
from declarations.views.registers.editing import REGISTER_EDITING

urlpatterns = [
    path("daftar-kepentingan/", pages.RegisterListView.as_view(), name="register_list"),
    path("daftar-kepentingan/mulai/", pages.RegisterStartView.as_view(), name="register_start"),
    path(
        "daftar-kepentingan/semua/", checking.RegisterBrowseView.as_view(), name="register_browse"
    ),
    path(
        "daftar-kepentingan/pemeriksaan/", checking.CheckListView.as_view(), name="register_checks"
    ),
    path(
        "daftar-kepentingan/mengetahui/",
        checking.AcknowledgementListView.as_view(),
        name="register_acknowledgements",
    ),
    path(
        "daftar-kepentingan/<uuid:pk>/", pages.RegisterDetailView.as_view(), name="register_detail"
    ),
    path(
        "daftar-kepentingan/<uuid:pk>/perbedaan/",
        pages.RegisterDeltaView.as_view(),
        name="register_delta",
    ),
    path(
        "daftar-kepentingan/<uuid:pk>/lanjutkan/",
        pages.RegisterResumeView.as_view(),
        name="register_resume",
    ),
    path(
        "daftar-kepentingan/<uuid:pk>/tarik/",
        pages.RegisterWithdrawView.as_view(),
        name="register_withdraw",
    ),
    path(
        "daftar-kepentingan/<uuid:pk>/pemeriksaan/",
        checking.RegisterReviewView.as_view(),
        name="register_review",
    ),
    path(
        "daftar-kepentingan/<uuid:pk>/mengetahui/",
        checking.RegisterAcknowledgeView.as_view(),
        name="register_acknowledge",
    ),
    *REGISTER_EDITING.urls(),
]
