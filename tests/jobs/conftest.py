"""Workers of the tests' database, in processes of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "notes"
    path.touch()
    monkeypatch.setenv("COI_TEST_NOTES", str(path))
    return path


def environment() -> dict[str, str]:
    name = connection.settings_dict["NAME"]
    changed = {"COI_DB_NAME": name}
    if url := os.environ.get("DATABASE_URL"):
        changed["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
    return os.environ | changed


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen]]:
    """Start `manage.py …` on the test's database; whatever still runs is killed at the end."""
    started: list[subprocess.Popen] = []

    def start_one(*arguments: str, **options: Any) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=environment(),
            start_new_session=True,
            stderr=subprocess.DEVNULL,
            **options,
        )
        started.append(process)
        return process

    yield start_one
    for process in started:
        kill_group(process)


def kill_group(process: subprocess.Popen) -> None:
    """`kill -9` for the process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
    if process.stdout:
        process.stdout.close()


def wait_until(is_so: Callable[[], object], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError("It didn't happen in time.")
        time.sleep(0.05)
