"""Jobs a second with one and with two workers, and how soon a killed worker's job runs again.

    python benchmarks/job_queue.py [--jobs 2000]

Works in a database of its own, `bench_queue`, that it drops at the end.
"""

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
os.environ.setdefault("COI_ENVIRONMENT", "development")
os.environ["COI_DB_NAME"] = os.environ["COI_TEST_DB"] = "bench_queue"

import django

django.setup()

import multiprocessing
import signal

from django.db import connection, transaction

from jobs import tasks, workflow
from jobs.models import Job
from jobs.states import State
from jobs.worker import Worker
from tests import database

fork = multiprocessing.get_context("fork")


def work(**options: object) -> None:
    Worker(["default"], **options).run()


def fill(number: int) -> float:
    """Enqueue in transactions of one job, as requests do; jobs a second."""
    with connection.cursor() as cursor:  # the test database commits without waiting for the disk
        cursor.execute("SET synchronous_commit = on")
    started = time.perf_counter()
    for _index in range(number):
        with transaction.atomic():
            tasks.nothing.enqueue()
    return number / (time.perf_counter() - started)


def drain(workers: int) -> float:
    number = Job.objects.filter(state=State.WAITING).count()
    connection.close()
    processes = [fork.Process(target=work, kwargs={"batch": True}) for _index in range(workers)]
    started = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    rate = number / (time.perf_counter() - started)
    assert not Job.objects.exclude(state=State.DONE).exists()
    return rate


def recover() -> float:
    """Seconds from `kill -9` of a worker until another one has claimed its job."""
    tasks.nothing.enqueue()
    connection.close()
    victim = fork.Process(target=_claim_and_hang)
    victim.start()
    while not Job.objects.filter(state=State.RUNNING).exists():
        time.sleep(0.01)
    os.kill(victim.pid, signal.SIGKILL)
    killed = time.perf_counter()
    connection.close()
    rescuer = fork.Process(target=work, kwargs={"max_tasks": 1})
    rescuer.start()
    rescuer.join()
    return time.perf_counter() - killed


def _claim_and_hang() -> None:
    worker = Worker(["default"])
    control = worker.connect()
    workflow.claim(control, queues=["default"], worker=worker.lock, name=worker.name)
    time.sleep(600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2_000)
    number = parser.parse_args().jobs
    database.create("bench_queue", keep=False, rebuild=False)
    try:
        print(f"enqueue            {fill(number):8.0f} jobs/s")
        print(f"1 worker           {drain(1):8.0f} jobs/s")
        fill(number)
        print(f"2 workers          {drain(2):8.0f} jobs/s")
        print(f"after kill -9      {recover():8.2f} s until the job has run elsewhere")
    finally:
        connection.close()
        database.drop("bench_queue")


if __name__ == "__main__":
    main()
