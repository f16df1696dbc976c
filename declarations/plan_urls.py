"""Addresses of the control plan (F6), its tasks and its evaluation (F7)."""

from django.urls import path

from declarations.views.superiors import evaluating, fragments, plans, tasks
from declarations.views.superiors.editing import PLAN_EDITING

urlpatterns = [
    path("pengendalian/", plans.PlanListView.as_view(), name="plan_list"),
    path("pengendalian/tugas/", tasks.TaskListView.as_view(), name="task_list"),
    path("pengendalian/tugas/<uuid:pk>/", tasks.TaskDetailView.as_view(), name="task_detail"),
    path(
        "pengendalian/tugas/<uuid:pk>/lapor/", tasks.TaskReportView.as_view(), name="task_report"
    ),
    path(
        "pengendalian/tugas/<uuid:pk>/bukti/",
        tasks.TaskAttachmentsView.as_view(),
        name="task_attachments",
    ),
    path(
        "pengendalian/tugas/<uuid:pk>/bukti/<uuid:file>/",
        tasks.TaskFileView.as_view(),
        name="task_file",
    ),
    path(
        "pengendalian/tugas/<uuid:pk>/bukti/<uuid:file>/hapus/",
        tasks.TaskFileRemoveView.as_view(),
        name="task_file_remove",
    ),
    path(
        "pengendalian/tugas/<uuid:pk>/terima/",
        tasks.TaskConfirmView.as_view(),
        name="task_confirm",
    ),
    path(
        "pengendalian/tugas/<uuid:pk>/kembalikan/",
        tasks.TaskRefuseView.as_view(),
        name="task_refuse",
    ),
    path(
        "pengendalian/tugas/<uuid:pk>/batalkan/",
        tasks.TaskCancelView.as_view(),
        name="task_cancel",
    ),
    path("pengendalian/<uuid:pk>/", plans.PlanDetailView.as_view(), name="plan_detail"),
    path("pengendalian/<uuid:pk>/setuju/", plans.PlanAgreeView.as_view(), name="plan_agree"),
    path(
        "pengendalian/<uuid:pk>/evaluasi/",
        evaluating.PlanEvaluateView.as_view(),
        name="plan_evaluate",
    ),
    path(
        "pengendalian/<uuid:pk>/evaluasi/gabung/",
        evaluating.EvaluationMergeView.as_view(),
        name="plan_evaluate_merge",
    ),
    path("pengendalian/<uuid:pk>/tutup/", plans.PlanCloseView.as_view(), name="plan_close"),
    path(
        "pengendalian/<uuid:pk>/pegawai/", fragments.PlanPeopleView.as_view(), name="plan_people"
    ),
    *PLAN_EDITING.urls(),
]
