"""Does the province's page take the same time with a hundred times the declarations?

For each size: a scratch database (dropped at the end), one real row of each kind made by the
factories of the tests and multiplied by one SQL statement a table, counted by the code of the
worker; then an auditor asks for the page. Printed: its median time and queries, the time of a
refresh after one change and of the nightly comparison; at the end the ratio of the page's times.

    .venv/bin/python benchmarks/dashboard.py [--sizes 10000 1000000] [--rounds 15]
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
os.environ["COI_TEST_DB"] = "bench_dashboard"

import django

from tests import environment  # noqa: F401 -- sets the environment of a test run

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.utils import timezone
from psycopg2 import DatabaseError
from tqdm import tqdm

from people.models import Role
from review.models import SummaryCell
from review.services import summaries
from tests import database
from tests.people.factories import OpdFactory, log_in, person_with
from tests.review.factories import make_conflict, make_statement
from tests.review.test_dashboard import sign_register

YEARS, OPDS = 5, 60
# Of each hundred declarations.
SHARES = {
    "declarations_interestregister": 70,
    "declarations_decisionstatement": 25,
    "declarations_conflictdeclaration": 5,
}
PEOPLE = (
    """INSERT INTO people_user SELECT (jsonb_populate_record(NULL::people_user, to_jsonb(u) ||
            jsonb_build_object('id', gen_random_uuid(), 'nip', '9' || lpad(n::text, 17, '0'),
                               'name', 'Warga ' || n))).*
         FROM people_user u, generate_series(1, %(people)s) n WHERE u.id = %(model)s""",
    """CREATE TEMP TABLE staff AS SELECT u.id, row_number() OVER () AS n,
              %(opds)s::bigint[] AS opds FROM people_user u WHERE u.name LIKE 'Warga %%'""",
    """INSERT INTO people_assignment
              (user_id, post_id, kind, starts_on, decree, is_single_seat)
       SELECT s.id, p.id, 'definitive', '2015-01-01', '', FALSE
         FROM staff s JOIN people_post p ON p.opd_id = s.opds[1 + s.n %% cardinality(s.opds)]
          AND p.is_obliged""",
    # Nobody states the same matter twice.
    """INSERT INTO declarations_matter SELECT (jsonb_populate_record(NULL::declarations_matter,
            to_jsonb(m) || jsonb_build_object('id', gen_random_uuid(), 'title', 'Perkara ' || n,
                'title_key', 'perkara' || n, 'number', 'N/' || n, 'number_key', 'n' || n))).*
         FROM declarations_matter m, generate_series(1, 60) n
        WHERE m.id = (SELECT matter_id FROM declarations_decisionstatement LIMIT 1)""",
    """CREATE TEMP TABLE matters AS SELECT id, row_number() OVER () AS n
         FROM declarations_matter WHERE title LIKE 'Perkara %%'""",
    "CREATE INDEX ON staff (n)",
    "ANALYZE staff",
)
COPIES = """
INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) ||
    jsonb_build_object('id', gen_random_uuid(), 'declarant_id', s.id, 'sent_by_id', s.id,
        'matter_id', (SELECT id FROM matters WHERE n = 1 + k / {people} % 60),
        'opd_id', s.opds[1 + s.n % cardinality(s.opds)], 'year', extract(year FROM m.moment),
        'sent_at', m.moment, 'due_on', (m.moment + (k % 9 - 1) * interval '1 day')::date{more}))).*
  FROM {table} t, generate_series(1, {number}) k
 CROSS JOIN LATERAL (SELECT now() - (k % {days}) * interval '1 day' AS moment) m
  JOIN staff s ON s.n = 1 + k % {people}
 WHERE t.id = '{model}'
"""
OF_CONFLICTS = """, 'source_id', 1 + k % 9, 'conflict_kind',
        CASE WHEN k % 3 = 0 THEN 'potential' ELSE 'actual' END,
        'state', CASE WHEN k % 10 = 0 THEN 'sent' WHEN k % 10 < 3 THEN 'conflict_found'
                      ELSE 'no_conflict' END,
        'decided_at', CASE WHEN k % 10 > 0 THEN m.moment + (k % 12) * interval '1 day' END"""


def fill(size):
    """Sixty OPDs, the people and `size` declarations of five years."""
    opds = [OpdFactory() for _n in range(OPDS)]
    first = [person_with(opd=opd, post={"obliged": True, "is_single_seat": False}) for opd in opds]
    models = {
        "declarations_interestregister": sign_register(first[0]),
        "declarations_decisionstatement": make_statement(first[0], opds[0]),
        "declarations_conflictdeclaration": make_conflict(first[0], opds[0]),
    }
    people = max(size * SHARES["declarations_interestregister"] // 100 // YEARS, OPDS)
    values = {"people": people, "model": first[0].pk, "opds": [opd.pk for opd in opds]}
    with connection.cursor() as cursor:
        for statement in PEOPLE:
            cursor.execute(statement, values)
        for table, share in tqdm(SHARES.items(), desc=f"{size:,} declarations", leave=False):
            statement = COPIES.format(
                table=table, number=size * share // 100, days=365 * YEARS, people=people,
                model=models[table].pk, more=OF_CONFLICTS if "conflict" in table else "",
            )  # fmt: skip
            cursor.execute(statement)
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return first[0], opds[0]


def timed(call):
    begun = time.perf_counter()
    call()
    return 1_000 * (time.perf_counter() - begun)


def measure(size, rounds):
    name = f"bench_dashboard_{size}"
    database.create(name, keep=False, rebuild=False)
    try:
        person, opd = fill(size)
        summaries.rebuild(at=timezone.now())
        comparison = timed(lambda: summaries.rebuild(at=timezone.now()))
        make_conflict(person, opd)
        refresh = timed(lambda: summaries.refresh(at=timezone.now()))
        client = Client()
        log_in(client, person_with(Role.AUDITOR))
        client.get("/tinjauan/")
        times = [timed(lambda: client.get("/tinjauan/")) for _n in range(rounds)]
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/tinjauan/").status_code == 200
        inside = sum(1_000 * float(query["time"]) for query in queries.captured_queries)
        print(
            f"{size:>9,} declarations, {SummaryCell.objects.count():>6,} cells: "
            f"page {statistics.median(times):6.1f} ms ({len(queries)} queries, {inside:.1f} ms in "
            f"the database), refresh {refresh:6.1f} ms, comparison {comparison:8.1f} ms"
        )
        return statistics.median(times)
    finally:
        connection.close()
        drop(name)


def drop(name):
    """A vacuum of the server may be at work in it, and only the server ends that."""
    for _second in range(60):
        try:
            return database.drop(name)
        except DatabaseError:
            time.sleep(1)
    raise SystemExit(f"The scratch database {name} could not be dropped.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    setup_test_environment(debug=False)
    times = [measure(size, options.rounds) for size in options.sizes]
    print(f"page at the largest size: {times[-1] / times[0]:.2f} times that at the smallest")


if __name__ == "__main__":
    main()
