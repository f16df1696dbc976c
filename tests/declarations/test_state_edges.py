"""The database accepts an edge between two states exactly when the table has it."""

import pytest
from django.apps import apps
from django.db import Error, connection, transaction

from declarations.states import ALL_TRANSITIONS, edges


def trigger_allows(cursor, source, target):
    """Asks the state machine's trigger alone, on a bare copy of the column."""
    cursor.execute("INSERT INTO probe (state) VALUES (%s)", [source])
    try:
        with transaction.atomic():
            cursor.execute("UPDATE probe SET state = %s", [target])
    except Error:
        return False
    return True


def fsm_function(cursor, table):
    """The function behind the trigger `edges` of a table."""
    cursor.execute(
        "SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE c.relname = %s AND NOT t.tgisinternal AND t.tgname LIKE 'pgtrigger_edges_%%'",
        [table],
    )
    return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("model", ALL_TRANSITIONS)
def test_each_pair_of_states(model):
    states, transitions = ALL_TRANSITIONS[model]
    table = apps.get_model("declarations", model)._meta.db_table
    # A step that leaves the state as it is (a second escalation) is no edge for the database.
    allowed = {pair for pair in edges(transitions) if pair[0] != pair[1]}
    found = set()

    with connection.cursor() as cursor:
        function = fsm_function(cursor, table)
        cursor.execute("CREATE TEMPORARY TABLE probe (state varchar(20)) ON COMMIT DROP")
        cursor.execute(
            "CREATE TRIGGER edges BEFORE UPDATE ON probe"
            f' FOR EACH ROW EXECUTE FUNCTION "{function}"()'
        )
        for source in states.values:
            for target in states.values:
                cursor.execute("DELETE FROM probe")
                if source != target and trigger_allows(cursor, source, target):
                    found.add((source, target))

    assert found == allowed


def test_every_state_can_be_reached_from_the_first():
    for states, transitions in ALL_TRANSITIONS.values():
        reached = {states.values[0]}
        while more := {t for s, t in edges(transitions) if s in reached} - reached:
            reached |= more
        assert reached == set(states.values)
