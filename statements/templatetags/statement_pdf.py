"""Small words of the paper: what changed since the last statement."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# About twelve lines: what is shorter stays together on its page.
LONG = 800
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
