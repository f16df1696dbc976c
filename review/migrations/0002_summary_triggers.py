"""Marks of what changed, put down by triggers on the tables that the summaries count.

They belong to `review`, not to the tables' own apps, which know nothing of summaries. One
statement inserts one row for each OPD and year that it touched, never updates one, so no writer
waits for another.
"""

from django.db import migrations

EVENTS = (
    ("INSERT", "REFERENCING NEW TABLE AS new_rows"),
    ("UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ("DELETE", "REFERENCING OLD TABLE AS old_rows"),
)
# What of a changed row is marked; `changed` are the old and the new rows.
OF_OPD = "SELECT DISTINCT '{kind}', opd_id::bigint, year::integer FROM changed {where}"
OF_PARENT = (
    "SELECT DISTINCT '{kind}', p.opd_id::bigint, p.year::integer FROM changed c "
    "JOIN {parent} p ON p.id = c.{key}"
)
PEOPLE_OF_DECLARANT = (
    " UNION SELECT DISTINCT 'P', p.opd_id::bigint, c.year::integer FROM changed c "
    "JOIN people_assignment a ON a.user_id = c.declarant_id "
    "JOIN people_post p ON p.id = a.post_id AND p.is_obliged WHERE c.sent_at IS NOT NULL"
)
SENT = "WHERE sent_at IS NOT NULL"
MARKS = {
    "declarations_interestregister": OF_OPD.format(kind="F1", where=SENT) + PEOPLE_OF_DECLARANT,
    "declarations_decisionstatement": OF_OPD.format(kind="F2", where=SENT),
    "declarations_conflictdeclaration": OF_OPD.format(kind="F3", where=SENT),
    "declarations_superiordecision": OF_PARENT.format(
        kind="F3", parent="declarations_conflictdeclaration", key="conflict_id"
    ),
    "declarations_controlplan": OF_OPD.format(kind="F6", where=""),
    "declarations_controltask": OF_PARENT.format(
        kind="F6", parent="declarations_controlplan", key="plan_id"
    ),
    "declarations_followup": OF_PARENT.format(
        kind="F6", parent="declarations_controlplan", key="plan_id"
    ),
    "people_opd": "SELECT DISTINCT 'P', id::bigint, NULL::integer FROM changed",
    "people_post": "SELECT DISTINCT 'P', opd_id::bigint, NULL::integer FROM changed",
    "people_assignment": (
        "SELECT DISTINCT 'P', p.opd_id::bigint, NULL::integer FROM changed c "
        "JOIN people_post p ON p.id = c.post_id"
    ),
}
# Of a person only the open account counts; each login changes the row.
OF_PERSON = """
    SELECT DISTINCT 'P', p.opd_id::bigint, NULL::integer
      FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.is_active <> n.is_active
      JOIN people_assignment a ON a.user_id = n.id JOIN people_post p ON p.id = a.post_id
"""
INSERT = "INSERT INTO review_summarymark (kind, opd_id, year)"
WORKING_DAYS = """
CREATE FUNCTION review_working_days(first date, last date) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT count(*)::integer FROM generate_series(first + 1, last, interval '1 day') AS day
     WHERE extract(isodow FROM day) < 6
       AND NOT EXISTS (SELECT 1 FROM people_holiday WHERE "on" = day::date)
$$;
"""


def function_of(table):
    """Separate branches: a statement may only name the rows that its event has."""
    marks = MARKS[table]
    old, new = "SELECT * FROM old_rows", "SELECT * FROM new_rows"
    return f"""
CREATE FUNCTION review_mark_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        WITH changed AS ({new}) {INSERT} {marks};
    ELSIF TG_OP = 'DELETE' THEN
        WITH changed AS ({old}) {INSERT} {marks};
    ELSE
        WITH changed AS ({old} UNION ALL {new}) {INSERT} {marks};
    END IF;
    RETURN NULL;
END $$;
"""


def triggers_of(table):
    return "".join(
        f"CREATE TRIGGER review_mark_{event.lower()} AFTER {event} ON {table} {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION review_mark_{table}();\n"
        for event, rows in EVENTS
    )


PERSON = f"""
CREATE FUNCTION review_mark_people_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {INSERT} {OF_PERSON};
    RETURN NULL;
END $$;
CREATE TRIGGER review_mark_update AFTER UPDATE ON people_user
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION review_mark_people_user();
"""
FORWARDS = (
    WORKING_DAYS + "".join(function_of(table) + triggers_of(table) for table in MARKS) + PERSON
)
BACKWARDS = (
    "".join(f"DROP FUNCTION IF EXISTS review_mark_{table}() CASCADE;\n" for table in MARKS)
    + "DROP FUNCTION IF EXISTS review_mark_people_user() CASCADE;\n"
    + "DROP FUNCTION IF EXISTS review_working_days(date, date);\n"
)


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
