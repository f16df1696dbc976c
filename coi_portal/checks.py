"""System checks that refuse an unsafe start.

The environment's are asked by every command in production; the database role's only where the
application serves (`check --deploy`, the web server), since some commands connect as the owner.
"""

import importlib.util
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections

from common.encryption import is_key

TAG = "coi"
SHORTEST_SECRET = 50
SHORTEST_PASSPHRASE = 16
SHORTEST_CODE_KEY = 32
UNSHARED_CACHES = ("locmem", "dummy", "filebased")
HERE = ("", "localhost", "127.0.0.1", "::1")
SEALED = ("require", "verify-ca", "verify-full")
SILENT_EMAIL = ("console", "dummy", "locmem", "filebased")


def refuse_unsafe_start() -> None:
    """Raise with every reason why this process must not serve; close what the look opened."""
    try:
        errors = [
            message
            for message in run_checks(tags=[TAG], include_deployment_checks=True)
            if message.is_serious()
        ]
    finally:
        connections.close_all()
    if errors:
        lines = "\n".join(f"  {error.id} {error.msg}\n      {error.hint}" for error in errors)
        raise ImproperlyConfigured(f"The portal does not start like this:\n{lines}")


@register(TAG)
def check_environment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What real people must not be served with."""
    if settings.IS_DEVELOPMENT:
        return []
    return [
        Error(fault.message, hint=fault.remedy, id=f"coi.E{fault.number:03}")
        for fault in (
            *(*_web_faults(), *_secret_faults(), *_report_faults()),
            *(*_service_faults(), *_transport_faults()),
        )
        if fault.is_there
    ]


class Fault(NamedTuple):
    number: int
    is_there: bool
    message: str
    remedy: str


def _web_faults() -> Iterator[Fault]:
    yield Fault(
        1,
        settings.DEBUG,
        "DEBUG shows the code and the data of the portal to anybody.",
        "Unset COI_DEBUG.",
    )
    yield Fault(
        3,
        not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
        "The names of the portal are missing, or any name is answered.",
        "Set COI_ALLOWED_HOSTS, for example coi.example.go.id.",
    )
    yield Fault(
        4,
        not settings.PUBLIC_URL.startswith("https://"),
        "The public address is missing or without TLS.",
        "Set COI_PUBLIC_URL, for example https://coi.example.go.id.",
    )


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's own complaint about an empty one hides the others.
        return ""


def _secret_faults() -> Iterator[Fault]:
    key, passphrase = _secret_key(), settings.SIGNING["PASSPHRASE"]
    yield Fault(
        2,
        len(key) < SHORTEST_SECRET or key == settings.DEVELOPMENT_SECRET_KEY,
        "The secret key is missing, too short or the one of development.",
        f"Set COI_SECRET_KEY to {SHORTEST_SECRET} random characters or more.",
    )
    yield Fault(
        5,
        len(passphrase) < SHORTEST_PASSPHRASE or passphrase == settings.DEVELOPMENT_PASSPHRASE,
        "The passphrase of the signing keys is missing, too short or the one of development.",
        f"Set COI_KEY_PASSPHRASE to {SHORTEST_PASSPHRASE} characters or more.",
    )
    yield Fault(
        6,
        settings.SECOND_FACTOR_RELAXED,
        "The second factor is switched off, which only a demonstration may do.",
        "Unset COI_RELAX_SECOND_FACTOR.",
    )
    yield Fault(
        7,
        bool(settings.DEMO_PASSWORD),
        "A password for demonstration accounts is set.",
        "Unset COI_DEMO_PASSWORD.",
    )
    yield Fault(
        8,
        not settings.FIELD_KEYS,
        "The key that encrypts second factors is missing.",
        "Set COI_FIELD_KEYS (docs/deployment.md says how to make one).",
    )


def _report_faults() -> Iterator[Fault]:
    reports, codes = settings.REPORT_KEYS, settings.REPORT_CODE_KEYS
    yield Fault(
        13,
        not reports or not all(map(is_key, reports)),
        "The keys that encrypt reports from others are missing or malformed.",
        "Set COI_REPORT_KEYS (docs/deployment.md says how to make one).",
    )
    yield Fault(
        14,
        not codes or min(map(len, codes)) < SHORTEST_CODE_KEY,
        "The key of the receipt codes of reports is missing or too short.",
        f"Set COI_REPORT_CODE_KEYS to {SHORTEST_CODE_KEY} random characters or more.",
    )
    every = [*settings.FIELD_KEYS, *reports, *codes]
    yield Fault(
        15,
        len(set(every)) != len(every),
        "One key serves two purposes, or stands twice.",
        "Make a key of its own for COI_FIELD_KEYS, COI_REPORT_KEYS and COI_REPORT_CODE_KEYS.",
    )


def _service_faults() -> Iterator[Fault]:
    yield Fault(
        9,
        any(kind in settings.CACHES["default"]["BACKEND"] for kind in UNSHARED_CACHES),
        "The cache is not shared by all processes, so rate limits don't hold.",
        "Use the database cache, or Redis.",
    )
    yield Fault(
        10,
        any(f".{kind}." in settings.EMAIL_BACKEND for kind in SILENT_EMAIL),
        "E-mail would not leave this machine.",
        "Unset COI_EMAIL_BACKEND and set COI_EMAIL_HOST.",
    )


def _transport_faults() -> Iterator[Fault]:
    database = settings.DATABASES["default"]
    yield Fault(
        18,
        _is_elsewhere(database.get("HOST", ""))
        and database.get("OPTIONS", {}).get("sslmode") not in SEALED,
        "The database is on another machine, and the way there is not encrypted.",
        "Add ?sslmode=verify-full to DATABASE_URL.",
    )
    yield Fault(
        19,
        _is_elsewhere(settings.EMAIL_HOST) and not settings.EMAIL_USE_TLS,
        "The mail server is on another machine, and links into accounts go there in clear.",
        "Set COI_EMAIL_TLS to 1.",
    )


def _is_elsewhere(host: str) -> bool:
    """Neither this machine nor a socket of it."""
    return not host.startswith("/") and host not in HERE


@register(TAG)
def check_driver(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Django silently prefers psycopg 3 to the driver that everything here was tested with."""
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed, and Django would use it instead of psycopg2.",
            hint="pip uninstall psycopg, and whatever package brought it.",
            id="coi.E011",
        )
    ]


@register(TAG, deploy=True)
def check_database_role(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The role that serves may neither be the superuser nor own what the rules protect."""
    if settings.IS_DEVELOPMENT:
        return []
    try:
        is_superuser, owns_tables = _standing_of_role()
    except OperationalError as fault:
        # A message beside the others: an exception here would hide every other reason.
        return [
            Error(
                f"The database does not answer: {fault}".strip(),
                hint="Check DATABASE_URL and that the server runs.",
                id="coi.E017",
            )
        ]
    if not (is_superuser or owns_tables):
        return []
    what = "is a superuser" if is_superuser else "owns tables"
    return [
        Error(
            f"The database role of the application {what}: it could rewrite the audit trail.",
            hint="Let DATABASE_URL name a role like coi_app, DATABASE_OWNER_URL the owner.",
            id="coi.E012",
        )
    ]


def _standing_of_role() -> tuple[bool, bool]:
    """Is the role above the rules, and does it own a table?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT 1 FROM pg_class WHERE relkind IN"
            " ('r', 'p') AND pg_has_role(relowner, 'USAGE') AND relnamespace = 'public'"
            "::regnamespace) FROM pg_roles WHERE rolname = current_user"
        )
        return cursor.fetchone()
