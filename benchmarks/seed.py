"""Seconds, rows a second and memory of the synthetic province, for several sizes.

Risk maps are written with the people: matters name their rows, as in `seed_province`.

    python benchmarks/seed.py [--people 2000 20000] [--repeat 3]

Needs a portal without people; everything is rolled back.
"""

import argparse
import os
import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
os.environ.setdefault("COI_ENVIRONMENT", "development")

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

from declarations.seeding import everything
from mapping.seeding import seed_maps
from people.seeding import province


def quiet(done, total):
    pass


def run(people):
    """Seconds for people and risk maps, seconds for the declarations, number of rows."""
    on = timezone.localdate()
    with transaction.atomic():
        started = time.perf_counter()
        made = province.make(people=people, seed=1, on=on, report=quiet)
        seed_maps(list(made.opds.values()), [on.year - 2, on.year - 1, on.year], 1)
        middle = time.perf_counter()
        _records, numbers = everything.declare(made, report=quiet)
        connection.check_constraints()
        ended = time.perf_counter()
        transaction.set_rollback(True)
    return middle - started, ended - middle, people + sum(numbers.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print(f"median of {options.repeat}")
    for people in options.people:
        rounds = [run(people) for _round in range(options.repeat)]
        first, second = (statistics.median(times[part] for times in rounds) for part in (0, 1))
        rows = rounds[0][2]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{people:>8,} people and maps {first:6.1f} s ({people / first:8,.0f}/s)  "
            f"declarations {second:6.1f} s  {rows:>9,} rows ({rows / (first + second):8,.0f}/s)  "
            f"peak {memory:,.0f} MB"
        )


if __name__ == "__main__":
    main()
