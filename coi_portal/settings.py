"""Settings of the portal, read from the environment, with the safe value as default.

Every variable is described in docs/deployment.md. Unsafe combinations are refused at
start by `coi_portal.checks`, with a message that says what to set.
"""

import os
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from coi_portal import database

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("COI_VAR_DIR", BASE_DIR / "var"))


def env_flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return default


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def env_number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


# "development" is what ./run and ./test use; anything that serves real people is "production",
# which is also what an unset variable means.
ENVIRONMENT = os.environ.get("COI_ENVIRONMENT", "production")
if ENVIRONMENT not in ("development", "production"):
    raise ImproperlyConfigured("COI_ENVIRONMENT must be development or production.")
IS_DEVELOPMENT = ENVIRONMENT == "development"

DEBUG = env_flag("COI_DEBUG")
DEVELOPMENT_SECRET_KEY = "development-only-key-that-production-refuses-to-start-with"  # noqa: S105 -- refused
SECRET_KEY = os.environ.get("COI_SECRET_KEY", DEVELOPMENT_SECRET_KEY if IS_DEVELOPMENT else "")
SECRET_KEY_FALLBACKS = env_list("COI_SECRET_KEY_FALLBACKS")
# Key of the field encryption (second factors); several, newest first, allow a rotation.
FIELD_KEYS = env_list("COI_FIELD_KEYS")
# Reports from others: what encrypts them, and what the receipt codes are hashed with.
REPORT_KEYS = env_list("COI_REPORT_KEYS")
REPORT_CODE_KEYS = env_list("COI_REPORT_CODE_KEYS")
ALLOWED_HOSTS = env_list(
    "COI_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if IS_DEVELOPMENT else ""
)
PUBLIC_URL = os.environ.get("COI_PUBLIC_URL", "http://localhost:8000" if IS_DEVELOPMENT else "")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_tasks",
    "pgtrigger",
    "rules",
    "template_partials",
    "coi_portal",
    "common",
    "audit",
    "jobs",
    "people",
    "notices",
    "statements",
    "mapping",
    "declarations",
    "review",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.middleware.CompressPagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "common.middleware.ResponseHeadersMiddleware",
    "common.middleware.MethodsMiddleware",
    "common.middleware.CrossSiteMiddleware",
    "common.middleware.UntracedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "common.middleware.LanguageMiddleware",
    "common.middleware.StorableInputMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.SessionLimitsMiddleware",
    "people.middleware.SecondFactorMiddleware",
    "audit.middleware.RequestContextMiddleware",
]

ROOT_URLCONF = "coi_portal.urls"
WSGI_APPLICATION = "coi_portal.wsgi.application"
FORM_RENDERER = "common.widgets.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context_processors.portal",
                "people.context_processors.navigation",
                "notices.context_processors.unread",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "crispy_forms.templatetags.crispy_forms_tags",
                "common.templatetags.steady",
                "common.templatetags.ui",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "common.quick_templates.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
        },
    },
]

# The application connects as a role that owns nothing; commands that change the schema
# connect as the owner (see coi_portal.database).
DATABASES = {"default": database.configuration(BASE_DIR, VAR_DIR, sys.argv)}
DATABASES["default"].update(
    ATOMIC_REQUESTS=True,
    CONN_MAX_AGE=env_number("COI_CONN_MAX_AGE", 600),
    CONN_HEALTH_CHECKS=True,
    # A cursor that outlives its transaction would meet another server session.
    DISABLE_SERVER_SIDE_CURSORS=env_flag("COI_BEHIND_PGBOUNCER"),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Shared by all processes: rate limits and used second-factor codes must be.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
    }
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "people.passwords.KnownWordsValidator"},
    {"NAME": "people.passwords.LeakedPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("nip", "name", "email")},
    },
]
LEAKED_PASSWORDS = os.environ.get("COI_LEAKED_PASSWORDS", "")
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# A session ends after so long without a request, and after so long whatever happens.
SESSION_COOKIE_AGE = env_number("COI_IDLE_MINUTES", 30) * 60
SESSION_LONGEST_SECONDS = env_number("COI_SESSION_HOURS", 10) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "common.messages.Storage"
CSRF_FAILURE_VIEW = "common.errors.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
IS_HTTPS = PUBLIC_URL.startswith("https://")
if IS_HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS and env_flag("COI_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
if env_flag("COI_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# No inline code at all, so no nonce: the same policy holds on cached and error pages.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's icons are data: addresses
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "report-uri": ["/laporan-kebijakan/"],
    }
}
PERMISSIONS_POLICY = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
    "publickey-credentials-get": ["self"],
    "publickey-credentials-create": ["self"],
}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "uploads"},
    },
    # Signed documents: files named by their hash, written once (any S3-like store by setting).
    "documents": {
        "BACKEND": os.environ.get(
            "COI_DOCUMENT_STORAGE", "django.core.files.storage.FileSystemStorage"
        ),
        "OPTIONS": {"location": VAR_DIR / "documents"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# django-allauth: one way in (NIP and password, or the province's OpenID Connect), second factors.
ACCOUNT_USER_MODEL_USERNAME_FIELD = "nip"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False  # else a login compares UPPER(nip), past the index
ACCOUNT_USER_DISPLAY = "people.adapters.display_name"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# The default one keeps addresses in a table of its own; ours is the one on file.
TOKENS = "django.contrib.auth.tokens"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = f"{TOKENS}.PasswordResetTokenGenerator"
ACCOUNT_RATE_LIMITS = {
    "activate": "20/m/ip,5/10m/key",
    # A whole office shares one address; each number has a limit of its own.
    "login": "60/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "reset_password": "20/m/ip,3/10m/key",
}
ACCOUNT_FORMS = {
    "login": "people.forms.LoginForm",
    "reset_password": "people.forms.ResetPasswordForm",
    "reset_password_from_key": "people.forms.ResetPasswordKeyForm",
    "change_password": "people.forms.ChangePasswordForm",
    "reauthenticate": "people.forms.ReauthenticateForm",
}
PASSWORD_RESET_TIMEOUT = 2 * 3600
ACTIVATION_DAYS = env_number("COI_ACTIVATION_DAYS", 14)
ALLAUTH_TRUSTED_PROXY_COUNT = env_number("COI_TRUSTED_PROXIES", 0)
MFA_FORMS = {
    "authenticate": "people.forms.SecondFactorForm",
    "reauthenticate": "people.forms.SecondFactorAgainForm",
}
MFA_ADAPTER = "people.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Portal COI"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the personnel office, not from a sign-up
MFA_RECOVERY_CODE_DIGITS = 10
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_DEVELOPMENT
USERSESSIONS_TRACK_ACTIVITY = True  # shown; people.middleware writes it, once a minute
SOCIALACCOUNT_ADAPTER = "people.adapters.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False
# Loudly relaxed by ./run for a demonstration only; refused in production by a system check.
SECOND_FACTOR_RELAXED = env_flag("COI_RELAX_SECOND_FACTOR")
DEMO_PASSWORD = os.environ.get("COI_DEMO_PASSWORD", "")
PROOF_MINUTES = 5

# Where nobody is recognised (common.middleware), and where, below it, a session is still read: a
# named report takes the name from the account.
UNTRACED_PATHS = ("/lapor/",)
RECOGNISED_PATHS = ("/lapor/bernama/",)

OIDC_ISSUER = os.environ.get("COI_OIDC_ISSUER", "")
if OIDC_ISSUER:
    # The button that begins the login is a form, and a browser follows its redirect as one.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(
        "{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))
    )
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                # An identity is issuer and subject: another issuer, another provider.
                "provider_id": "sso-" + sha256(OIDC_ISSUER.encode()).hexdigest()[:8],
                "name": os.environ.get("COI_OIDC_NAME", "SSO"),
                "client_id": os.environ.get("COI_OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("COI_OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

TASKS = {
    "default": {
        "BACKEND": "jobs.backend.PostgresBackend",
        "QUEUES": ["default", "documents", "mail"],
    }
}

EMAIL_BACKEND = os.environ.get(
    "COI_EMAIL_BACKEND",
    "django.core.mail.backends.console.EmailBackend"
    if IS_DEVELOPMENT
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_HOST = os.environ.get("COI_EMAIL_HOST", "localhost")
EMAIL_PORT = env_number("COI_EMAIL_PORT", 25)
EMAIL_HOST_USER = os.environ.get("COI_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("COI_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_flag("COI_EMAIL_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("COI_FROM_EMAIL", "Portal COI <portal-coi@localhost>")

DEVELOPMENT_PASSPHRASE = "development-only"  # noqa: S105 -- refused
# Signing (see docs/deployment.md): the issuing key, the time-stamp key, an outside time stamper.
SIGNING = {
    "BACKEND": os.environ.get("COI_SIGNER", "statements.signers.ShortLivedSigner"),
    "KEY_DIR": Path(os.environ.get("COI_KEY_DIR", VAR_DIR / "keys")),
    "PASSPHRASE": os.environ.get(
        "COI_KEY_PASSPHRASE", DEVELOPMENT_PASSPHRASE if IS_DEVELOPMENT else ""
    ),
    "TIMESTAMP_URL": os.environ.get("COI_TIMESTAMP_URL", ""),
    "PKCS11": os.environ.get("COI_PKCS11_CONFIG", ""),
}

# KPK knows a third kind of conflict, the perceived one; PermenPANRB 17/2024 doesn't.
PERCEIVED_CONFLICTS = env_flag("COI_PERCEIVED_CONFLICTS")

PROVINCE = {
    "name": os.environ.get("COI_PROVINCE_NAME", "Pemerintah Provinsi Bengkulu"),
    "short_name": os.environ.get("COI_PROVINCE_SHORT_NAME", "Bengkulu"),
    "address": os.environ.get(
        "COI_PROVINCE_ADDRESS", "Jalan Pembangunan Nomor 1, Kota Bengkulu 38225"
    ),
    "place": os.environ.get("COI_PROVINCE_PLACE", "Bengkulu"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "common.logs.ScrubFilter"}},
    "formatters": {"json": {"()": "common.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["scrub"],
        }
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("COI_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"level": "WARNING", "propagate": True},
        "django.server": {"level": "ERROR", "propagate": True},
    },
}
