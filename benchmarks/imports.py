"""Rows a second of `import_people`: a first run, the same file again, and one with moves.

    python benchmarks/imports.py [--rows 12000] [--repeat 3] [--format xlsx]

Runs in the portal's database inside a transaction that is rolled back.
"""

import argparse
import datetime
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coi_portal.settings")
os.environ.setdefault("COI_ENVIRONMENT", "development")

import django

django.setup()

import itertools

from django.db import transaction

from common.spreadsheets import write_csv, write_xlsx
from people.importing import applying, checking, reading
from people.importing.columns import COLUMNS
from people.importing.faults import Faults
from people.models import Opd

HEADINGS = [column.heading for column in COLUMNS]
ON = datetime.date(2026, 11, 23)
A_SECTION = 40


def rows(number, opd, *, moved=0):
    """A head, sections of forty staff, their supervisors; the first `moved` people moved."""
    yield row(vacant=True, opd=opd, code="UJI", title="Kepala", level="JPT Pratama", above="")
    for section in range(-(-number // A_SECTION)):
        yield row(
            vacant=True,
            opd=opd,
            code=f"UJI.{section}",
            title=f"Kepala Seksi {section}",
            level="Pengawas",
            above="UJI",
        )
        yield row(
            vacant=True,
            opd=opd,
            code=f"UJI.{section}.P",
            title="Pengolah Data",
            level="Pelaksana",
            above=f"UJI.{section}",
        )
    for index in range(number):
        section = index // A_SECTION
        is_moved = index < moved
        if is_moved:
            section = (section + 1) % -(-number // A_SECTION)
        yield row(
            opd=opd,
            code=f"UJI.{section}.P",
            title="Pengolah Data",
            level="Pelaksana",
            above=f"UJI.{section}",
            index=index,
            start="01/06/2025" if is_moved else "01/02/2020",
        )


def row(*, opd, code, title, level, above, index=0, start="", vacant=False):
    born = datetime.date(1970, 1, 1) + datetime.timedelta(days=index // 900)
    cells = {
        "Kode OPD": opd,
        "Kode Jabatan": code,
        "Jabatan": title,
        "Jenjang": level,
        "Kode Jabatan Atasan": above,
    }
    if not vacant:
        cells |= {
            "NIP": f"{born:%Y%m%d}199803{1 + index % 2}{1 + index % 900:03d}",
            "Nama": f"Pegawai Uji {index}",
            "Gelar Belakang": "S.E., M.Si.",
            "Golongan": "III/c",
            "Email": f"pegawai{index}@uji.example.invalid",
            "Mulai": start,
            "Status": "PNS",
        }
    return [cells.get(heading, "") for heading in HEADINGS]


def write(path, content):
    with path.open("wb") as target:
        if path.suffix == ".xlsx":
            write_xlsx(target, HEADINGS, content)
        else:
            target.writelines(write_csv(HEADINGS, content))


def run(path):
    """Seconds of reading, checking and writing."""
    faults = Faults()
    marks = [time.perf_counter()]
    cells = reading.read(path, faults=faults)
    marks.append(time.perf_counter())
    plan = checking.check(cells, on=ON, faults=faults)
    marks.append(time.perf_counter())
    assert not plan.faults, list(plan.faults)[:3]
    applying.carry_out(plan, by=None)
    marks.append(time.perf_counter())
    return [after - before for before, after in itertools.pairwise(marks)], plan


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=12_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--format", choices=["csv", "xlsx"], default="xlsx")
    options = parser.parse_args()
    opd = Opd.objects.order_by("code").last().code
    results = {"first": [], "again": [], "moved": []}
    with tempfile.TemporaryDirectory() as folder:
        first, moved = (Path(folder) / f"{name}.{options.format}" for name in ("first", "moved"))
        content = [line[:] for line in rows(options.rows, opd)]
        content[0][HEADINGS.index("Jenjang")] = "Kepala Daerah"
        write(first, content)
        content = list(rows(options.rows, opd, moved=options.rows // 10))
        content[0][HEADINGS.index("Jenjang")] = "Kepala Daerah"
        write(moved, content)
        for _round in range(options.repeat):
            with transaction.atomic():
                for name, path in (("first", first), ("again", first), ("moved", moved)):
                    times, _plan = run(path)
                    results[name].append(times)
                transaction.set_rollback(True)
    print(f"{options.rows} people, {options.format}, median of {options.repeat}")
    for name, rounds in results.items():
        total = statistics.median(sum(times) for times in rounds)
        parts = [statistics.median(column) for column in zip(*rounds, strict=True)]
        print(
            f"{name:6} {total:6.2f} s  {options.rows / total:8,.0f} rows/s   "
            "read {:.2f}  check {:.2f}  write {:.2f}".format(*parts)
        )


if __name__ == "__main__":
    main()
