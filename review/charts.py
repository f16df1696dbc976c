"""Pictures as SVG, made on the server: classes only, so that colours follow the scheme.

Every picture has a title and a description for those who can't see it, and its figures stand in
a table beneath it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Ratios are drawn up to three times the peers' rate; further ones end in an arrow.
MOST = 3.0
WIDTH, LABELS, RIGHT = 720, 210, 16
LINE, TOP, BOTTOM = 22, 26, 30


@dataclass(frozen=True, slots=True)
class Dot:
    """One line of the picture: a point in its interval, and where it leads."""

    label: str
    value: float
    low: float
    high: float
    url: str = ""
    is_marked: bool = False


def dots(items: list[Dot], *, title: Any, description: Any, chart_id: str) -> SafeString:
    """Points with intervals on one scale; the line at 1 is the peers."""
    height = TOP + LINE * len(items) + BOTTOM
    return format_html(
        '<svg class="chart chart-dots" role="img" viewBox="0 0 {} {}" '
        'aria-labelledby="{}-title {}-text"><title id="{}-title">{}</title>'
        '<desc id="{}-text">{}</desc>{}{}</svg>',
        WIDTH, height, chart_id, chart_id, chart_id, title, chart_id, description,
        _scale(height),
        format_html_join("", "{}", ((_line(n, item),) for n, item in enumerate(items))),
    )  # fmt: skip


def _x(value: float) -> str:
    share = min(max(value, 0.0), MOST) / MOST
    return f"{LABELS + share * (WIDTH - LABELS - RIGHT):.1f}"


def _scale(height: int) -> SafeString:
    bottom = height - BOTTOM
    marks = (
        (
            "chart-peers" if value == 1 else "chart-grid",
            _x(value), TOP - 6, _x(value), bottom,
            _x(value), bottom + 18, f"{value:g}".replace(".", ","),
        )
        for value in (0, 0.5, 1, 1.5, 2, 2.5, 3)
    )  # fmt: skip
    return format_html_join(
        "",
        '<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"></line>'
        '<text class="chart-tick" x="{}" y="{}" text-anchor="middle">{}×</text>',
        marks,
    )


def _line(number: int, item: Dot) -> SafeString:
    y = TOP + LINE * number + LINE // 2
    name = item.label if len(item.label) <= 28 else f"{item.label[:27]}…"
    kind = "chart-dot chart-dot-marked" if item.is_marked else "chart-dot"
    # A diamond, not only another colour, marks what deserves a look.
    x = float(_x(item.value))
    point = (
        format_html('<path class="{}" d="M{} {}l7 7l-7 7l-7-7z"></path>', kind, x, y - 7)
        if item.is_marked
        else format_html('<circle class="{}" cx="{}" cy="{}" r="5"></circle>', kind, x, y)
    )
    arrow = (
        format_html('<path class="chart-interval" d="M{} {}l6 4l-6 4"></path>', _x(MOST), y - 4)
        if item.high > MOST
        else ""
    )
    return format_html(
        '<text class="chart-label" x="{}" y="{}" text-anchor="end">{}</text>'
        '<line class="chart-interval" x1="{}" y1="{}" x2="{}" y2="{}"></line>{}{}',
        LABELS - 12, y + 5, name, _x(item.low), y, _x(item.high), y, arrow, point,
    )  # fmt: skip


def bar(
    parts: list[tuple[str, int]], *, title: Any, description: Any, chart_id: str
) -> SafeString:
    """One bar of parts, (class, number) each, side by side."""
    total = sum(number for _css, number in parts) or 1
    left, drawn = 0.0, []
    for css, number in parts:
        width = WIDTH * number / total
        if number:
            drawn.append((css, f"{left:.1f}", f"{max(width - 2, 1):.1f}"))
        left += width
    return format_html(
        '<svg class="chart chart-bar" role="img" viewBox="0 0 {} 26" '
        'aria-labelledby="{}-title {}-text"><title id="{}-title">{}</title>'
        '<desc id="{}-text">{}</desc>{}</svg>',
        WIDTH, chart_id, chart_id, chart_id, title, chart_id, description,
        format_html_join(
            "", '<rect class="chart-part {}" x="{}" y="2" width="{}" height="22"></rect>', drawn
        ),
    )  # fmt: skip
