"""Steps on the terminal: one line each, with its seconds. Standard library only."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

IS_TERMINAL = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
WIDTH = 78


class Failure(Exception):  # noqa: N818 -- what the user reads, not a fault of the program
    """A step that can't go on; the text says what to do."""


class Step:
    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.started = time.monotonic()
        self.ended = threading.Event()

    def show_progress(self) -> None:
        while not self.ended.wait(0.2):
            seconds = time.monotonic() - self.started
            line = f"  … {self.title} ({seconds:.0f} s) {self.note}"
            sys.stdout.write(f"\r{line[:WIDTH]:<{WIDTH}}")
            sys.stdout.flush()

    def finish(self, mark: str) -> None:
        self.ended.set()
        seconds = time.monotonic() - self.started
        erase = f"\r{'':<{WIDTH}}\r" if IS_TERMINAL else ""
        print(f"{erase}  {mark} {self.title} ({seconds:.1f} s)", flush=True)


@contextmanager
def step(title: str) -> Iterator[Step]:
    current = Step(title)
    ticker = threading.Thread(target=current.show_progress, daemon=True)
    if IS_TERMINAL:
        ticker.start()
    else:
        print(f"  … {title}", flush=True)
    try:
        yield current
    except BaseException:
        _join(ticker, current)
        current.finish("✗")
        raise
    _join(ticker, current)
    current.finish("✓")


def _join(ticker: threading.Thread, current: Step) -> None:
    current.ended.set()
    if ticker.is_alive():
        ticker.join()


def call(
    command: Sequence[str | Path],
    *,
    log: Path,
    advice: str,
    current: Step | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> None:
    """Run a command into `log`, showing its newest line; a failure shows the end and an advice."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            cwd=folder,
        )
        assert process.stdout is not None  # noqa: S101 -- PIPE was asked for
        for line in process.stdout:
            file.write(line)
            if current:
                current.note = line.strip()
    if process.wait():
        raise Failure(f"{tail(log)}\n\n{advice}\nThe whole output: {log}")


def tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join(_without_frames(text.rstrip().splitlines())[-lines:])


def _without_frames(lines: list[str]) -> list[str]:
    """After a traceback only what the exception says: the frames are in the log."""
    begins = [number for number, line in enumerate(lines) if line.startswith("Traceback (")]
    if not begins:
        return lines
    rest = lines[begins[-1] + 1 :]
    return rest[next((n for n, line in enumerate(rest) if not line.startswith(" ")), 0) :]


def warn(text: str) -> None:
    print(f"  ! {text}", flush=True)


def exit_with(failure: BaseException) -> None:
    """The last words of a program that could not do its work."""
    print(f"\n{failure}", file=sys.stderr, flush=True)
    raise SystemExit(1)
