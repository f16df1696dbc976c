"""Addresses of the superior's decision (F5)."""

from django.urls import path

from declarations.views.superiors import deciding, decisions, fragments
from declarations.views.superiors.editing import DECISION_EDITING

urlpatterns = [
    path("keputusan-atasan/", deciding.DecisionListView.as_view(), name="decision_list"),
    path("keputusan-atasan/arsip/", decisions.DecisionArchiveView.as_view(), name="decision_all"),
    path(
        "keputusan-atasan/deklarasi/<uuid:pk>/",
        deciding.CaseView.as_view(),
        name="decision_case",
    ),
    path(
        "keputusan-atasan/deklarasi/<uuid:pk>/mulai/",
        deciding.DecisionBeginView.as_view(),
        name="decision_begin",
    ),
    path(
        "keputusan-atasan/deklarasi/<uuid:pk>/minta-data/",
        deciding.AskDataView.as_view(),
        name="decision_ask_data",
    ),
    path(
        "keputusan-atasan/deklarasi/<uuid:pk>/teruskan/",
        deciding.PassOnView.as_view(),
        name="decision_pass_on",
    ),
    path(
        "keputusan-atasan/<uuid:pk>/",
        decisions.DecisionDetailView.as_view(),
        name="decision_detail",
    ),
    path("keputusan-atasan/<uuid:pk>/risiko/", fragments.RiskView.as_view(), name="decision_risk"),
    path(
        "keputusan-atasan/<uuid:pk>/pegawai/",
        fragments.DecisionPeopleView.as_view(),
        name="decision_people",
    ),
    path(
        "keputusan-atasan/<uuid:pk>/pengganti/",
        fragments.ReplacementView.as_view(),
        name="decision_replacement",
    ),
    *DECISION_EDITING.urls(),
]
