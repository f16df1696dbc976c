"""Pictures as SVG, made on the server: classes only, so that colours follow the scheme.

Places across are shares of the width and the letters keep their size, so a picture is as wide as
the screen and legible on a phone. Every picture has a title and a description for those who can't
see it, and its figures stand in a table beneath it.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# Ratios are drawn up to three times the peers' rate; further ones end in an arrow.
MOST = 3.0
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


def frame(
    kind: str, height: int, *, title: Any, description: Any, chart_id: str, body: SafeString
) -> SafeString:
    return format_html(
        '<svg class="chart {}" role="img" width="100%" height="{}" '
        'aria-labelledby="{}-title {}-text"><title id="{}-title">{}</title>'
        '<desc id="{}-text">{}</desc>{}</svg>',
        kind, height, chart_id, chart_id, chart_id, title, chart_id, description, body,
    )  # fmt: skip


def beside_names(names: SafeString, height: int, picture: SafeString) -> SafeString:
    """Names in a column of their own; the widths stand in the style sheet."""
    return format_html(
        '<div class="chart-sides"><svg class="chart-names" height="{}" aria-hidden="true">{}</svg>'
        "{}</div>",
        height, names, picture,
    )  # fmt: skip


def name_at(y: int, words: str) -> SafeString:
    return format_html(
        '<text class="chart-label" x="100%" y="{}" text-anchor="end">{}</text>', y, words
    )


def dots(items: list[Dot], *, title: Any, description: Any, chart_id: str) -> SafeString:
    """Points with intervals on one scale; the line at 1 is the peers."""
    height = TOP + LINE * len(items) + BOTTOM
    middles = [TOP + LINE * number + LINE // 2 for number in range(len(items))]
    names = format_html_join(
        "",
        "{}",
        ((name_at(y + 5, item.label),) for y, item in zip(middles, items, strict=True)),
    )
    lines = format_html_join(
        "", "{}", ((_line(y, item),) for y, item in zip(middles, items, strict=True))
    )
    picture = frame(
        "chart-dots", height, title=title, description=description, chart_id=chart_id,
        body=format_html("{}{}", _scale(height), lines),
    )  # fmt: skip
    return beside_names(names, height, picture)


def _x(value: float) -> str:
    return f"{100 * min(max(value, 0.0), MOST) / MOST:.2f}%"


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


def _line(y: int, item: Dot) -> SafeString:
    kind = "chart-dot chart-dot-marked" if item.is_marked else "chart-dot"
    # A diamond, not only another colour, marks what deserves a look.
    point = (
        _shape(kind, item.value, y, "M0 -7l7 7l-7 7l-7 -7z")
        if item.is_marked
        else format_html(
            '<circle class="{}" cx="{}" cy="{}" r="5"></circle>', kind, _x(item.value), y
        )
    )
    arrow = _shape("chart-interval", MOST, y, "M0 -4l6 4l-6 4") if item.high > MOST else ""
    return format_html(
        '<line class="chart-interval" x1="{}" y1="{}" x2="{}" y2="{}"></line>{}{}',
        _x(item.low), y, _x(item.high), y, arrow, point,
    )  # fmt: skip


def _shape(kind: str, value: float, y: int, path: str) -> SafeString:
    """A path knows no shares of the width; the frame around it does."""
    return format_html(
        '<svg class="chart-shape" x="{}" y="{}"><path class="{}" d="{}"></path></svg>',
        _x(value), y, kind, path,
    )  # fmt: skip


def bar(
    parts: list[tuple[str, int]], *, title: Any, description: Any, chart_id: str
) -> SafeString:
    """One bar of parts, (class, number) each, side by side."""
    return frame(
        "chart-bar", 26, title=title, description=description, chart_id=chart_id,
        body=parts_of(parts, total=sum(number for _css, number in parts), top=2, height=22),
    )  # fmt: skip


def parts_of(
    parts: list[tuple[str, int]] | tuple[tuple[str, int], ...],
    *,
    total: int,
    top: int,
    height: int,
) -> SafeString:
    left, drawn = 0.0, []
    for css, number in parts:
        width = 100 * number / (total or 1)
        if number:
            drawn.append((css, f"{left:.2f}%", top, f"{max(width, 0.4):.2f}%", height))
        left += width
    return format_html_join(
        "", '<rect class="chart-part {}" x="{}" y="{}" width="{}" height="{}"></rect>', drawn
    )
