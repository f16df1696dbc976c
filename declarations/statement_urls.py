"""Addresses of the statement before a decision (F2)."""

from django.urls import path

from declarations.views.editing.importing import ImportView
from declarations.views.statements import matches, pages
from declarations.views.statements.editing import STATEMENT_EDITING

urlpatterns = [
    path("pernyataan/", pages.StatementListView.as_view(), name="statement_list"),
    path("pernyataan/mulai/", pages.StatementStartView.as_view(), name="statement_start"),
    path("pernyataan/<uuid:pk>/", pages.StatementDetailView.as_view(), name="statement_detail"),
    path(
        "pernyataan/<uuid:pk>/lanjutkan-sebagai-deklarasi/",
        pages.StatementConvertView.as_view(),
        name="statement_convert",
    ),
    path(
        "pernyataan/<uuid:pk>/perbaikan/",
        pages.StatementCorrectView.as_view(),
        name="statement_correct",
    ),
    path(
        "pernyataan/<uuid:pk>/tarik/",
        pages.StatementWithdrawView.as_view(),
        name="statement_withdraw",
    ),
    path(
        "pernyataan/<uuid:pk>/kemiripan/",
        matches.StatementMatchesView.as_view(),
        name="statement_matches",
    ),
    path(
        "pernyataan/<uuid:pk>/pihak/<uuid:row>/kemiripan/",
        matches.StatementHitsView.as_view(),
        name="statement_hits",
    ),
    path(
        "pernyataan/<uuid:pk>/pihak/impor/",
        ImportView.as_view(editing=STATEMENT_EDITING),
        name="statement_import",
    ),
    *STATEMENT_EDITING.urls(),
]
