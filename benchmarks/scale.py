"""Do the province's page, the queue, search and the rules keep their speed as declarations grow?

One scratch database (dropped at the end) is seeded and then multiplied from size to size. Printed
for each: median times of the pages and their queries, of a list's far page beside its first, a
run of all rules that writes every new flag, the nightly run that finds nothing, the slowest
rules, and the memory of this process.

    .venv/bin/python benchmarks/scale.py [--sizes 10000 100000 1000000] [--rounds 9] [--no-rules]
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
os.environ.setdefault("COI_TEST_DB", "bench_scale")

import django

from tests import environment  # noqa: F401 -- sets the environment of a test run

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.utils import timezone
from tqdm import tqdm

from benchmarks import grown_province
from common.keyset import Order
from declarations.models import ConflictDeclaration
from people.models import Role, User
from review.models import Case, Flag, SummaryCell
from review.rules import RULES
from review.services import evaluation, summaries
from tests import database
from tests.people.factories import log_in, person_with

NAME = "bench_scale"
QUEUE = ("-score", "-opened_at", "-pk")
FLAGS = ("-weight", "-changed_at", "-pk")


def timed(call):
    begun = time.perf_counter()
    result = call()
    return time.perf_counter() - begun, result


def far(rows, ordering):
    """The cursor of a row nine tenths down a list."""
    order = Order(rows, ordering)
    rows = order.applied(rows, backwards=False)
    return order.cursor(rows[rows.count() * 9 // 10])


def addresses():
    """Label -> address, of what an inspector opens."""
    queue, flags = "/tinjauan/kasus/", "/tinjauan/tanda/"
    somebody = User.objects.order_by("pk").values_list("name", flat=True)[10]
    yield "page of the province", "/tinjauan/"
    yield "queue, first page", queue
    if Case.objects.open().count() > 100:
        yield "queue, far page", f"{queue}?setelah={far(Case.objects.open(), QUEUE)}"
    yield "queue, a name", f"{queue}?q={somebody}"
    yield "queue, no such name", f"{queue}?q=tidakada"
    yield "flags, first page", flags
    if Flag.objects.live().count() > 100:
        yield "flags, far page", f"{flags}?setelah={far(Flag.objects.live(), FLAGS)}"
    yield "people, a name", f"/orang/?q={somebody}"
    yield "people, no such name", "/orang/?q=tidakada"


def pages(rounds):
    inspector, auditor = Client(), Client()
    log_in(inspector, person_with(Role.INSPECTOR))
    log_in(auditor, person_with(Role.AUDITOR))
    medians = {}
    for label, address in addresses():
        client = auditor if label == "page of the province" else inspector
        answer = client.get(address)
        if answer.status_code != 200:
            print(f"  {label:24} answers {answer.status_code}")
            continue
        times = [timed(lambda: client.get(address))[0] for _n in range(rounds)]  # noqa: B023
        medians[label] = statistics.median(times)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        print(
            f"  {label:24}{1000 * medians[label]:9.1f} ms {len(queries):3} queries "
            f"{sum(1000 * float(q['time']) for q in queries.captured_queries):8.1f} ms in them",
            flush=True,
        )
    return medians


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rules(slowest):
    before, at = memory(), timezone.now()
    seconds = {
        code: timed(lambda: evaluation.evaluate_rules([code], at=at))[0]  # noqa: B023
        for code in tqdm(RULES, desc="rules")
    }
    grown_province.analyze("review_flag", "review_flagsnapshot")
    nightly, nothing = timed(lambda: evaluation.evaluate_all(at=at))
    print(
        f"  {len(RULES)} rules, first run {sum(seconds.values()):.1f} s "
        f"({Flag.objects.count():,} flags), nightly run {nightly:.1f} s, nothing to write: "
        f"{nothing.is_empty}; peak memory {before:,.0f} -> {memory():,.0f} MB"
    )
    for code in sorted(seconds, key=seconds.get, reverse=True)[:slowest]:
        print(f"    {code:34}{seconds[code]:8.2f} s")


def measure(size, options):
    print(
        f"{grown_province.declarations():,} declarations, {User.objects.count():,} people, "
        f"{Case.objects.count():,} cases"
    )
    seconds, _n = timed(lambda: summaries.rebuild(at=timezone.now()))
    again, _n = timed(lambda: summaries.rebuild(at=timezone.now()))
    conflict = ConflictDeclaration.objects.exclude(sent_at=None).first()
    ConflictDeclaration.objects.filter(pk=conflict.pk).update(due_on=conflict.due_on)
    one, _n = timed(lambda: summaries.refresh(at=timezone.now()))
    print(
        f"  {SummaryCell.objects.count():,} cells: counted {seconds:.2f} s, nightly comparison "
        f"{again:.2f} s, after one change {1000 * one:.0f} ms",
        flush=True,
    )
    if not options.no_rules:
        rules(options.slowest)
    return pages(options.rounds)


def prepare():
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    setup_test_environment(debug=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--slowest", type=int, default=8)
    parser.add_argument("--no-rules", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the database")
    options = parser.parse_args()
    prepare()
    database.create(NAME, keep=False, rebuild=False)
    medians = []
    try:
        with tempfile.TemporaryDirectory() as scratch:
            province = grown_province.seed(options.sizes[0], Path(scratch))
        for size in options.sizes:
            seconds, _n = timed(lambda: province.grow(size))  # noqa: B023
            print(f"\nfilled to {size:,} in {seconds:.0f} s: ", end="")
            medians.append(measure(size, options))
        for label in medians[0].keys() & medians[-1].keys():
            print(
                f"  {label:24}{medians[-1][label] / medians[0][label]:6.2f} times the first size"
            )
    finally:
        connection.close()
        if not options.keep:
            database.drop(NAME)


if __name__ == "__main__":
    main()
