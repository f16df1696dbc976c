"""What `./run` does: set up, prepare, start, watch, stop.

Standard library only until the packages are there; then the same file runs again inside the
virtual environment.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

from coi_portal import local_environment
from scripts import demonstration, setup_environment
from scripts.children import Child, Supervisor
from scripts.preparing import Preparation
from scripts.setup_environment import BASE_DIR, PYTHON, VAR_DIR, VENV
from scripts.terminal import Failure, exit_with, step

HELP = """Sets up whatever is missing and starts the portal: packages into .venv, Pango, an
embedded PostgreSQL (unless DATABASE_URL names a server), tables, signing keys, a demonstration
province, the web server, the task worker and the scheduler. Ctrl-C stops everything."""
ENVIRONMENT = """environment:
  DATABASE_URL, DATABASE_OWNER_URL   a PostgreSQL server instead of the embedded one
  COI_VAR_DIR                        where data, keys and logs go (default: var/)
  COI_WEB_WORKERS                    web processes (default: one a core)
  COI_SEED_PEOPLE                    people of the demonstration (default: as seed_province)
  every other one                    docs/deployment.md"""
READY_SECONDS = 90
STAMP_OF_VENV = "COI_RUN_STARTED"


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run",
        description=HELP,
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=_port, default=8000, help="default: 8000")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="0.0.0.0 to be reached from a phone; default: 127.0.0.1",
    )
    parser.add_argument("--empty", action="store_true", help="no demonstration: an empty portal")
    parser.add_argument(
        "--strict", action="store_true", help="ask the demonstration's accounts for second factors"
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def main(arguments: list[str]) -> None:
    started = float(os.environ.pop(STAMP_OF_VENV, time.time()))
    options = parse(arguments)
    _refuse_taken_port(options.host, options.port)
    if sys.prefix != str(VENV):
        print("The portal is being made ready.", flush=True)
        setup_environment.ensure()
        os.environ[STAMP_OF_VENV] = str(started)
        again = [str(PYTHON), "-m", "scripts.serve", *arguments]
        os.execv(PYTHON, again)  # noqa: S606 -- the same program, with its packages
    with _stopping_on_signals() as stopped, _database():
        _serve(options, stopped, started)


def _serve(options: argparse.Namespace, stopped: threading.Event, started: float) -> None:
    is_demonstration = _set_environment(options)
    with _one_at_a_time():
        Preparation(with_demonstration=is_demonstration).run()
    _refuse_taken_port(options.host, options.port)  # Somebody else had minutes to take it.
    supervisor = Supervisor(_children(options), stopped)
    try:
        with step("starting the web server, the worker and the scheduler"):
            supervisor.start()
            supervisor.wait_until_served(_local_address(options), READY_SECONDS)
        demonstration.announce(
            os.environ["COI_PUBLIC_URL"], time.time() - started, is_shown=is_demonstration
        )
        supervisor.watch()
    finally:
        supervisor.stop()


@contextlib.contextmanager
def _database() -> Iterator[None]:
    """The embedded server, held for as long as this process lives and stopped last."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from coi_portal import embedded_postgres  # noqa: PLC0415 -- needs the virtual environment

    try:
        with step("starting PostgreSQL"):
            cluster = embedded_postgres.running_cluster(BASE_DIR, VAR_DIR)
    except embedded_postgres.PostgresError as error:
        raise Failure(str(error)) from error
    try:
        yield
    finally:
        cluster.release()


def _set_environment(options: argparse.Namespace) -> bool:
    """What the children see; says whether the demonstration is wanted."""
    if os.environ.get("COI_ENVIRONMENT") != "production":
        local_environment.create()
        local_environment.load()
    is_production = os.environ.get("COI_ENVIRONMENT") == "production"
    is_demonstration = not (options.empty or is_production)
    if is_demonstration and not options.strict:
        os.environ.setdefault("COI_RELAX_SECOND_FACTOR", "1")
    names = _names(options.host)
    os.environ.setdefault("COI_PUBLIC_URL", f"http://{names[0]}:{options.port}")
    if not is_production:
        os.environ.setdefault("COI_ALLOWED_HOSTS", ",".join(names))
    os.environ["COI_BIND"] = f"{_bracketed(options.host)}:{options.port}"
    os.environ.setdefault("COI_GRACEFUL_SECONDS", "3")
    return is_demonstration


def _names(host: str) -> list[str]:
    """The names by which this machine is called; the best for others comes first."""
    local = ["localhost", "127.0.0.1", "[::1]"]
    if host in ("127.0.0.1", "localhost", "::1"):
        return local
    if host not in ("0.0.0.0", "::"):  # noqa: S104 -- compared, not bound
        return [_bracketed(host), *local]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # A documentation address; nothing is sent.
            outward = [probe.getsockname()[0]]
        except OSError:
            outward = []
    return [*outward, socket.gethostname().lower(), *local]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _local_address(options: argparse.Namespace) -> tuple[str, int]:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- asked, not bound
    return everywhere.get(options.host, options.host), options.port


def _refuse_taken_port(host: str, port: int) -> None:
    problem = _why_not_bound(host, port)
    if not problem:
        return
    if problem == "taken":
        free = next((p for p in range(port + 1, port + 100) if not _why_not_bound(host, p)), 0)
        raise Failure(f"Port {port} is taken. Another one is free: ./run --port {free}")
    raise Failure(f"{host} port {port} can't be used: {problem}.")


def _why_not_bound(host: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return "ports below 1024 need root"
        except OSError as error:
            return "taken" if error.errno == 98 else str(error.strerror or error)
    return ""


def _children(options: argparse.Namespace) -> list[Child]:
    python = str(PYTHON)
    logs = VAR_DIR / "log"
    return [
        Child("web", [python, "-m", "gunicorn", "-c", "coi_portal/gunicorn_config.py"], logs),
        Child("worker", [python, "manage.py", "run_worker"], logs),
        Child("scheduler", [python, "manage.py", "run_scheduler"], logs),
    ]


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (VAR_DIR / ".prepare.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _stopping_on_signals() -> Iterator[threading.Event]:
    """Ctrl-C, SIGTERM and a closed terminal all end the same way."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if stopped.is_set() and number == signal.SIGINT:
            return  # An impatient second Ctrl-C: the children have their seconds already.
        stopped.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield stopped


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Failure as failure:
        exit_with(failure)
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
