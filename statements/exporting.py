"""A year's documents of one OPD as files and an index, made by several processes.

Memory stays flat: the numbers go out in small batches, each process is replaced after a few
hundred documents, and nothing but one row of the index comes back for each.
"""

from __future__ import annotations

import csv
import datetime
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import astuple, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django import db
from django.conf import settings
from django.utils import timezone

from statements import files, processes, production
from statements.models import Document
from statements.states import SignatureState, State

if TYPE_CHECKING:
    from people.models import Opd

BATCH = 20
BATCHES_A_PROCESS = 20
# What a spreadsheet would take for a formula, and what hides one behind a space.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
INDEX = "index.csv"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the index."""

    number: str
    kind: str
    title: str
    name: str
    nip: str
    state: str
    signed_at: str
    file: str
    sha256: str
    size: str
    error: str = ""


def export(*, opd: Opd, year: int, folder: Path, workers: int) -> Iterator[Row]:
    """Write the files, yield a row for each as it is done, and the index at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = Document.objects.for_year(opd=opd, year=year).order_by("number").values_list("pk")
    rows: list[Row] = []
    for row in _in_processes(keys.iterator(chunk_size=1000), folder, workers):
        rows.append(row)
        yield row
    write_index(folder, sorted(rows, key=lambda row: row.number))


def write_index(folder: Path, rows: list[Row]) -> None:
    temporary = folder / f".{INDEX}.part"
    with temporary.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow([field.name for field in fields(Row)])
        writer.writerows([safe_cell(value) for value in astuple(row)] for row in rows)
    temporary.replace(folder / INDEX)


def safe_cell(value: str) -> str:
    """Text that a spreadsheet shows and never computes."""
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value


def _in_processes(keys: Iterator[tuple], folder: Path, workers: int) -> Iterator[Row]:
    """At most two batches a worker are under way, whatever the number of documents."""
    if workers == 1:
        for (key,) in keys:
            yield export_one(key, folder)
        return
    with ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("forkserver"),
        initializer=processes.start,
        initargs=(
            {"NAME": db.connections.settings["default"]["NAME"]},
            settings.SIGNING,
            settings.STORAGES,
        ),
        max_tasks_per_child=BATCHES_A_PROCESS,
    ) as pool:
        batches = iter(lambda: [key for (key,) in islice(keys, BATCH)], [])
        running = {pool.submit(_export_batch, b, folder) for b in islice(batches, 2 * workers)}
        while running:
            done = next(as_completed(running))
            running.remove(done)
            running |= {pool.submit(_export_batch, b, folder) for b in islice(batches, 1)}
            yield from done.result()


def _export_batch(keys: list, folder: Path) -> list[Row]:
    rows = [export_one(key, folder) for key in keys]
    db.close_old_connections()
    return rows


def export_one(key: object, folder: Path) -> Row:
    """One document: made if it is still waiting, then written under its number."""
    document = Document.objects.select_related("subject").get(pk=key)
    error = ""
    waiting = document.signatures.exclude(state=SignatureState.SIGNED).exists()
    if waiting and document.state in (State.PENDING, State.FAILED, State.SIGNED):
        try:
            document = production.render_and_sign(document.pk)
        except Exception as problem:
            error = type(problem).__name__
    name = ""
    if document.is_ready:
        try:
            name = _write(folder, document.download_name, files.load(document.file_sha256))
        except files.DamagedFileError as problem:
            error = str(problem)
    return _row(document, name, error)


def _row(document: Document, name: str, error: str) -> Row:
    person = document.data["person"]
    return Row(
        number=document.number,
        kind=document.kind,
        title=document.title,
        name=person.get("name", ""),
        nip=person.get("nip", ""),
        state=str(document.state),
        signed_at=_instant(document.signed_at),
        file=name,
        sha256=document.file_sha256,
        size=str(document.file_size or ""),
        error=error,
    )


def _instant(moment: datetime.datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _write(folder: Path, name: str, data: bytes) -> str:
    temporary = folder / f".{name}.part"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    temporary.replace(folder / name)
    return name
