"""Addresses of the queue, of a case, and of the questions that are put to people."""

from django.urls import path

from review.views import case_pages, case_queue, case_requests, case_steps, questions

CASE = "kasus/<uuid:pk>/"

urlpatterns = [
    path("kasus/", case_queue.CaseListView.as_view(), name="case_list"),
    path("kasus/berikutnya/", case_queue.NextCaseView.as_view(), name="case_next"),
    path("kasus/massal/", case_queue.BulkView.as_view(), name="case_bulk"),
    path("kasus/saringan/", case_queue.SaveFilterView.as_view(), name="case_filter_save"),
    path(
        "kasus/saringan/<int:pk>/hapus/",
        case_queue.RemoveFilterView.as_view(),
        name="case_filter_remove",
    ),
    path(CASE, case_pages.CaseDetailView.as_view(), name="case_detail"),
    path(f"{CASE}hadir/", case_pages.PresenceView.as_view(), name="case_presence"),
    path(f"{CASE}catatan/", case_pages.NoteView.as_view(), name="case_note"),
    path(f"{CASE}berkas/", case_pages.FileAddView.as_view(), name="case_file_add"),
    path(f"{CASE}berkas/<uuid:case_file>/", case_pages.FileView.as_view(), name="case_file"),
    path(f"{CASE}ambil/", case_steps.ClaimView.as_view(), name="case_claim"),
    path(f"{CASE}lepas/", case_steps.ReleaseView.as_view(), name="case_release"),
    path(f"{CASE}penugasan/", case_steps.AssignView.as_view(), name="case_assign"),
    path(f"{CASE}klarifikasi/", case_steps.AskView.as_view(), name="case_ask"),
    path(f"{CASE}klarifikasi/tarik/", case_steps.TakeBackView.as_view(), name="case_take_back"),
    path(f"{CASE}rekomendasi/", case_steps.RecommendView.as_view(), name="case_recommend"),
    path(f"{CASE}kembalikan/", case_steps.ReturnView.as_view(), name="case_return"),
    path(f"{CASE}putusan/", case_steps.DecideView.as_view(), name="case_decide"),
    path(f"{CASE}serahkan/", case_steps.HandOverView.as_view(), name="case_hand_over"),
    path(f"{CASE}tutup/", case_steps.CloseView.as_view(), name="case_close"),
    path(f"{CASE}buka-kembali/", case_steps.ReopenView.as_view(), name="case_reopen"),
    path("pertanyaan/", questions.QuestionListView.as_view(), name="question_list"),
    path("permintaan/<uuid:pk>/", case_requests.CaseRequestView.as_view(), name="case_request"),
]
