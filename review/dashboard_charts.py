"""The pictures of the province's page; like `review.charts`, classes only, a table beneath."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from review import charts

LINE = 22
# Longer names stand above their bar instead of beside it.
LONGEST_BESIDE, TALL_LINE = 16, 40
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


def rows(
    items: Sequence[Row], *, title: Any, description: Any, chart_id: str, shares: bool
) -> SafeString:
    """Bars of parts under each other; with `shares` each bar is as long as the others."""
    sums = [sum(number for _css, number in item.parts) for item in items]
    most = max(sums, default=0) or 1
    is_tall = any(len(item.label) > LONGEST_BESIDE for item in items)
    step = TALL_LINE if is_tall else LINE
    names, bars = [], []
    for place, (item, total) in enumerate(zip(items, sums, strict=True)):
        top = step * place + 2
        names.append(
            (_above(top, item.label) if is_tall else charts.name_at(top + 14, item.label),)
        )
        bars.append((_row(top + step - LINE, item, total=total if shares else most),))
    words, drawn = format_html_join("", "{}", names), format_html_join("", "{}", bars)
    height = step * len(items) + 4
    picture = charts.frame(
        "chart-rows", height, title=title, description=description, chart_id=chart_id,
        body=format_html("{}{}", words, drawn) if is_tall else drawn,
    )  # fmt: skip
    return picture if is_tall else charts.beside_names(words, height, picture)


def _above(top: int, words: str) -> SafeString:
    return format_html('<text class="chart-label" x="0" y="{}">{}</text>', top + 14, words)


def _row(top: int, item: Row, *, total: int) -> SafeString:
    return format_html(
        '{}<text class="chart-tick" x="100%" dx="8" y="{}">{}</text>',
        charts.parts_of(item.parts, total=total, top=top + 2, height=LINE - 6), top + 14,
        item.figure,
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
    step = 100 / max(len(items), FEWEST_COLUMNS)
    bottom = HEAD + COLUMNS_HEIGHT
    bars, ticks = [], []
    for position, item in enumerate(items):
        height = max(COLUMNS_HEIGHT * item.number / most, 1)
        if item.number:
            left, width = f"{(position + 0.1) * step:.2f}%", f"{0.8 * step:.2f}%"
            bars.append((item.css, left, f"{bottom - height:.1f}", width, f"{height:.1f}"))
        if item.tick:
            ticks.append((f"{(position + 0.5) * step:.2f}%", bottom + 14, item.tick))
    highest = max(range(len(items)), key=lambda n: items[n].number, default=0)
    body = format_html(
        '<line class="chart-grid" x1="0" y1="{}" x2="100%" y2="{}"></line>{}{}{}',
        bottom, bottom,
        format_html_join(
            "", '<rect class="chart-part {}" x="{}" y="{}" width="{}" height="{}"></rect>', bars
        ),
        format_html_join(
            "", '<text class="chart-tick" x="{}" y="{}" text-anchor="middle">{}</text>', ticks
        ),
        _top_figure(items, highest, step),
    )  # fmt: skip
    return charts.frame(
        "chart-columns", bottom + FOOT,
        title=title, description=description, chart_id=chart_id, body=body,
    )  # fmt: skip


def _top_figure(items: Sequence[Column], highest: int, step: float) -> SafeString | str:
    if not items or not items[highest].number:
        return ""
    x = min(max((highest + 0.5) * step, 4), 96)
    return format_html(
        '<text class="chart-tick" x="{}%" y="{}" text-anchor="middle">{}</text>',
        f"{x:.2f}", HEAD - 4, items[highest].number,
    )  # fmt: skip


def years_of(months: Sequence[datetime.date]) -> list[str]:
    """The tick of each month: its year beneath each January, and the first month's where the
    next January is far enough for both to be read."""
    room = any(month.month == 1 for month in months[:LEAST_BETWEEN])
    return [
        str(month.year) if month.month == 1 or (place == 0 and not room) else ""
        for place, month in enumerate(months)
    ]
