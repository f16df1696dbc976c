"""The whole check of a file's cells: every cell, the file against itself, against the database."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from people.importing import parsing, planning
from people.importing.faults import Faults
from people.importing.planning import Plan
from people.importing.reading import Numbered
from people.models import User


def check(
    cells: Iterable[Numbered],
    *,
    on: datetime.date,
    faults: Faults | None = None,
    by: User | None = None,
) -> Plan:
    """Plan the import of `cells`; `plan.faults` says all that is wrong."""
    faults = faults if faults is not None else Faults()
    rows = parsing.parse_rows(cells, on=on, faults=faults)
    return planning.make(rows, on=on, faults=faults, by=by)
