"""How the paper shows values: what changed since the last statement, widths of columns."""

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
    """Millimetres for all columns but the last, by what stands in them."""
    rows = [row.get("cells", []) for row in block["rows"]]
    weights = [
        _weight([title, *column]) for title, *column in zip(block["columns"], *rows, strict=True)
    ]
    room = GRID_MM - (MARK_MM if has_changes(block["rows"]) else 0)
    return [f"{room * weight / sum(weights):.1f}" for weight in weights[:-1]]


def _weight(texts: list[str]) -> int:
    """Letters that a column would like: its longest word, and more for longer texts."""
    word = max((len(each) for text in texts for each in text.split()), default=0)
    return max(7, min(word, 22) + 1, min(max(map(len, texts)), 28))


@register.filter
def are_questions(rows: list[dict[str, Any]]) -> bool:
    """Long questions with short answers: the question gets the room."""
    return any(len(row["label"]) > 48 for row in rows) and all(
        len(str(row.get("value") or "")) <= 24 and not row.get("before") for row in rows
    )


@register.filter
def nip(digits: str) -> str:
    return display(digits) if len(digits) == 18 and digits.isdigit() else digits
