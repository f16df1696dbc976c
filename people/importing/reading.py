"""From a file to rows of cells under known columns.

The dangers of the file itself (bombs, formulas, merged cells, size) are judged by
`common.spreadsheets`; here the headings are found and the cells put under them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from people.importing.columns import COLUMNS, key_of
from people.importing.faults import Faults

MOST_ROWS = 100_000
HEADING_SEARCHED = 10

Numbered = tuple[int, dict[str, Any]]


def place(headings: list[Any], number: int, faults: Faults) -> dict[int, str]:
    """Position → key of the headings in row `number`; each unknown or missing one is a fault."""
    places: dict[int, str] = {}
    for position, heading in enumerate(headings):
        if heading is None or not str(heading).strip():
            continue
        key = key_of(heading)
        if key is None:
            faults.add(
                number, "", _("The column “%s” is not known.") % str(heading).strip()[:60]
            )
        elif key in places.values():
            faults.add(number, key, _("This column stands twice in the file."))
        else:
            places[position] = key
    missing = [c.heading for c in COLUMNS if c.is_required and c.key not in places.values()]
    if missing:
        faults.add(number, "", _("These columns are missing: %s.") % ", ".join(missing))
    return places
