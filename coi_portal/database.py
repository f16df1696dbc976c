"""Where the database is, and as whom each process connects.

`DATABASE_URL` names a server and the application's role; without it an embedded server
under `var/` is used. The application's role owns nothing: only the commands in
`OWNER_COMMANDS` connect as the owner of the tables.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ENGINE = "django.db.backends.postgresql"
APP_ROLE = "coi_app"
OWNER_ROLE = "coi_owner"
SUPERUSER = "postgres"
OWNER_COMMANDS = frozenset(
    {"makemigrations", "migrate", "pgtrigger", "prepare_database", "showmigrations", "sqlmigrate"}
)


def configuration(base_dir: Path, var_dir: Path, argv: list[str]) -> dict[str, Any]:
    """Django's settings of the database for this process."""
    as_owner = len(argv) > 1 and argv[1] in OWNER_COMMANDS
    if url := os.environ.get("DATABASE_URL"):
        owner_url = os.environ.get("DATABASE_OWNER_URL", url)
        return parse_url(owner_url if as_owner else url)
    # A portal with a server of its own never touches the embedded one.
    from coi_portal import embedded_postgres  # noqa: PLC0415 -- only without DATABASE_URL

    cluster = embedded_postgres.running_cluster(base_dir, var_dir)
    return {
        "ENGINE": ENGINE,
        "NAME": os.environ.get("COI_DB_NAME", "coi"),
        "USER": OWNER_ROLE if as_owner else APP_ROLE,
        "HOST": str(cluster.sock),
        "OPTIONS": {},
    }


def owner_parameters(settings_dict: dict[str, Any]) -> dict[str, Any]:
    """The part of Django's settings that changes when the owner connects."""
    if not is_embedded():
        owner = parse_url(os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"]))
        return {key: owner[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    return {"USER": OWNER_ROLE, "HOST": settings_dict["HOST"]}


def is_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


def parse_url(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?sslmode=…` as Django's settings."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": ENGINE,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
