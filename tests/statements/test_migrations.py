"""The migrations run backwards to nothing and forwards again, all in one transaction."""

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.database import as_owner


@pytest.mark.django_db(transaction=True)
def test_backwards_and_forwards():
    with as_owner(), transaction.atomic():
        leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
        before = _tables()

        MigrationExecutor(connection).migrate([("statements", None)])
        assert not [name for name in _tables() if name.startswith("statements_")]
        MigrationExecutor(connection).migrate(leaves)

        assert _tables() == before
        transaction.set_rollback(True)


def _tables():
    return sorted(connection.introspection.table_names())
