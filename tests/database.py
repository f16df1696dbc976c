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
    """Ends its sessions first. FORCE would try to end an autovacuum too, which only a superuser
    may; the plain command makes it give way by itself."""
    _server(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = %s AND backend_type = 'client backend'",
        name,
    )
    _server(f'DROP DATABASE IF EXISTS "{name}"')


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
                if rows := self._rows_of(cursor, table):
                    self.rows[table] = rows

    def restore(self) -> None:
        """Take away, as the owner, whatever rows differ from the reference data.

        Triggers of these tables (append-only and the like) are off meanwhile; foreign keys are
        checked at the commit. Deleting few rows is far quicker than TRUNCATE, which makes new
        files for each table and its indexes.
        """
        connections.close_all()
        with as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            changed = self._changed(cursor)
            triggered = self._with_triggers(cursor, changed)
            for table in triggered:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            for table in changed:
                cursor.execute(f'DELETE FROM "{table}"')
            for table in self.rows.keys() & changed:
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(self.rows[table]))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in triggered:
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')

    def _changed(self, cursor: Any) -> set[str]:
        query = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in self.tables
        )
        cursor.execute(query)
        filled = {name for (name,) in cursor.fetchall()}
        return {
            table
            for table in filled | self.rows.keys()
            if table not in self.rows or self._rows_of(cursor, table) != self.rows[table]
        }

    def _with_triggers(self, cursor: Any, tables: set[str]) -> list[str]:
        cursor.execute(
            "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall() if name in tables]

    def _rows_of(self, cursor: Any, table: str) -> bytes:
        rows = io.BytesIO()
        cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
        return rows.getvalue()
