"""The OPDs and holidays that every instance begins with.

Rows that exist stay as they are: an OPD whose code was ever used is left alone, and so is every
year in which the table of holidays has an entry.
"""

import csv
import datetime
from pathlib import Path

from people.models import Holiday, Opd

FOLDER = Path(__file__).parent / "reference"
# The regional regulation on the present agencies came into force with the year 2017.
FIRST_DAY = datetime.date(2017, 1, 1)


def load() -> None:
    load_opds()
    load_holidays()


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_opds() -> None:
    rows = _rows("opd.csv")
    known = dict(Opd.objects.order_by("valid_from").values_list("code", "pk"))
    whole = {row["kode"] for row in rows}
    # A code of a part is that of the whole, a dot and two digits: wholes first.
    for is_part in (False, True):
        made = Opd.objects.bulk_create(
            _opd(row, known)
            for row in rows
            if row["kode"] not in known and (_parent_code(row["kode"]) in whole) is is_part
        )
        known |= {opd.code: opd.pk for opd in made}


def _parent_code(code: str) -> str:
    return code.rpartition(".")[0]


def _opd(row: dict[str, str], known: dict[str, int]) -> Opd:
    return Opd(
        code=row["kode"],
        name=row["nama"],
        short_name=row["singkatan"],
        kind=row["jenis"],
        parent_id=known.get(_parent_code(row["kode"])),
        valid_from=FIRST_DAY,
    )


def load_holidays() -> None:
    years = set(Holiday.objects.values_list("on__year", flat=True).order_by().distinct())
    holidays = [
        Holiday(
            on=datetime.date.fromisoformat(row["tanggal"]),
            name=row["nama"],
            kind=row["jenis"],
            is_confirmed=row["pasti"] == "ya",
        )
        for row in _rows("holidays.csv")
    ]
    Holiday.objects.bulk_create(
        [holiday for holiday in holidays if holiday.on.year not in years], ignore_conflicts=True
    )
