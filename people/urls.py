"""Addresses of people, the organisation and the holidays."""

from django.urls import include, path

from people.views import holidays, imports, organisation, persons

app_name = "people"

person = [
    path("", persons.PersonDetailView.as_view(), name="detail"),
    path("ubah/", persons.PersonChangeView.as_view(), name="edit"),
    path("nip/", persons.NipChangeView.as_view(), name="change_nip"),
    path("tutup/", persons.DeactivateView.as_view(), name="deactivate"),
    path("buka/", persons.ReactivateView.as_view(), name="reactivate"),
    path("sesi/", persons.EndSessionsView.as_view(), name="end_sessions"),
    path("faktor-kedua/", persons.ResetSecondFactorView.as_view(), name="reset_second_factor"),
    path("kode/", persons.CodeView.as_view(), name="make_code"),
    path("peran/tambah/", persons.GrantRoleView.as_view(), name="grant_role"),
    path("jabatan/tambah/", persons.AssignView.as_view(), name="assign"),
]
opd = [
    path("", organisation.OpdDetailView.as_view(), name="opd_detail"),
    path("ubah/", organisation.OpdChangeView.as_view(), name="opd_edit"),
    path("tutup/", organisation.OpdCloseView.as_view(), name="opd_close"),
    path("jabatan/tambah/", organisation.PostCreateView.as_view(), name="post_create"),
    path("kode-aktivasi/", persons.PrintCodesView.as_view(), name="print_codes"),
]
post = [
    path("", organisation.PostDetailView.as_view(), name="post_detail"),
    path("ubah/", organisation.PostChangeView.as_view(), name="post_edit"),
    path("wajib-lapor/", organisation.PostObligeView.as_view(), name="post_oblige"),
]
batch = [
    path("", imports.ImportDetailView.as_view(), name="import_detail"),
    path("terapkan/", imports.ImportCommitView.as_view(), name="import_commit"),
    path("buang/", imports.ImportDiscardView.as_view(), name="import_discard"),
]

urlpatterns = [
    path("", persons.PersonListView.as_view(), name="list"),
    path("tambah/", persons.PersonCreateView.as_view(), name="create"),
    path("peran/<int:pk>/cabut/", persons.RevokeRoleView.as_view(), name="revoke_role"),
    path("penugasan/<int:pk>/akhiri/", persons.EndAssignmentView.as_view(), name="end_assignment"),
    path("opd/", organisation.OpdListView.as_view(), name="opd_list"),
    path("opd/tambah/", organisation.OpdCreateView.as_view(), name="opd_create"),
    path("opd/<int:pk>/", include(opd)),
    path("jabatan/<int:pk>/", include(post)),
    path("libur/", holidays.HolidayListView.as_view(), name="holiday_list"),
    path("libur/tambah/", holidays.HolidayCreateView.as_view(), name="holiday_create"),
    path("libur/<int:pk>/", holidays.HolidayChangeView.as_view(), name="holiday_edit"),
    path("libur/<int:pk>/hapus/", holidays.HolidayDeleteView.as_view(), name="holiday_delete"),
    path("impor/", imports.ImportListView.as_view(), name="import_list"),
    path("impor/baru/", imports.ImportCreateView.as_view(), name="import_create"),
    path("impor/templat.<str:kind>", imports.ImportTemplateView.as_view(), name="import_template"),
    path("impor/<uuid:pk>/", include(batch)),
    path("<uuid:pk>/", include(person)),
]
