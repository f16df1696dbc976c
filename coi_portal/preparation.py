"""Making a database ready: roles, extensions, migrations, rights, reference data.

Every step may be repeated; nothing that exists is changed back.
"""

import psycopg2
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from coi_portal.database import APP_ROLE, OWNER_ROLE, SUPERUSER

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "citext")
# Rows here are written once: the application may add and read, never change.
APPEND_ONLY_TABLES = ("audit_auditevent",)


def create_database(settings_dict: dict) -> None:
    """Roles, database and extensions on a server where we are the superuser (the embedded one)."""
    superuser = {
        "host": settings_dict["HOST"],
        "port": settings_dict.get("PORT") or None,
        "user": SUPERUSER,
    }
    with _autocommit(dbname="postgres", **superuser) as server, server.cursor() as cursor:
        for role in (OWNER_ROLE, APP_ROLE):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if not cursor.fetchone():
                cursor.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS").format(
                        sql.Identifier(role)
                    )
                )
        cursor.execute(
            sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER_ROLE))
        )
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [settings_dict["NAME"]])
        if not cursor.fetchone():
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(settings_dict["NAME"]), sql.Identifier(OWNER_ROLE)
                )
            )
    with (
        _autocommit(dbname=settings_dict["NAME"], **superuser) as server,
        server.cursor() as cursor,
    ):
        for extension in EXTENSIONS:
            cursor.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
            )


def _autocommit(**parameters):
    server = psycopg2.connect(**parameters)
    server.autocommit = True
    # Not `with connection`: psycopg2 would open a transaction, which CREATE DATABASE refuses.
    from contextlib import closing

    return closing(server)


def grant_rights() -> None:
    """Give the application's role the least it needs; the connection is the owner's."""
    app = sql.Identifier(APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if not cursor.fetchone():
            return
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(app))
        for table in APPEND_ONLY_TABLES:
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                    sql.Identifier(table), app
                )
            )


def load_reference() -> None:
    """Each app's reference data, in the order of the apps; existing rows stay as they are."""
    for config in apps.get_app_configs():
        loader = getattr(config, "load_reference", None)
        if loader is not None:
            loader()


def prepare(*, verbosity: int = 1) -> None:
    call_command("migrate", interactive=False, verbosity=verbosity)
    call_command("createcachetable", verbosity=verbosity)
    grant_rights()
    load_reference()
