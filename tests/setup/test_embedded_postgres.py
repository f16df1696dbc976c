"""The launcher, with real servers: started at once, killed, restarted, stopped by the last."""

import os
import shutil
import signal
import subprocess
import sys
import time

import psycopg2
import pytest
from django.conf import settings

from coi_portal import embedded_postgres

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a server is given"),
]
STARTER = """
import signal, sys, time
from pathlib import Path
from coi_portal.embedded_postgres import running_cluster
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
cluster = running_cluster(Path(sys.argv[1]), Path(sys.argv[1]) / "var")
print(cluster.url(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a checkout")
    yield folder
    cluster = embedded_postgres.Cluster(folder, folder / "var")
    cluster.stop()
    # As root, where the server's user can't reach a folder of pytest.
    shutil.rmtree(cluster.home.parent)


@pytest.fixture
def start(checkout):
    """Starts a process that uses the cluster until its input is closed."""
    started = []

    def start_one():
        process = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(checkout)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def url_of(process):
    return process.stdout.readline().strip()


def end(process):
    process.stdin.close()
    process.wait(20)
    process.stdout.close()


def answers(url):
    try:
        psycopg2.connect(url, connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True


def server_pid(checkout):
    cluster = embedded_postgres.Cluster(checkout, checkout / "var")
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def test_two_starters_at_once_share_one_server_that_the_last_one_stops(start):
    first, second = start(), start()
    url = url_of(first)

    assert url == url_of(second)
    end(first)
    assert answers(url)
    end(second)
    assert not answers(url)


def test_a_killed_starter_does_not_keep_the_server_for_ever(start):
    killed, last = start(), start()
    url = url_of(killed)
    assert url == url_of(last)

    killed.kill()
    killed.wait()
    end(last)

    assert not answers(url)


def test_the_server_comes_back_after_kill_9_with_its_data(checkout, start):
    first = start()
    url = url_of(first)
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 1 AS number")
    connection.close()

    os.kill(server_pid(checkout), signal.SIGKILL)
    second = start()

    assert url_of(second) == url
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        assert cursor.fetchall() == [(1,)]
    connection.close()


def test_a_killed_initdb_never_looks_like_a_cluster(checkout, start):
    cluster = embedded_postgres.Cluster(checkout, checkout / "var")
    leftover = cluster.home / ".init-1"
    leftover.mkdir()
    (leftover / "PG_VERSION").write_text("18\n")

    assert answers(url_of(start()))

    assert not leftover.exists()


def test_a_long_path_gets_a_short_socket(tmp_path):
    folder = tmp_path / ("long" * 30)
    folder.mkdir()

    cluster = embedded_postgres.Cluster(folder, folder / "var")

    assert len(str(cluster.sock)) <= embedded_postgres.LONGEST_SOCKET_FOLDER
    cluster.sock.rmdir()
    shutil.rmtree(cluster.home.parent)


def test_no_server_at_all_says_the_three_ways_out(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded_postgres, "_candidates", lambda: [("named", tmp_path)])

    with pytest.raises(embedded_postgres.PostgresError) as raised:
        embedded_postgres.find_binaries()

    assert "DATABASE_URL" in str(raised.value)
    assert str(tmp_path) in str(raised.value)


def test_the_start_is_quick_when_the_server_runs(start, checkout):
    url_of(start())
    began = time.monotonic()

    url_of(start())

    assert time.monotonic() - began < 5
