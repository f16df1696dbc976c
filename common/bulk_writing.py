"""Writing many rows in one transaction, with all triggers and checks on, in linear time."""

from django.db import connection, models


def begin() -> None:
    """Once in the transaction, before its first row.

    pgtrigger's functions ask for a setting, and where it was never made they catch the error:
    a subtransaction rolled back for each row, in which PostgreSQL looks through all the checks
    that wait for the commit. The empty list of triggers to ignore says the same without error.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")


def analyse(*tables: type[models.Model]) -> None:
    """Count rows just written, so that plans made from now on fit them; any transaction.

    The look-ups in triggers and foreign keys are planned once and kept, and a plan made for an
    empty table reads all of a filled one for each further row. Of ordinary writing autovacuum
    takes care.
    """
    with connection.cursor() as cursor:
        for table in tables:
            name = connection.ops.quote_name(table._meta.db_table)
            # Of `coi_portal.preparation`: PostgreSQL lets only a table's owner analyse it.
            cursor.execute("SELECT coi_analyse(%s::regclass)", [name])
