"""Statements that PostgreSQL plans once a connection."""

import pytest
from django.db import DatabaseError, connection, transaction

from common import kept_statements
from common.kept_statements import KeptStatement, Place

pytestmark = pytest.mark.django_db


def statement():
    return KeptStatement(
        "SELECT %s, %s + 1, '%%', %s",
        ["it's", Place(1), Place(2)],
        ["integer", "text"],
        "anything",
    )


def ask(kept, *values):
    with connection.cursor() as cursor:
        kept.execute(cursor, *values)
        return cursor.fetchone()


def known():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'kept_%%'")
        return {name for (name,) in cursor.fetchall()}


def test_other_values_one_plan(django_assert_num_queries):
    kept = statement()

    assert ask(kept, 1, "a'b") == ("it's", 2, "%", "a'b")
    with django_assert_num_queries(1) as asked:
        assert ask(kept, 41, None) == ("it's", 42, "%", None)
    assert asked.captured_queries[0]["sql"].startswith(f"EXECUTE {kept.name}")
    assert kept.name in known()


def test_no_prepared_statement_behind_pgbouncer(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    kept = statement()

    assert ask(kept, 1, "a") == ("it's", 2, "%", "a")
    assert kept.name not in known()


def test_a_connection_keeps_those_used_last(monkeypatch):
    monkeypatch.setattr(kept_statements, "KEPT", 2)
    first, second, third = statement(), statement(), statement()
    for kept in (first, second, first, third, second):
        assert ask(kept, 1, "a")[1] == 2

    assert {first.name, second.name, third.name} & known() == {second.name, third.name}


def test_rollback_leaves_the_statement():
    kept = statement()
    with transaction.atomic():
        ask(kept, 1, "a")
        transaction.set_rollback(True)

    assert ask(kept, 2, "a")[1] == 3


def test_failure_of_a_value_leaves_the_statement():
    kept = statement()
    with pytest.raises(DatabaseError), transaction.atomic():
        ask(kept, "x", "a")

    assert ask(kept, 2, "a")[1] == 3


@pytest.mark.django_db(transaction=True)
def test_another_connection_plans_anew():
    kept = statement()
    ask(kept, 1, "a")
    connection.close()

    assert ask(kept, 2, "a")[1] == 3
