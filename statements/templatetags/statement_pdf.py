"""How the paper shows values: what changed since the last statement, widths of columns."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from people.nip import display

register = template.Library()

# About twelve lines: what is shorter stays together on its page.
LONG = 800
# Columns beside the number and the mark of a change; the last one takes what is left.
GRID_MM = 160
MARK_MM = 21
# A bold letter of the grid, and what surrounds the text of a cell.
LETTER_MM, CELL_MM = 1.95, 3.4
CHANGES = {"added": "Baru", "changed": "Berubah", "removed": "Dihapus"}


@register.filter
def change_word(change: str) -> str:
    return CHANGES.get(change, "")


@register.filter
def change_class(change: str | None) -> str:
    return change if change in CHANGES else ""


@register.filter
def row_class(row: dict[str, Any]) -> str:
    """How the row changed, and whether it may go on over the page."""
    is_long = len(str(row.get("value") or "")) + len(str(row.get("before") or "")) > LONG
    return " ".join(filter(None, (change_class(row.get("change")), "long" if is_long else "")))


@register.filter
def lines(text: str) -> SafeString:
    """Django's `linebreaksbr`, as XML."""
    return format_html_join(mark_safe("<br/>"), "{}", ((line,) for line in str(text).splitlines()))


@register.filter
def has_changes(rows: list[dict[str, Any]]) -> bool:
    return any(row.get("change") in CHANGES for row in rows)


@register.filter
def cells(row: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Each cell with what stood there before, where that differs, and its shade (0: none)."""
    values = row.get("cells", [])
    nothing = len(values)
    before, bands = row.get("before") or [""] * nothing, row.get("bands") or [0] * nothing
    found = zip(values, before, bands, strict=False)
    return [(value, old if old != value else "", band) for value, old, band in found]


@register.filter
def column_widths(block: dict[str, Any]) -> list[str]:
    """Millimetres for all columns but the last: their longest words, then by their texts."""
    rows = [row.get("cells", []) for row in block["rows"]]
    columns = [list(map(str, column)) for column in zip(block["columns"], *rows, strict=True)]
    room = GRID_MM - (MARK_MM if has_changes(block["rows"]) else 0)
    least = [_longest_word(column) * LETTER_MM + CELL_MM for column in columns]
    wanted = [min(max(map(len, column)), 30) for column in columns]
    left = max(0, room - sum(least))
    scale = min(1, room / sum(least))
    widths = [
        scale * width + left * more / max(1, sum(wanted))
        for width, more in zip(least, wanted, strict=True)
    ]
    return [f"{width:.1f}" for width in widths[:-1]]


def _longest_word(texts: Iterable[str]) -> int:
    """At most as long as a number that can't be broken."""
    return min(18, max((len(word) for text in texts for word in text.split()), default=1))


@register.filter
def are_questions(rows: list[dict[str, Any]]) -> bool:
    """Mostly long questions with short answers: the question gets the room."""
    long = sum(len(row["label"]) > 44 for row in rows)
    return 2 * long > len(rows) and all(
        len(str(row.get("value") or "")) <= 24 and not row.get("before") for row in rows
    )


@register.filter
def nip(digits: str) -> str:
    return display(digits) if len(digits) == 18 and digits.isdigit() else digits
