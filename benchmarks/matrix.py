"""The province's matrix of risk maps (45 OPDs, 12 years) beside the plain list of maps.

    COI_DB_NAME=dev_pages .venv/bin/python benchmarks/matrix.py [--rounds 40]

Needs a seeded province; the years that it lacks are added as copies of its oldest maps in a
transaction that is rolled back. Both pages are asked in turn, without server and network, and the
medians of one run are compared: processor time of the application, and time with the database.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pgtrigger
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from benchmarks.pages import cookie_of, holder_of, in_process, queries  # sets Django up
from mapping.models import RiskArea, RiskMap
from people.models import Role

YEARS = 12
# What begins and ends a transaction asks nothing.
ENDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
PAGES = {"matrix of the province": "mapping:province", "list of maps": "mapping:list"}


def add_years():
    """Copies of the oldest year's maps, with their rows, until there are `YEARS` years."""
    years = sorted(set(RiskMap.objects.of_record().values_list("year", flat=True)))
    rows = {}
    for row in RiskArea.objects.filter(map__year=years[0]):
        rows.setdefault(row.map_id, []).append(row)
    for year in range(years[0] - (YEARS - len(years)), years[0]):
        for risk_map in RiskMap.objects.of_record(years[0]).select_related(None):
            copied = rows.get(risk_map.pk, [])
            risk_map.pk, risk_map.year, risk_map.document_id = None, year, None
            risk_map.save(force_insert=True)
            for row in copied:
                row.pk, row.map_id = None, risk_map.pk
            RiskArea.objects.bulk_create(copied)


def measured(rounds):
    """Page → (milliseconds of processor, milliseconds altogether) of each round."""
    cookie = cookie_of(holder_of(Role.INSPECTOR))
    calls = {name: in_process(reverse(page), cookie) for name, page in PAGES.items()}
    found = {name: [] for name in PAGES}
    for number in range(rounds + 3):
        for name, call in calls.items():
            processor, clock = time.process_time(), time.perf_counter()
            assert call().status_code == 200
            spent = time.process_time() - processor, time.perf_counter() - clock
            if number >= 3:  # What is made once a process.
                found[name].append([each * 1000 for each in spent])
    asked = {
        name: sum(not sql.startswith(ENDS) for sql in queries(reverse(page), cookie))
        for name, page in PAGES.items()
    }
    return found, asked


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    call_command("collectstatic", interactive=False, verbosity=0)
    with transaction.atomic():
        with pgtrigger.ignore():
            add_years()
        maps = RiskMap.objects.of_record()
        print(
            f"{maps.values('opd').distinct().count()} OPDs, "
            f"{maps.values('year').distinct().count()} years, {maps.count()} maps of record"
        )
        found, asked = measured(options.rounds)
        transaction.set_rollback(True)
    connection.close()
    print(f"{'':24} {'processor':>10} {'altogether':>11}  queries")
    medians = {
        name: [statistics.median(column) for column in zip(*spent, strict=True)]
        for name, spent in found.items()
    }
    for name, (processor, altogether) in medians.items():
        print(f"{name:24} {processor:7.1f} ms {altogether:8.1f} ms {asked[name]:8}")
    matrix, plain = medians.values()
    ratios = [first / second for first, second in zip(matrix, plain, strict=True)]
    print(f"{'matrix : list':24} {ratios[0]:10.2f} {ratios[1]:11.2f}")


if __name__ == "__main__":
    main()
