"""The path from a person to a finding as SVG, made on the server: a column that fits a phone."""

import textwrap
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# As wide as a phone leaves it, so that the letters are not made smaller there.
WIDTH, BOX, GAP, LINE, SMALL_LINE = 290, 20, 46, 17, 14
# Left of the middle, so that the words beside an arrow have room.
ARROW = 72
# What fits into a box, and beside an arrow.
LETTERS, EDGE_LETTERS = 32, 24


def draw(path: dict[str, Any], *, title: Any, description: Any, chart_id: str) -> SafeString:
    """Boxes from top to bottom, each with the words of the edge that leads to it."""
    labels = {edge["to"]: edge["label"] for edge in path.get("edges", ())}
    top, parts = 4, []
    for node in path.get("nodes", ()):
        if node["id"] in labels:
            words = textwrap.wrap(labels[node["id"]], EDGE_LETTERS)[:4]
            parts.append(_edge(top, words))
            top += _edge_height(words)
        lines = textwrap.wrap(node["label"], LETTERS)[:3] or ["–"]
        height = BOX + LINE * len(lines)
        parts.append(_box(top, height, lines, node["kind"]))
        top += height
    return format_html(
        '<svg class="chart chart-path" role="img" viewBox="0 0 {} {}" '
        'aria-labelledby="{}-title {}-text"><title id="{}-title">{}</title>'
        '<desc id="{}-text">{}</desc>{}</svg>',
        WIDTH, top + 4, chart_id, chart_id, chart_id, title, chart_id, description,
        format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _box(top: int, height: int, lines: list[str], kind: str) -> SafeString:
    is_end = kind in ("missing", "date", "sum")
    texts = (
        (WIDTH // 2, top + BOX // 2 + LINE * number + 13, line)
        for number, line in enumerate(lines)
    )
    return format_html(
        '<rect class="chart-node{}" x="10" y="{}" width="{}" height="{}" rx="8"></rect>{}',
        " chart-node-end" if is_end else "",
        top,
        WIDTH - 20,
        height,
        format_html_join(
            "", '<text class="chart-label" x="{}" y="{}" text-anchor="middle">{}</text>', texts
        ),
    )


def _edge(top: int, lines: list[str]) -> SafeString:
    """An arrow with its words beside it; as long as they need."""
    height = _edge_height(lines)
    first = top + height // 2 + 4 - (len(lines) - 1) * SMALL_LINE // 2
    texts = ((ARROW + 14, first + SMALL_LINE * number, line) for number, line in enumerate(lines))
    return format_html(
        '<path class="chart-interval" d="M{} {}v{}m-6 -7l6 7l6 -7"></path>{}',
        ARROW, top + 2, height - 6,
        format_html_join("", '<text class="chart-tick" x="{}" y="{}">{}</text>', texts),
    )  # fmt: skip


def _edge_height(lines: list[str]) -> int:
    return max(GAP, SMALL_LINE * len(lines) + 12)
