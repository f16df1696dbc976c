"""Do the province's page, the queue, search and the rules keep their speed as declarations grow?

One scratch database (dropped at the end) is seeded and then multiplied from size to size. Printed
for each: the pages and their queries, a list's far page beside its first, a run of all rules that
writes every new flag, the nightly run that finds nothing, the slowest rules, a run over one
person, and the memory of this process. Beside the time on the clock stands what the processor
was used: by this process, and by the backend of its connection (where the server runs on this
machine). Others who use the machine change the first of the three, hardly the other two.

    .venv/bin/python benchmarks/scale.py [--sizes 10000 100000 1000000] [--rounds 9] [--no-rules]
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
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


@dataclass
class Spent:
    """Seconds on the clock, of this process, and of the backend that answers it."""

    clock: float
    here: float
    backend: float

    @property
    def used(self):
        return self.here + self.backend

    def __str__(self):
        return (
            f"{1000 * self.clock:9.1f} ms, processor {1000 * self.here:9.1f} here "
            f"{1000 * self.backend:9.1f} in the database"
        )


def processor_of(backend):
    """Nanoseconds that a process has been on a processor; nothing for a server elsewhere."""
    try:
        return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0])
    except OSError:
        return 0


def spent(call):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    before = time.perf_counter(), time.process_time(), processor_of(backend)
    result = call()
    after = time.perf_counter(), time.process_time(), processor_of(backend)
    clock, here, database_side = (b - a for a, b in zip(before, after, strict=True))
    return Spent(clock, here, database_side / 1e9), result


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
        all_rounds = [spent(lambda: client.get(address))[0] for _n in range(rounds)]  # noqa: B023
        medians[label] = Spent(
            *(
                statistics.median(getattr(each, name) for each in all_rounds)
                for name in ("clock", "here", "backend")
            )
        )
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        print(f"  {label:24}{len(queries):3} queries {medians[label]}", flush=True)
    return medians


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rules(slowest):
    before, at = memory(), timezone.now()
    of_rule = {
        code: spent(lambda: evaluation.evaluate_rules([code], at=at))[0]  # noqa: B023
        for code in tqdm(RULES, desc="rules")
    }
    grown_province.gather()
    nightly, nothing = spent(lambda: evaluation.evaluate_all(at=at))
    person = Flag.objects.exclude(subject=None).order_by("pk").values_list("subject", flat=True)
    alone, _o = spent(lambda: evaluation.evaluate_subjects([person[0]], at=at))
    first = Spent(
        *(sum(getattr(s, name) for s in of_rule.values()) for name in ("clock", "here", "backend"))
    )
    print(
        f"  {len(RULES)} rules, {Flag.objects.count():,} flags; peak memory {before:,.0f} -> "
        f"{memory():,.0f} MB\n    first run         {first}\n    nightly run       {nightly}, "
        f"nothing to write: {nothing.is_empty}\n    one person        {alone}"
    )
    for code in sorted(of_rule, key=lambda code: of_rule[code].used, reverse=True)[:slowest]:
        print(f"    {code:34}{of_rule[code]}")


def measure(size, options):
    print(
        f"{grown_province.declarations():,} declarations, {User.objects.count():,} people, "
        f"{Case.objects.count():,} cases"
    )
    seconds, _n = spent(lambda: summaries.rebuild(at=timezone.now()))
    again, _n = spent(lambda: summaries.rebuild(at=timezone.now()))
    conflict = ConflictDeclaration.objects.exclude(sent_at=None).first()
    ConflictDeclaration.objects.filter(pk=conflict.pk).update(due_on=conflict.due_on)
    one, _n = spent(lambda: summaries.refresh(at=timezone.now()))
    print(
        f"  {SummaryCell.objects.count():,} cells\n    counted           {seconds}\n"
        f"    nightly           {again}\n    after one change  {one}",
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
            first, last = medians[0][label], medians[-1][label]
            print(
                f"  {label:24} processor {last.used / first.used:6.2f} times the first size, "
                f"in the database {last.backend / first.backend:6.2f} times"
            )
    finally:
        connection.close()
        if not options.keep:
            database.drop(NAME)


if __name__ == "__main__":
    main()
