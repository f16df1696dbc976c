"""Addresses of the registers of decrees and contracts."""

from django.urls import path

from review.views import acts

ACT = "sk-kontrak/<uuid:pk>/"

urlpatterns = [
    path("sk-kontrak/", acts.ActListView.as_view(), name="act_list"),
    path("sk-kontrak/impor/", acts.ActImportView.as_view(), name="act_import"),
    path(ACT, acts.ActDetailView.as_view(), name="act_detail"),
    path(f"{ACT}hapus/", acts.ActRemoveView.as_view(), name="act_remove"),
]
