"""The portal's settings with one more address: an empty view with one query (benchmarks only)."""

import os

from coi_portal.settings import *  # noqa: F403, TID251 -- the same settings are the point

ROOT_URLCONF = "benchmarks.page_urls"
STATIC_ROOT = VAR_DIR / "benchmark-static"  # noqa: F405
STORAGES["staticfiles"] = {  # noqa: F405 -- the same names, without the time for compressing
    "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
}
if os.environ.get("COI_BENCHMARK_BARE"):
    # What `django-admin startproject` would use: the yardstick from outside.
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "allauth.account.middleware.AccountMiddleware",  # allauth refuses to start without
    ]
