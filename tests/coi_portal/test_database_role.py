"""The application's role owns nothing, in tests as in production."""

import importlib.util

import pytest
from django.core.checks import run_checks
from django.db import ProgrammingError, connection

from coi_portal import checks, preparation
from coi_portal.database import APP_ROLE

pytestmark = pytest.mark.django_db


def ask(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def refused(statement):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        ask(statement)


def test_the_connection_is_of_a_plain_role():
    assert ask(
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user"
    ) == [(APP_ROLE, False, False, False, False)]


def test_the_role_owns_no_table():
    assert (
        ask(
            "SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
            " WHERE rolname = current_user"
        )
        == []
    )


def test_the_role_can_read_and_write_every_table():
    tables = set(connection.introspection.table_names()) - set(preparation.READ_ONLY_TABLES)
    missing = [
        (table, right)
        for table in sorted(tables)
        for right in ("SELECT", "INSERT")
        if not ask("SELECT has_table_privilege(%s, %s)", f'"{table}"', right)[0][0]
    ]
    assert missing == []


@pytest.mark.parametrize("table", preparation.APPEND_ONLY_TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
def test_append_only_tables_are_never_changed(table, statement):
    refused(statement.format(table))


@pytest.mark.parametrize("table", preparation.APPEND_ONLY_TABLES)
def test_append_only_rows_are_never_updated(table):
    assert ask("SELECT has_any_column_privilege(%s, 'UPDATE')", table) == [(False,)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (number int)",
        "ALTER TABLE django_session ADD COLUMN more int",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER USER",
        "DROP TABLE django_session",
        "DELETE FROM django_migrations",
        "TRUNCATE django_session",
    ],
)
def test_the_schema_is_out_of_reach(statement):
    refused(statement)


def test_psycopg_3_is_not_importable():
    """Django would prefer it silently to the driver that all this was tested with."""
    assert importlib.util.find_spec("psycopg") is None


@pytest.mark.django_db(transaction=True)
def test_a_committing_test_leaves_the_reference_data_behind():
    from django.contrib.contenttypes.models import ContentType

    assert ContentType.objects.exists()


def test_the_role_passes_the_check_of_production(settings):
    settings.IS_DEVELOPMENT = False

    assert checks.check_database_role(None) == []


@pytest.mark.parametrize(
    ("standing", "word"), [((True, False), "superuser"), ((False, True), "owns tables")]
)
def test_a_role_above_the_rules_is_refused(settings, monkeypatch, standing, word):
    settings.IS_DEVELOPMENT = False
    monkeypatch.setattr(checks, "_standing_of_role", lambda: standing)

    (error,) = checks.check_database_role(None)

    assert word in error.msg


def test_the_checks_are_registered():
    assert run_checks(tags=[checks.TAG]) == []
