"""Requests a second of home, list and form pages beside an empty Django view with one query.

    COI_DB_NAME=dev_pages .venv/bin/python benchmarks/pages.py [--seconds 3] [--rounds 3]
    COI_DB_NAME=dev_pages .venv/bin/python benchmarks/pages.py --compare [--rounds 9]
    COI_DB_NAME=dev_pages .venv/bin/python benchmarks/pages.py --profile

Starts gunicorn with the portal's own configuration, twice: the portal, and the same server with
the middleware of a new Django project only. The database must hold a province (`prepare_database`,
`seed_province --people 400`). Every round asks for each page in turn, so that what else the
machine does falls on all of them alike; the medians of the rounds are compared. Beside them stands
the processor time of the application alone, without server, network and database.

`--compare` is for a machine that does other things too: every page in one process, in turns, the
least processor time and the number of function calls, which no load changes; and the calls that
remain where every template is empty, which is the most that quicker templates could win.
"""

import argparse
import cProfile
import http.client
import os
import pstats
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("COI_ENVIRONMENT", "development")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.page_settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.template.backends.django import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from declarations.models import InterestRegister
from people.models import Role, User
from people.roles import GRANTABLE
from tests.people.factories import log_in

BASE_DIR = Path(__file__).resolve().parent.parent
EMPTY = "/kosong/"


def cookie_of(user):
    client = Client(SERVER_NAME="localhost")
    log_in(client, user)
    client.get("/")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def holder_of(role):
    today = timezone.localdate()
    assert role in GRANTABLE
    return (
        User.objects.active()
        .filter(role_grants__role=role, role_grants__starts_on__lte=today)
        .order_by("nip")
        .first()
    )


def wanted():
    """(name, address, cookie): a person with a draft, an HR administrator, an auditor."""
    draft = (
        InterestRegister.objects.filter(state="draft", declarant__is_active=True)
        .order_by("created_at", "pk")
        .select_related("declarant")
        .first()
    )
    declarant, hr = draft.declarant, holder_of(Role.HR_ADMINISTRATOR)
    inspector = holder_of(Role.INSPECTOR)
    own, theirs, watch = cookie_of(declarant), cookie_of(hr), cookie_of(inspector)
    section = reverse("declarations:register_section", args=[draft.pk, "business"])
    return [
        ("empty view", EMPTY, ""),
        ("empty view, logged in", EMPTY, own),
        ("home, declarant", reverse("declarations:home"), own),
        ("home, inspector", reverse("declarations:home"), watch),
        ("list: own registers", reverse("declarations:register_list"), own),
        ("list: documents", reverse("statements:list"), watch),
        ("list: people", reverse("people:list"), theirs),
        ("form: section of a register", section, own),
        ("form: add a person", reverse("people:create"), theirs),
        ("page: verification", reverse("statements:verify"), ""),
    ]


@contextmanager
def served(*, bare):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "COI_BIND": f"127.0.0.1:{port}",
        "COI_BENCHMARK_BARE": "1" if bare else "",
        "PYTHONPATH": str(BASE_DIR),
        "COI_GRACEFUL_SECONDS": "2",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "coi_portal/gunicorn_config.py"],
        cwd=BASE_DIR,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=15)


def wait_for(port, server, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn did not come up.")


def ask(port, address, cookie, until, counted, refused):
    """Over one connection, one request after the other."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Cookie": cookie} if cookie else {}
    number = 0
    while time.monotonic() < until:
        server.request("GET", address, headers=headers)
        response = server.getresponse()
        response.read()
        if response.status != 200:
            refused.append(response.status)
            break
        number += 1
    server.close()
    counted.append(number)


def rate(port, address, cookie, *, seconds, connections):
    counted, refused = [], []
    begun = time.monotonic()
    threads = [
        threading.Thread(
            target=ask, args=(port, address, cookie, begun + seconds, counted, refused)
        )
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if refused:
        raise SystemExit(f"{address} answered {refused[0]}")
    return sum(counted) / (time.monotonic() - begun)


def measure(options):
    pages = wanted()
    connection.close()
    rates = {name: [] for name, *_ in pages}
    plain = []
    with served(bare=False) as port, served(bare=True) as bare_port:
        load = {"seconds": options.seconds, "connections": options.connections}
        for _name, address, cookie in pages:  # What is made once a process.
            rate(port, address, cookie, seconds=0.5, connections=options.connections)
        rate(bare_port, EMPTY, "", seconds=0.5, connections=options.connections)
        for _round in range(options.rounds):
            plain.append(rate(bare_port, EMPTY, "", **load))
            for name, address, cookie in pages:
                rates[name].append(rate(port, address, cookie, **load))
    print(f"{options.connections} connections, {options.rounds} rounds of {options.seconds} s")
    report(pages, {name: statistics.median(found) for name, found in rates.items()}, plain)


def report(pages, rates, plain):
    """Each page as a part of the empty view: without a session, and logged in."""
    yardstick = statistics.median(plain)
    empty, logged_in = rates["empty view"], rates["empty view, logged in"]
    heads = ("req/s", "of plain Django", "of empty", "of logged in", "processor", "queries")
    print(f"{'':30} {heads[0]:>8} {heads[1]:>16} {heads[2]:>9} {heads[3]:>13} "
          f"{heads[4]:>10} {heads[5]:>8}")  # fmt: skip
    print(f"{'empty view, plain Django':30} {yardstick:8.0f} {1:16.2f}")
    for name, address, cookie in pages:
        found, asked = rates[name], len(queries(address, cookie))
        spent = statistics.median(processor(address, cookie)) * 1000
        print(f"{name:30} {found:8.0f} {found / yardstick:16.2f} {found / empty:9.2f} "
              f"{found / logged_in:13.2f} {spent:7.1f} ms {asked:8}")  # fmt: skip


def in_process(address, cookie):
    client = Client(SERVER_NAME="localhost")
    if cookie:
        client.cookies.load(cookie)
    return lambda: client.get(address)


def processor(address, cookie, calls=30):
    """Seconds of the application's processor, of each call."""
    call = in_process(address, cookie)
    call()
    spent = []
    for _ in range(calls):
        begun = time.process_time()
        call()
        spent.append(time.process_time() - begun)
    return spent


def queries(address, cookie):
    call = in_process(address, cookie)
    call()
    with CaptureQueriesContext(connection) as asked:
        call()
    # A statement that only ends a transaction has no text.
    return [query["sql"] or "(no text)" for query in asked]


def profile(options):
    """Where the time of each page goes, without server and network."""
    for name, address, cookie in wanted():
        call = in_process(address, cookie)
        call()
        times = processor(address, cookie)
        asked = queries(address, cookie)
        print(f"\n== {name}: {statistics.median(times) * 1000:.1f} ms, {len(asked)} queries")
        for sql in asked:
            print(f"   {sql[:150]}")
        profiler = cProfile.Profile()
        profiler.enable()
        for _ in range(10):
            call()
        profiler.disable()
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(options.lines)


def function_calls(call):
    profiler = cProfile.Profile()
    profiler.enable()
    call()
    profiler.disable()
    return pstats.Stats(profiler).total_calls


def compare(options):
    """Beside the empty view, logged in: least processor time, function calls, queries."""
    pages = wanted()
    calls = {name: in_process(address, cookie) for name, address, cookie in pages}
    spent = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _round in range(options.rounds * 3):
        for name, call in calls.items():
            begun = time.process_time()
            call()
            spent[name].append(time.process_time() - begun)
    least = {name: min(found) for name, found in spent.items()}
    counted = {name: function_calls(call) for name, call in calls.items()}
    with nothing_drawn():
        undrawn = {name: function_calls(call) for name, call in calls.items()}
    yardstick = "empty view, logged in"
    print(f"{'':30} {'processor':>12} {'of empty':>8} {'calls':>8} {'of empty':>8} "
          f"{'undrawn':>8} {'of empty':>8} {'queries':>8}")  # fmt: skip
    for name, address, cookie in pages:
        print(f"{name:30} {least[name] * 1000:9.1f} ms {least[yardstick] / least[name]:8.2f} "
              f"{counted[name]:8} {counted[yardstick] / counted[name]:8.2f} "
              f"{undrawn[name]:8} {counted[yardstick] / undrawn[name]:8.2f} "
              f"{len(queries(address, cookie)):8}")  # fmt: skip


@contextmanager
def nothing_drawn():
    """Every template is empty: what remains is the request, its checks and its questions."""
    real, Template.render = Template.render, lambda *_args, **_kwargs: ""
    try:
        yield
    finally:
        Template.render = real


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--lines", type=int, default=25, help="of the profile")
    options = parser.parse_args()
    call_command("collectstatic", interactive=False, verbosity=0)
    if options.profile:
        profile(options)
    elif options.compare:
        compare(options)
    else:
        measure(options)


if __name__ == "__main__":
    main()
