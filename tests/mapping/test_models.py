"""What the database itself refuses."""

import pytest
from django.db import Error, IntegrityError, connection, transaction

from mapping import states
from mapping.models import RiskArea, RiskAreaPost, RiskMap
from tests.mapping.factories import (
    ControlFactory,
    RiskAreaFactory,
    RiskMapFactory,
    make_map,
    make_office,
)
from tests.people.factories import OpdFactory, PostFactory

pytestmark = pytest.mark.django_db


def refused(call, error=Error):
    with pytest.raises(error), transaction.atomic():
        call()


def test_one_open_map_a_year():
    first = RiskMapFactory()

    refused(lambda: RiskMapFactory(opd=first.opd, version=2), IntegrityError)
    RiskMapFactory(opd=first.opd, year=first.year + 1)


def test_one_map_in_force():
    office = make_office()
    approved = make_map(office, state="approved")

    other = RiskMapFactory(opd=office.opd, year=approved.year - 1)
    fields = {"signed_at": approved.signed_at, "signed_by": office.head,
              "approved_at": approved.approved_at, "approved_by": office.inspector}  # fmt: skip
    for state in ("signed", "under_review"):
        RiskMap.objects.filter(pk=other.pk).update(state=state, **fields)
    refused(lambda: RiskMap.objects.filter(pk=other.pk).update(state="approved"), IntegrityError)


def test_nobody_approves_their_own_signature():
    office = make_office()
    signed = make_map(office, state="under_review")

    refused(
        lambda: RiskMap.objects.filter(pk=signed.pk).update(
            state="approved", approved_at=signed.signed_at, approved_by=office.head
        ),
        IntegrityError,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"likelihood": 6},
        {"impact": 0},
        {"residual_likelihood": 2},
        {"cause": ""},
        {"mcsp_area": "LAIN"},
        {"status": "lain"},
        {"residual_level": "RENDAH"},
    ],
)
def test_row_that_makes_no_sense(change):
    row = RiskAreaFactory()

    refused(lambda: RiskArea.objects.filter(pk=row.pk).update(**change), IntegrityError)


def test_same_words_twice():
    row = RiskAreaFactory()

    refused(lambda: RiskAreaFactory(map=row.map, activity=row.activity), IntegrityError)


def test_row_names_only_posts_of_its_opd():
    row = RiskAreaFactory()

    refused(lambda: RiskAreaPost.objects.create(area=row, post=PostFactory()))
    RiskAreaPost.objects.create(area=row, post=PostFactory(opd=row.map.opd))


@pytest.mark.parametrize("state", ["signed", "under_review", "approved"])
def test_rows_stand_still_once_signed(state):
    office = make_office()
    risk_map = make_map(office, state=state)
    row = risk_map.areas.get()

    refused(lambda: RiskArea.objects.filter(pk=row.pk).update(cause="Lain"))
    refused(lambda: row.delete())
    refused(lambda: RiskAreaFactory(map=risk_map))
    refused(lambda: RiskAreaPost.objects.create(area=row, post=PostFactory(opd=office.opd)))


def test_rows_of_a_returned_map_move_again():
    row = make_map(make_office(), state="returned").areas.get()

    assert RiskArea.objects.filter(pk=row.pk).update(cause="Lain") == 1


def test_map_keeps_its_opd_and_year():
    risk_map = RiskMapFactory()

    refused(lambda: RiskMap.objects.filter(pk=risk_map.pk).update(year=risk_map.year + 1))
    refused(lambda: RiskMap.objects.filter(pk=risk_map.pk).update(opd=OpdFactory()))


def test_control_done_has_evidence():
    control = ControlFactory(area=RiskAreaFactory())

    refused(lambda: type(control).objects.filter(pk=control.pk).update(state="done"))


TABLES = {
    "mapping_riskmap": (states.MapState, states.MAP_TRANSITIONS),
    "mapping_control": (states.ControlState, states.CONTROL_TRANSITIONS),
}


@pytest.mark.parametrize("table", TABLES)
def test_each_pair_of_states(table):
    """The trigger allows an edge exactly when the table has it."""
    known, transitions = TABLES[table]
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relname = %s AND NOT t.tgisinternal AND t.tgname LIKE 'pgtrigger_edges_%%'",
            [table],
        )
        function = cursor.fetchone()[0]
        cursor.execute("CREATE TEMPORARY TABLE probe (state varchar(20)) ON COMMIT DROP")
        cursor.execute(
            "CREATE TRIGGER edges BEFORE UPDATE ON probe FOR EACH ROW"
            f' EXECUTE FUNCTION "{function}"()'
        )
        for source in known.values:
            for target in known.values:
                cursor.execute("DELETE FROM probe")
                cursor.execute("INSERT INTO probe (state) VALUES (%s)", [source])
                try:
                    with transaction.atomic():
                        cursor.execute("UPDATE probe SET state = %s", [target])
                except Error:
                    continue
                if source != target:
                    found.add((source, target))

    assert found == set(states.edges(transitions))
