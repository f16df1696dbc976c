"""Addresses of the declaration of conflict (F3)."""

from django.urls import path

from declarations.views.conflicts import answering, pages
from declarations.views.conflicts.editing import CONFLICT_EDITING
from declarations.views.editing.importing import ImportView

urlpatterns = [
    path("deklarasi/", pages.ConflictListView.as_view(), name="conflict_list"),
    path("deklarasi/mulai/", pages.ConflictStartView.as_view(), name="conflict_start"),
    path("deklarasi/<uuid:pk>/", pages.ConflictDetailView.as_view(), name="conflict_detail"),
    path(
        "deklarasi/<uuid:pk>/perbaikan/",
        pages.ConflictCorrectView.as_view(),
        name="conflict_correct",
    ),
    path(
        "deklarasi/<uuid:pk>/tarik/",
        pages.ConflictWithdrawView.as_view(),
        name="conflict_withdraw",
    ),
    path(
        "deklarasi/<uuid:pk>/lengkapi/",
        answering.ConflictAnswerView.as_view(),
        name="conflict_answer",
    ),
    path(
        "deklarasi/<uuid:pk>/lampiran/",
        answering.ConflictAttachmentsView.as_view(),
        name="conflict_attachments",
    ),
    path(
        "deklarasi/<uuid:pk>/lampiran/<uuid:file>/",
        answering.ConflictAttachmentView.as_view(),
        name="conflict_attachment",
    ),
    path(
        "deklarasi/<uuid:pk>/lampiran/<uuid:file>/hapus/",
        answering.ConflictAttachmentRemoveView.as_view(),
        name="conflict_attachment_remove",
    ),
    path(
        "deklarasi/<uuid:pk>/pihak/impor/",
        ImportView.as_view(editing=CONFLICT_EDITING),
        name="conflict_import",
    ),
    *CONFLICT_EDITING.urls(),
]
