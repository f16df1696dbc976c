"""Every unsafe setting is refused, by its number and with a way out."""

import importlib.util
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from coi_portal import checks

REPORT_KEY = "cmVwb3J0LWtleS1vZi0zMi1yYW5kb20tYnl0ZXMtLi4="
SAFE = {
    "IS_DEVELOPMENT": False,
    "DEBUG": False,
    "SECRET_KEY": "s" * 50,
    "ALLOWED_HOSTS": ["coi.example.go.id"],
    "PUBLIC_URL": "https://coi.example.go.id",
    "SECOND_FACTOR_RELAXED": False,
    "DEMO_PASSWORD": "",
    "FIELD_KEYS": ["key"],
    "REPORT_KEYS": [REPORT_KEY],
    "REPORT_CODE_KEYS": ["c" * 32],
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}
UNSAFE = [
    ("coi.E001", {"DEBUG": True}),
    ("coi.E002", {"SECRET_KEY": ""}),
    ("coi.E002", {"SECRET_KEY": "short"}),
    ("coi.E002", {"SECRET_KEY": django_settings.DEVELOPMENT_SECRET_KEY}),
    ("coi.E003", {"ALLOWED_HOSTS": []}),
    ("coi.E003", {"ALLOWED_HOSTS": ["*"]}),
    ("coi.E004", {"PUBLIC_URL": ""}),
    ("coi.E004", {"PUBLIC_URL": "http://coi.example.go.id"}),
    ("coi.E005", {"SIGNING": {"PASSPHRASE": ""}}),
    ("coi.E005", {"SIGNING": {"PASSPHRASE": django_settings.DEVELOPMENT_PASSPHRASE}}),
    ("coi.E006", {"SECOND_FACTOR_RELAXED": True}),
    ("coi.E007", {"DEMO_PASSWORD": "kata-sandi"}),
    ("coi.E008", {"FIELD_KEYS": []}),
    ("coi.E013", {"REPORT_KEYS": []}),
    ("coi.E013", {"REPORT_KEYS": ["too-short"]}),
    ("coi.E014", {"REPORT_CODE_KEYS": []}),
    ("coi.E014", {"REPORT_CODE_KEYS": ["c" * 31]}),
    ("coi.E015", {"REPORT_KEYS": [REPORT_KEY, REPORT_KEY]}),
    ("coi.E015", {"REPORT_CODE_KEYS": [REPORT_KEY]}),
    ("coi.E009", {"CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.L"}}}),
    ("coi.E019", {"EMAIL_HOST": "mail.example"}),
    ("coi.E010", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
]


@pytest.fixture
def production(settings):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


@pytest.mark.parametrize(
    ("mode", "found"), [("", ["coi.E018"]), ("prefer", ["coi.E018"]), ("verify-full", [])]
)
def test_a_database_elsewhere_is_reached_encrypted(production, monkeypatch, mode, found):
    monkeypatch.setitem(production.DATABASES["default"], "HOST", "db.example")
    monkeypatch.setitem(production.DATABASES["default"], "OPTIONS", {"sslmode": mode})

    assert [error.id for error in checks.check_environment(None)] == found


def test_a_safe_production_passes(production):
    assert checks.check_environment(None) == []


@pytest.mark.parametrize(("number", "change"), UNSAFE)
def test_an_unsafe_setting_is_refused(production, number, change):
    for name, value in change.items():
        setattr(production, name, value)

    (error,) = checks.check_environment(None)

    assert error.id == number
    assert error.hint


def test_development_may_do_all_of_it(production):
    production.IS_DEVELOPMENT = True
    production.DEBUG = True

    assert checks.check_environment(None) == []


def test_psycopg_3_is_refused(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())

    (error,) = checks.check_driver(None)

    assert error.id == "coi.E011"


@pytest.mark.django_db
def test_the_start_names_every_reason(production, monkeypatch):
    monkeypatch.setattr(checks.connections, "close_all", lambda: None)
    production.DEBUG = True
    production.FIELD_KEYS = []

    with pytest.raises(ImproperlyConfigured) as raised:
        checks.refuse_unsafe_start()

    assert "coi.E001" in str(raised.value)
    assert "coi.E008" in str(raised.value)


@pytest.mark.slow
def test_the_web_server_refuses_an_unsafe_production():
    import os

    # No database behind it: the other reasons must be told all the same.
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "COI_ENVIRONMENT": "production",
    }

    ended = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "coi_portal/gunicorn_config.py"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=django_settings.BASE_DIR,
        env=environment | {"COI_BIND": "127.0.0.1:0"},
    )

    assert ended.returncode != 0
    assert "The portal does not start like this" in ended.stderr
    assert "coi.E002" in ended.stderr
    assert "coi.E017 The database does not answer" in ended.stderr
