"""The cells of the province's matrix: some hundred links a page, each put together by hand.

As nodes of a template they took most of the page's time.
"""

from functools import lru_cache

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mapping.province import MatrixCell, MatrixLine

register = template.Library()


@register.simple_tag
def province_cells(line: MatrixLine) -> SafeString:
    """One <td> an area; a cell leads to its rows in the map of the OPD."""
    if line.map_id is None:
        return mark_safe("<td>–</td>" * len(line.cells))  # noqa: S308 -- constant
    address = reverse("mapping:detail", args=[line.map_id])
    who = format_html('<span class="visually-hidden"> {}</span>', line.opd.short_name)
    cells = (
        _cell(cell, address, who, _("overdue")) if cell else "<td>–</td>" for cell in line.cells
    )
    return mark_safe("".join(cells))  # noqa: S308 -- joined from what format_html made


@lru_cache(maxsize=4096)
def _cell(cell: MatrixCell, address: str, who: SafeString, overdue: str) -> SafeString:
    late = format_html('<span class="map-word">{}: {}</span>', overdue, cell.overdue)
    return format_html(
        '<td class="map-band-{}"><a href="{}?mcsp={}#baris">{}{}</a>'
        '<span class="map-word">{} · {}</span>{}</td>',
        cell.band, address, cell.area, cell.magnitude, who, cell.label, cell.count,
        late if cell.overdue else "",
    )  # fmt: skip
