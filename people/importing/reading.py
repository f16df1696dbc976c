"""From a file to cells under known columns.

The dangers of the file itself (bombs, formulas, merged cells, sizes) are judged by
`common.spreadsheets`; here the headings are recognised and the cells put under them.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from common.spreadsheets import Limits, SpreadsheetError, Table, read_table
from people.importing.columns import COLUMNS, key_of
from people.importing.faults import MOST_KEPT, Faults

LIMITS = Limits(rows=100_000, columns=60, faults=MOST_KEPT, file_bytes=60 * 1024 * 1024)

Numbered = tuple[int, dict[str, str]]

__all__ = ["LIMITS", "Numbered", "SpreadsheetError", "read"]


def read(source: Any, *, name: str = "", faults: Faults) -> list[Numbered]:
    """The filled rows with their numbers; raises `SpreadsheetError` for no table at all."""
    table = read_table(source, name=name, limits=LIMITS)
    keys = _place(table)
    for fault in table.faults:
        faults.add(fault.row, key_of(fault.column) or "", fault.message)
    faults.count += table.faults_left_out
    rows = [
        (row.number, {keys[heading]: text for heading, text in row.cells.items() if text})
        for row in table.rows
    ]
    if not rows:
        raise SpreadsheetError(_("The file has headings but no rows."))
    return rows


def _place(table: Table) -> dict[str, str]:
    """Heading → key of its column; unknown, repeated and missing ones refuse the file."""
    keys: dict[str, str] = {}
    for heading in filter(None, table.headings):
        key = key_of(heading)
        if key is None:
            raise SpreadsheetError(
                _("The column “%(name)s” is not known. Use the headings of the template.")
                % {"name": heading[:60]}
            )
        if key in keys.values():
            raise SpreadsheetError(_("The column “%s” stands twice in the file.") % heading)
        keys[heading] = key
    missing = [column.heading for column in COLUMNS if column.is_required]
    missing = [heading for heading in missing if key_of(heading) not in keys.values()]
    if missing:
        raise SpreadsheetError(
            _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    return keys
