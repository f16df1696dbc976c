"""The processes of a running portal: started, watched, started again, stopped together."""

import contextlib
import ctypes
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from scripts.setup_environment import BASE_DIR
from scripts.terminal import Failure, tail, warn

STOP_SECONDS = 8
# A process that lived this long did not fail at its start.
STEADY_SECONDS = 20
LONGEST_PAUSE = 30
PR_SET_PDEATHSIG = 1
# Opened here: between fork and exec a child does as little as it can.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    name: str
    command: list[str]
    logs: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    started_at: float = 0
    failures: int = 0
    starts_again_at: float = 0

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name}.log"

    def start(self) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        self.started_at = time.monotonic()
        self.starts_again_at = 0
        # The first start begins a new log; one after a failure goes on with it.
        with self.log.open("ab" if self.failures else "wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the supervisor only.
                preexec_fn=_die_with_parent,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """To the child and to all that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def _die_with_parent() -> None:
    """Even `kill -9` of the supervisor leaves nobody on the port (Linux)."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    def __init__(self, children: list[Child], stopped: threading.Event) -> None:
        self.children = children
        self.stopped = stopped

    def start(self) -> None:
        for child in self.children:
            child.start()

    def wait_until_served(self, address: tuple[str, int], seconds: float) -> None:
        web = self.children[0]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not web.is_running():
                raise Failure(f"The web server did not start:\n{tail(web.log)}")
            if _answers(address):
                return
            self.stopped.wait(0.05)
        raise Failure(f"The web server does not answer after {seconds} s:\n{tail(web.log)}")

    def watch(self) -> None:
        """Until stopped: whoever ends is started again, after a growing pause."""
        while not self.stopped.wait(0.5):
            for child in self.children:
                if not child.is_running():
                    self._revive(child)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.starts_again_at == 0:
            is_steady = now - child.started_at > STEADY_SECONDS
            child.failures = 1 if is_steady else child.failures + 1
            pause = min(2**child.failures, LONGEST_PAUSE)
            child.starts_again_at = now + pause
            warn(f"the {child.name} ended; it starts again in {pause} s (see {child.log})")
        elif now >= child.starts_again_at:
            child.start()

    def stop(self) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.signal(signal.SIGKILL)
                    child.process.wait()


def _answers(address: tuple[str, int]) -> bool:
    host, port = address
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        # By a name that is allowed whatever the public address is.
        connection.request("GET", "/sehat/", headers={"Host": os.environ["COI_BIND"]})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
