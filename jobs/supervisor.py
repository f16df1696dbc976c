"""Keeps a number of worker processes alive, and ends them gently."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from django.db import connections

from jobs.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)
# Forked, so that the workers share the memory of what is already imported.
processes = multiprocessing.get_context("fork")
STOPS = (signal.SIGTERM, signal.SIGINT)


@dataclass(slots=True)
class Supervisor:
    queues: Sequence[str]
    number: int = 1
    max_tasks: int = 500
    children: list[Any] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopping:
            while len(self.children) < self.number and not self.stopping:
                # Held back, so that no stop falls between a child's birth and its handler.
                signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
                try:
                    self.children.append(self._start())
                finally:
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            wait([child.sentinel for child in self.children], timeout=1)
            self._bury()
        for child in self.children:
            child.join()

    def stop(self, *_signal: Any) -> None:
        """Pass the signal on: each worker finishes the task it has in hand."""
        self.stopping = True
        for child in self.children:
            if child.is_alive():
                os.kill(child.pid, signal.SIGTERM)

    def _start(self) -> Any:
        connections.close_all()  # a forked process must not share the parent's session
        child = processes.Process(target=_work, args=(self.queues, self.max_tasks))
        child.start()
        return child

    def _bury(self) -> None:
        for child in [child for child in self.children if not child.is_alive()]:
            self.children.remove(child)
            if child.exitcode and not self.stopping:
                logger.error("A worker process ended with status %s.", child.exitcode)
                time.sleep(1)


def _work(queues: Sequence[str], max_tasks: int) -> None:
    worker = Worker(queues, max_tasks=max_tasks)
    signal.signal(signal.SIGTERM, worker.stop)
    # Ctrl-C reaches the whole group: the parent turns it into the one SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    worker.run()
    sys.stdout.flush()
