"""Login, second factor, sessions: the pages of django-allauth that we use, and no other.

Left out on purpose: signing up, adding e-mail addresses, connecting accounts.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.usersessions import views as sessions
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from people import oidc
from people.views.account import (
    ActivationLinkView,
    ActivationView,
    PasswordResetView,
    ProfileView,
)

urlpatterns = [
    path("masuk/", account.login, name="account_login"),
    path("keluar/", account.logout, name="account_logout"),
    path("konfirmasi/", account.reauthenticate, name="account_reauthenticate"),
    path("sandi/", account.password_change, name="account_change_password"),
    path("sandi/buat/", account.password_set, name="account_set_password"),
    path("sandi/lupa/", PasswordResetView.as_view(), name="account_reset_password"),
    path("sandi/lupa/terkirim/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sandi/baru/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sandi/baru/selesai/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("aktivasi/", ActivationView.as_view(), name="activation"),
    re_path(
        r"^aktivasi/(?P<code>[0-9A-Za-z-]{16,64})/$",
        ActivationLinkView.as_view(),
        name="activation_link",
    ),
    path("profil/", ProfileView.as_view(), name="profile"),
    path("faktor-kedua/", mfa.index, name="mfa_index"),
    path("faktor-kedua/masuk/", mfa.authenticate, name="mfa_authenticate"),
    path("faktor-kedua/konfirmasi/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("faktor-kedua/aplikasi/", totp.activate_totp, name="mfa_activate_totp"),
    path("faktor-kedua/aplikasi/hapus/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(
        "faktor-kedua/kode-cadangan/",
        recovery_codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "faktor-kedua/kode-cadangan/baru/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "faktor-kedua/kode-cadangan/unduh/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("kunci/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("kunci/tambah/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("kunci/masuk/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path(
        "kunci/konfirmasi/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"
    ),
    path("kunci/<int:pk>/hapus/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("kunci/<int:pk>/nama/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("sesi/", sessions.list_usersessions, name="usersessions_list"),
    # Without a provider in the settings these answer 404.
    path("oidc/batal/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path(
        "oidc/gagal/",
        login_not_required(social.login_error),
        name="socialaccount_login_error",
    ),
    path("oidc/<str:provider_id>/", oidc.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/kembali/", oidc.callback, name="openid_connect_callback"),
]
