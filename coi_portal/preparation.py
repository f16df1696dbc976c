"""Making a database ready: roles, extensions, migrations, rights, reference data.

Every step may be repeated; nothing that exists is changed back.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from coi_portal.database import APP_ROLE, OWNER_ROLE, SUPERUSER

# All of them are "trusted": the owner of a database may create them.
EXTENSIONS = ("btree_gist", "citext", "pg_trgm", "unaccent")
# Rows here are written once: the application may add and read, never change.
APPEND_ONLY_TABLES = ("audit_auditevent",)
# What only the owner writes.
READ_ONLY_TABLES = ("django_migrations",)
# Only the owner may ANALYZE, and only the session that wrote rows sees them before its commit.
# The right itself (MAINTAIN) is younger than PostgreSQL 16 and allows more than that.
ANALYSE = """
    CREATE OR REPLACE FUNCTION coi_analyse(analysed regclass) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN EXECUTE format('ANALYZE %s', analysed); END $$;
    REVOKE ALL ON FUNCTION coi_analyse(regclass) FROM PUBLIC;
"""


def prepare(*, verbosity: int = 1) -> None:
    """Bring the connected database up to date; the connection is the owner's."""
    migrate(verbosity=verbosity)
    load_reference()


def migrate(*, verbosity: int = 1) -> None:
    create_extensions()
    call_command("migrate", interactive=False, verbosity=verbosity)
    call_command("createcachetable", verbosity=verbosity)
    create_functions()
    grant_rights()


def create_database(settings_dict: dict[str, Any]) -> None:
    """Roles and database on a server where we may be the superuser (the embedded one)."""
    server = {"host": settings_dict["HOST"], "port": settings_dict.get("PORT") or None}
    with autocommit(dbname="postgres", user=SUPERUSER, **server) as cursor:
        # Two at once would meet in the same role's row, and PostgreSQL fails the second.
        cursor.execute("SELECT pg_advisory_lock(hashtext('coi: roles and databases'))")
        for role in (OWNER_ROLE, APP_ROLE):
            _create_role(cursor, role)
        # For the test databases.
        cursor.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER_ROLE)))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [settings_dict["NAME"]])
        if not cursor.fetchone():
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(settings_dict["NAME"]), sql.Identifier(OWNER_ROLE)
                )
            )


def _create_role(cursor: Any, role: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone():
        return
    # Another starter may be quicker.
    with suppress(psycopg2.errors.DuplicateObject, psycopg2.errors.UniqueViolation):
        cursor.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(role))
        )


@contextmanager
def autocommit(**parameters: Any) -> Iterator[Any]:
    """A cursor outside any transaction, as CREATE DATABASE wants it."""
    server = psycopg2.connect(**parameters)
    try:
        server.autocommit = True  # `with server` would open a transaction.
        with server.cursor() as cursor:
            yield cursor
    finally:
        server.close()


def create_extensions() -> None:
    with connection.cursor() as cursor:
        for name in EXTENSIONS:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {connection.ops.quote_name(name)}")


def create_functions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ANALYSE)


def grant_rights() -> None:
    """Give the application's role the least it needs; the connection is the owner's."""
    app = sql.Identifier(APP_ROLE)
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if not cursor.fetchone():
            return
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON FUNCTION coi_analyse(regclass) TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(app))
        for table in tables.intersection(APPEND_ONLY_TABLES):
            _revoke(cursor, "UPDATE, DELETE, TRUNCATE", table)
        for table in tables.intersection(READ_ONLY_TABLES):
            _revoke(cursor, "INSERT, UPDATE, DELETE, TRUNCATE", table)


def _revoke(cursor: Any, rights: str, table: str) -> None:
    statement = sql.SQL(f"REVOKE {rights} ON {{}} FROM {{}}")
    cursor.execute(statement.format(sql.Identifier(table), sql.Identifier(APP_ROLE)))


def load_reference() -> None:
    """Each app's reference data, in the order of the apps; existing rows stay as they are."""
    for config in apps.get_app_configs():
        loader = getattr(config, "load_reference", None)
        if loader is not None:
            loader()


def schema_stamp() -> str:
    """What the tables depend on, as one hash."""
    paths = Path(__file__), *_own_files("migrations/*.py")
    return _hash(paths, _versions_of_foreign_migrations())


def reference_stamp() -> str:
    """What the reference data depends on as well: any module may hold a loader."""
    return _hash([*_own_files("reference/**/*"), *_own_files("*.py")], schema_stamp())


def _own_files(pattern: str) -> list[Path]:
    folders = [Path(config.path) for config in apps.get_app_configs()]
    own = [folder for folder in folders if folder.parent == settings.BASE_DIR]
    return sorted(path for folder in own for path in folder.glob(pattern) if path.is_file())


def _versions_of_foreign_migrations() -> str:
    names = [
        str(path)
        for config in apps.get_app_configs()
        if Path(config.path).parent != settings.BASE_DIR
        for path in sorted(Path(config.path).glob("migrations/*.py"))
    ]
    return "\n".join(names)


def _hash(paths: list[Path] | tuple[Path, ...], *facts: str) -> str:
    digest = hashlib.sha256("\0".join(facts).encode())
    for path in paths:
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
