"""Many rows in one transaction: statistics by a role that owns nothing, and no detours."""

import pytest
from django.db import DatabaseError, connection, transaction

from coi_portal.database import APP_ROLE
from common import bulk_writing
from mapping.models import RiskAreaTemplate

pytestmark = pytest.mark.django_db


def one(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def test_the_application_counts_rows_that_it_has_just_written():
    table = RiskAreaTemplate._meta.db_table
    known = "SELECT count(*) FROM pg_stats WHERE tablename = %s"
    written = RiskAreaTemplate.objects.count()
    assert written

    bulk_writing.analyse(RiskAreaTemplate)

    assert one("SELECT current_user") == APP_ROLE
    assert one("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", table) == written
    assert one(known, table) > 0


def test_it_may_analyse_and_nothing_else():
    with pytest.raises(DatabaseError), transaction.atomic():
        one("SELECT coi_analyse('people_user; DROP TABLE people_user'::regclass)")


def test_nobody_else_may():
    granted = (
        "SELECT count(*) FROM information_schema.role_routine_grants"
        " WHERE routine_name = %s AND grantee = 'PUBLIC'"
    )
    assert one(granted, "coi_analyse") == 0


def test_no_trigger_is_ignored_until_the_transaction_ends():
    with transaction.atomic():
        bulk_writing.begin()
        assert one("SELECT current_setting('pgtrigger.ignore')") == "{}"
        assert one("SELECT _pgtrigger_should_ignore('row_of_own_map')") is False
