"""Addresses of the configuration, within the namespace of `declarations`."""

from django.urls import include, path

from declarations.views.configuration import contents, entries, versions

question_patterns = [
    path("", contents.QuestionEditView.as_view(), name="configuration_question"),
    path("naik/", contents.QuestionUpView.as_view(), name="configuration_question_up"),
    path("turun/", contents.QuestionDownView.as_view(), name="configuration_question_down"),
    path("hapus/", contents.QuestionRemoveView.as_view(), name="configuration_question_remove"),
]

section_patterns = [
    path("", contents.SectionView.as_view(), name="configuration_section"),
    path("teks/", contents.SectionEditView.as_view(), name="configuration_section_edit"),
    path("tambah/", contents.QuestionAddView.as_view(), name="configuration_question_add"),
    path("pertanyaan/<slug:question>/", include(question_patterns)),
]

version_patterns = [
    path("", versions.VersionDetailView.as_view(), name="configuration_version"),
    path("umum/", contents.GeneralEditView.as_view(), name="configuration_general"),
    path("dasar-hukum/", contents.LegalBasisEditView.as_view(), name="configuration_legal_basis"),
    path("bagian/<slug:section>/", include(section_patterns)),
    path("pratinjau/", versions.VersionPreviewView.as_view(), name="configuration_preview"),
    path("banding/", versions.VersionCompareView.as_view(), name="configuration_compare"),
    path("terbitkan/", versions.VersionPublishView.as_view(), name="configuration_publish"),
    path("buang/", versions.VersionDiscardView.as_view(), name="configuration_discard"),
]

urlpatterns = [
    path("", versions.ConfigurationHomeView.as_view(), name="configuration"),
    path(
        "formulir/<str:code>/",
        versions.FormVersionListView.as_view(),
        name="configuration_versions",
    ),
    path(
        "formulir/<str:code>/baru/",
        versions.VersionStartView.as_view(),
        name="configuration_start",
    ),
    path("versi/<int:pk>/", include(version_patterns)),
    path("daftar/<slug:slug>/", entries.EntryListView.as_view(), name="configuration_list"),
    path("daftar/<slug:slug>/tambah/", entries.EntryAddView.as_view(), name="configuration_add"),
    path(
        "daftar/<slug:slug>/<str:code>/",
        entries.EntryEditView.as_view(),
        name="configuration_entry",
    ),
    path("batas-waktu/", entries.LimitListView.as_view(), name="configuration_limits"),
    path("batas-waktu/<str:key>/", entries.LimitEditView.as_view(), name="configuration_limit"),
]
