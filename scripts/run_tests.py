"""What `./test` does: set up, check, test. Standard library only until the packages are there."""

import fcntl
import os
import subprocess
import sys
import time

from scripts import setup_environment
from scripts.setup_environment import BASE_DIR, PYTHON, VAR_DIR, VENV
from scripts.terminal import Failure, exit_with, warn

CHECKS = {
    "formatting": [VENV / "bin/ruff", "format", "--check", "--quiet", "."],
    "lint": [VENV / "bin/ruff", "check", "--quiet", "."],
    "layers": [VENV / "bin/lint-imports", "--no-cache"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
}
NO_BROWSER = """no browser for the tests: apt-get install chromium libatomic1 poppler-utils
    (or COI_CHROMIUM=/path/to/chromium). COI_ALLOW_NO_BROWSER=1 calls the rest good enough."""
NOTHING_COLLECTED = 5
# Each worker gets neighbours, which share their module's province, and takes from the other one
# only when its own are done.
SHARED_OUT = ["--dist", "worksteal", "-q"]
# One by one, the longest first: at the end a browser would wait for the other one's long walk.
IN_ORDER = ["--dist", "load", "--maxschedchunk", "1", "-q"]


def main(arguments: list[str]) -> int:
    setup_environment.ensure(for_tests=True)
    os.environ["COI_ENVIRONMENT"] = "development"
    os.environ.update(setup_environment.browser_environment())
    with (VAR_DIR / ".test.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another ./test runs in this checkout; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if arguments == ["--checks-only"]:
            return int(not _checks_pass())
        if arguments:
            return _pytest(arguments)
        return _everything()


def _everything() -> int:
    failed = [] if _checks_pass() else ["checks"]
    workers = str(max(2, os.cpu_count() or 2))
    if _pytest(["-m", "not e2e", "-n", workers, *SHARED_OUT]):
        failed.append("tests")
    if setup_environment.chromium():
        # Two browsers: more of them wait for each other on a small machine.
        if _pytest(["tests/e2e", "-m", "e2e", "-n", "2", *IN_ORDER]) not in (0, NOTHING_COLLECTED):
            failed.append("browser tests")
    else:
        warn(NO_BROWSER)
        if os.environ.get("COI_ALLOW_NO_BROWSER") != "1":
            failed.append("browser tests: skipped")
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nEverything passed.")
    return int(bool(failed))


def _checks_pass() -> bool:
    passed = True
    for name, command in CHECKS.items():
        started = time.monotonic()
        ended = subprocess.run(
            command,
            check=False,
            cwd=BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        mark = "✗" if ended.returncode else "✓"
        print(f"  {mark} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if ended.returncode:
            print(ended.stdout, flush=True)
            passed = False
    return passed


def _pytest(arguments: list[str]) -> int:
    return subprocess.run(
        [PYTHON, "-m", "pytest", *arguments], check=False, cwd=BASE_DIR
    ).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        exit_with(failure)
    except KeyboardInterrupt:
        sys.exit(130)
