"""Every migration of ours, one at a time, backwards and forwards again on a real PostgreSQL.

Run as the owner of the tables in one transaction that is rolled back: the schema that stands
after the way back and forth is the one that stood before, column by column, constraint by
constraint, trigger by trigger.
"""

import datetime
from collections.abc import Callable

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests.database import as_owner

OWN = [
    config.label
    for config in apps.get_app_configs()
    if config.path.startswith(f"{settings.BASE_DIR}/") and "site-packages" not in config.path
]
# What a schema is made of, as PostgreSQL itself describes it.
FACTS = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default,"
    " character_maximum_length FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)"
    " FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p"
    " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')",
}


def own_migrations() -> list[tuple[str, str]]:
    graph = MigrationLoader(None).graph
    return sorted(node for node in graph.nodes if node[0] in OWN)


def schema() -> dict[str, list]:
    """What is ours: tables of libraries that point at ours go and come back with them."""
    own = tuple(f"{label}_" for label in [*OWN, "pgtrigger"])
    found = {}
    with connection.cursor() as cursor:
        for name, query in FACTS.items():
            cursor.execute(query)
            found[name] = sorted(repr(row) for row in cursor.fetchall() if row[0].startswith(own))
    return found


@pytest.fixture
def owner(transactional_db):
    """The owner's connection, in a transaction that leaves nothing."""
    with as_owner(), transaction.atomic():
        yield connection
        transaction.set_rollback(True)


def in_order() -> list[Migration]:
    """Our migrations as they are applied, with those of libraries that stand on them."""
    graph, found = MigrationLoader(None).graph, []
    for leaf in graph.leaf_nodes():
        found += [node for node in graph.forwards_plan(leaf) if node not in found]
    return [
        graph.nodes[node]
        for node in found
        if any(app in OWN for app, _ in graph.forwards_plan(node))
    ]


def walk(
    migrations: list[Migration], *, backwards: bool, after: Callable[[Migration], None]
) -> None:
    """One migration after the other; Django works out the states of the models only once."""

    def tell(step: str, migration: Migration | None = None, fake: bool = False) -> None:
        if step in ("apply_success", "unapply_success"):
            after(migration)

    executor = MigrationExecutor(connection, tell)
    executor.migrate([], plan=[(migration, backwards) for migration in migrations])


@pytest.mark.slow
def test_each_migration_goes_back_and_comes_again(owner):
    """One after the other to nothing, with rows to lose, and one after the other up again."""
    add_rows()
    stands = [schema()]

    def has_gone(migration: Migration) -> None:
        stands.append(schema())
        empty = migration.app_label not in OWN or key_of(migration) in EMPTY
        assert stands[-1] != stands[-2] or empty, f"{migration} takes nothing back."

    def has_come(migration: Migration) -> None:
        stands.pop()
        again = schema()
        different = {
            name: set(facts) ^ set(again[name])
            for name, facts in stands[-1].items()
            if facts != again[name]
        }
        assert different == {}, f"{migration} makes something else the second time."

    walk(in_order()[::-1], backwards=True, after=has_gone)
    left = [row for row in stands[-1]["columns"] if row[2:].startswith(tuple(OWN))]
    assert left == []

    walk(in_order(), backwards=False, after=has_come)
    assert len(stands) == 1


def key_of(migration: Migration) -> tuple[str, str]:
    return migration.app_label, migration.name


# Data only, or a merge: nothing in the schema.
EMPTY: set[tuple[str, str]] = set()


def add_rows() -> None:
    """A way back that stumbles over rows is none."""
    opd_model, post_model = apps.get_model("people", "Opd"), apps.get_model("people", "Post")
    opd = opd_model.objects.create(
        code="Z1", name="Dinas Ujung", short_name="Ujung", kind="DINAS",
        valid_from=datetime.date(2020, 1, 1),
    )  # fmt: skip
    post_model.objects.create(
        opd=opd, code="Z1.1", title="Analis", level="pelaksana",
        valid_from=datetime.date(2020, 1, 1),
    )  # fmt: skip
    apps.get_model("audit", "AuditEvent").objects.create(
        action="opd.add", actor_label="Uji", target_type="people.opd", target_id=str(opd.pk)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_everything_is_migrated(owner, capsys):
    """No model has changed without a migration that says so, and none waits to be run."""
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)

    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.parametrize("label", OWN)
def test_each_app_has_one_end(label):
    """Two people who add a migration at once leave two ends; the second has to merge."""
    graph = MigrationLoader(None).graph

    assert len(graph.leaf_nodes(label)) <= 1


def test_every_migration_knows_its_way_back():
    graph = MigrationLoader(None).graph
    one_way = [
        f"{app}.{name}: {operation}"
        for app, name in own_migrations()
        for operation in graph.nodes[app, name].operations
        if not operation.reversible
    ]

    assert one_way == []
