"""The test database: made by the owner, used by the role that owns nothing.

The migrated schema is kept as a template, named after the migrations it was made of, so that a
run copies it in half a second and can never meet a stale one.
"""

import fcntl
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction

from coi_portal import database, preparation

KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}
LOCK_SECONDS = 15


def base_name() -> str:
    return os.environ.get("COI_TEST_DB", "test_coi")


@contextmanager
def as_owner() -> Iterator[None]:
    """The default connection as the owner of the tables, then as it was."""
    used = connections.settings["default"]
    before = dict(used)
    connection.close()
    used.update(database.owner_parameters(used))
    try:
        yield
    finally:
        connection.close()
        used.clear()
        used.update(before)


def create(name: str, *, keep: bool, rebuild: bool) -> None:
    """Make the database `name` and point the default connection at it."""
    used = connections.settings["default"]
    if database.is_embedded():
        preparation.create_database(used | {"NAME": "postgres"})
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    # Workers of one run, and runs of several checkouts' folders, build the template once.
    with (settings.VAR_DIR / f".{base_name()}.lock").open("a") as lock, as_owner():
        fcntl.flock(lock, fcntl.LOCK_EX)
        template = _template(rebuild=rebuild)
        if not (keep and not rebuild and _exists(name) and _made_of(name) == template):
            _drop(name)
            _server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            # Nothing here outlives the run, so nothing need reach the disk at each commit.
            _server(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
            _server(f"COMMENT ON DATABASE \"{name}\" IS '{template}'")
    connection.close()
    used["NAME"] = name
    with as_owner():
        preparation.load_reference()


def _template(*, rebuild: bool) -> str:
    name = f"{base_name()}_tpl_{preparation.schema_stamp()[:12]}"
    if rebuild or not _exists(name):
        for old in _names_like(f"{base_name()}_tpl_%"):
            _drop(old)
        draft = f"{base_name()}_draft"
        _drop(draft)
        _server(f'CREATE DATABASE "{draft}"')
        used = connections.settings["default"]
        connection.close()
        before, used["NAME"] = used["NAME"], draft
        try:
            preparation.migrate(verbosity=0)
        finally:
            connection.close()
            used["NAME"] = before
        _server(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def drop(name: str) -> None:
    with as_owner():
        _drop(name)


def _drop(name: str) -> None:
    _server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _exists(name: str) -> bool:
    return bool(_server("SELECT 1 FROM pg_database WHERE datname = %s", name))


def _made_of(name: str) -> str:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    return _server(query, name)[0][0] or ""


def _names_like(pattern: str) -> list[str]:
    rows = _server("SELECT datname FROM pg_database WHERE datname LIKE %s", pattern)
    return [name for (name,) in rows]


def _server(statement: str, *values: str) -> list[tuple[Any, ...]]:
    used = connections.settings["default"]
    parameters = {
        "dbname": "postgres",
        "user": used["USER"],
        "password": used.get("PASSWORD") or None,
        "host": used["HOST"] or None,
        "port": used.get("PORT") or None,
    }
    with preparation.autocommit(**parameters) as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


class Snapshot:
    """The rows of the reference data, to be put back after a test that commits."""

    def __init__(self) -> None:
        self.tables: list[str] = []
        self.rows: dict[str, bytes] = {}

    def take(self) -> None:
        with as_owner(), connection.cursor() as cursor:
            self.tables = sorted(set(connection.introspection.table_names()) - KEPT_TABLES)
            for table in self.tables:
                rows = io.BytesIO()
                cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
                if rows.tell():
                    self.rows[table] = rows.getvalue()

    def restore(self) -> None:
        """Empty the tables as the owner and copy the reference rows back with their keys.

        Triggers of the tables (append-only and the like) are off meanwhile; foreign keys are
        checked at the commit.
        """
        connections.close_all()
        with as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            triggered = self._tables_with_triggers(cursor)
            for table in triggered:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            names = ", ".join(f'"{table}"' for table in self._filled(cursor))
            if names:
                cursor.execute(f"TRUNCATE {names}")
            for table in self.rows:
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(self.rows[table]))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in triggered:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')

    def _tables_with_triggers(self, cursor: Any) -> list[str]:
        cursor.execute(
            "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall() if name in self.tables]

    def _filled(self, cursor: Any) -> list[str]:
        """Every table that has rows, and those that point at it: TRUNCATE wants them together."""
        query = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in self.tables
        )
        cursor.execute(query)
        filled = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT DISTINCT f.relname, t.relname FROM pg_constraint c"
            " JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid"
            " WHERE c.contype = 'f'"
        )
        edges = cursor.fetchall()
        while more := {source for source, target in edges if target in filled} - filled:
            filled |= more
        return sorted(filled - KEPT_TABLES)
