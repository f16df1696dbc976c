"""The pictures of the province's page; like `review.charts`, classes only, a table beneath."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 720
LABELS, FIGURES = 210, 60
LINE = 22
COLUMNS_HEIGHT, FOOT, HEAD = 90, 18, 16
# Fewer columns than this would be drawn as wide as doors.
FEWEST_COLUMNS = 12
LEAST_BETWEEN = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One line of stacked parts, (class, number) each, and the figure at its end."""

    label: str
    parts: tuple[tuple[str, int], ...]
    figure: str


def _frame(
    kind: str, height: int, *, title: Any, description: Any, chart_id: str, body: SafeString
) -> SafeString:
    return format_html(
        '<svg class="chart {}" role="img" viewBox="0 0 {} {}" aria-labelledby="{}-title {}-text">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>{}</svg>',
        kind, WIDTH, height, chart_id, chart_id, chart_id, title, chart_id, description, body,
    )  # fmt: skip


def rows(
    items: Sequence[Row], *, title: Any, description: Any, chart_id: str, shares: bool
) -> SafeString:
    """Bars of parts under each other; with `shares` each bar is as long as the others."""
    most = max((sum(n for _css, n in item.parts) for item in items), default=0) or 1
    body = format_html_join(
        "",
        "{}",
        ((_row(number, item, most=0 if shares else most),) for number, item in enumerate(items)),
    )
    return _frame(
        "chart-rows", LINE * len(items) + 4,
        title=title, description=description, chart_id=chart_id, body=body,
    )  # fmt: skip


def _row(number: int, item: Row, *, most: int) -> SafeString:
    top = LINE * number + 2
    total = most or sum(n for _css, n in item.parts) or 1
    room = WIDTH - LABELS - FIGURES
    left, drawn = float(LABELS), []
    for css, each in item.parts:
        width = room * each / total
        if each:
            drawn.append((css, f"{left:.1f}", top + 2, f"{max(width - 1, 1):.1f}", LINE - 6))
        left += width
    name = item.label if len(item.label) <= 28 else f"{item.label[:27]}…"
    return format_html(
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>{}'
        '<text class="chart-tick" x="{}" y="{}">{}</text>',
        LABELS - 8, top + 14, name,
        format_html_join(
            "", '<rect class="chart-part {}" x="{}" y="{}" width="{}" height="{}"></rect>', drawn
        ),
        WIDTH - FIGURES + 8, top + 14, item.figure,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One upright bar; `tick` stands beneath it, `is_marked` gives it another fill and a dash."""

    number: int
    tick: str = ""
    css: str = "chart-part-plain"


def columns(items: Sequence[Column], *, title: Any, description: Any, chart_id: str) -> SafeString:
    """Upright bars side by side, the highest number written at its top."""
    most = max((item.number for item in items), default=0) or 1
    step = WIDTH / max(len(items), FEWEST_COLUMNS)
    bottom = HEAD + COLUMNS_HEIGHT
    bars, ticks = [], []
    for position, item in enumerate(items):
        height = COLUMNS_HEIGHT * item.number / most
        if item.number:
            top = f"{bottom - max(height, 1):.1f}"
            left, width = f"{position * step + 1:.1f}", f"{step - 2:.1f}"
            bars.append((item.css, left, top, width, f"{max(height, 1):.1f}"))
        if item.tick:
            ticks.append((f"{position * step + step / 2:.1f}", bottom + 14, item.tick))
    highest = max(range(len(items)), key=lambda n: items[n].number, default=0)
    body = format_html(
        '<line class="chart-grid" x1="0" y1="{}" x2="{}" y2="{}"></line>{}{}{}',
        bottom, WIDTH, bottom,
        format_html_join(
            "", '<rect class="chart-part {}" x="{}" y="{}" width="{}" height="{}"></rect>', bars
        ),
        format_html_join(
            "", '<text class="chart-tick" x="{}" y="{}" text-anchor="middle">{}</text>', ticks
        ),
        _top_figure(items, highest, step),
    )  # fmt: skip
    return _frame(
        "chart-columns", bottom + FOOT,
        title=title, description=description, chart_id=chart_id, body=body,
    )  # fmt: skip


def _top_figure(items: Sequence[Column], highest: int, step: float) -> SafeString | str:
    if not items or not items[highest].number:
        return ""
    x = min(max(highest * step + step / 2, 24), WIDTH - 24)
    return format_html(
        '<text class="chart-tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        f"{x:.1f}", HEAD - 4, items[highest].number,
    )  # fmt: skip


def years_of(months: Sequence[datetime.date]) -> list[str]:
    """The tick of each month: its year beneath each January, and the first month's where the
    next January is far enough for both to be read."""
    room = any(month.month == 1 for month in months[:LEAST_BETWEEN])
    return [
        str(month.year) if month.month == 1 or (place == 0 and not room) else ""
        for place, month in enumerate(months)
    ]
