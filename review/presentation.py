"""Figures of `review` as the templates and pictures want them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mapping.models.rows import McspArea
from people.models import Opd
from review import charts, silence
from review.services.desk import Compliance
from review.services.reality import COLUMNS, ProvinceReality
from review.services.rows import NO_AREA

# From this probability on a dot is drawn as a diamond and named in words.
WORTH_A_LOOK = silence.WORTH_A_LOOK


def columns() -> list[str]:
    return [str(McspArea(key).label) if key != NO_AREA else _("No area named") for key in COLUMNS]


def matrix(
    reality: ProvinceReality, *, measure: str, kind: str, year: int
) -> list[dict[str, Any]]:
    """Lines of cells; a number links to its rows, nothing links nowhere."""
    lines = []
    names = dict(zip(COLUMNS, columns(), strict=True))
    for line in reality.lines:
        address = reverse("review:opd_rows", args=[line.opd.pk])
        cells = []
        for key in COLUMNS:
            cell = line.cells[key]
            number = getattr(cell, measure)
            query = urlencode({"jenis": kind, "tahun": str(year), "mcsp": key})
            cells.append(
                {
                    "number": number,
                    "rank": cell.rank,
                    "url": f"{address}?{query}" if number else "",
                    "lacks": bool(cell.lacking),
                    "is_quiet": bool(cell.quiet),
                    "column": names[key],
                }
            )
        query = urlencode({"jenis": kind, "tahun": str(year)})
        lines.append(
            {
                "opd": line.opd,
                "has_map": line.has_map,
                "cells": cells,
                "total": line.total(measure),
                "total_url": f"{address}?{query}",
            }
        )
    return lines


@dataclass(frozen=True, slots=True)
class PeersPicture:
    """The picture and the table beneath it; `rows` are (estimate, OPD, in words)."""

    svg: SafeString
    rows: list[tuple[silence.Estimate, Opd, str]]
    suppressed: int
    shows_counts: bool


def silence_results() -> list[dict[str, str]]:
    """What `benchmarks/silent_units.py` found, 100 provinces a line; `docs/silent-units.md`."""
    plain = ((15, 100, 88.7), (30, 100, 89.2), (45, 97, 89.2), (60, 76, 90.4))
    lines = [(f"{spread}%", found, covered) for spread, found, covered in plain]
    lines += [
        (_("45%, of another shape than the model's"), 100, 90.3),
        (_("30%, with a third of the exposure"), 93, 90.2),
    ]
    return [
        {"words": words, "found": f"{found}%", "covered": f"{number_format(covered)}%"}
        for words, found, covered in lines
    ]


def peers_picture(
    comparison: silence.Comparison | None, opds: dict[int, Opd], *, shows_counts: bool = True
) -> PeersPicture | None:
    """Of the OPDs given, those with enough exposure; None when there is nothing to draw."""
    if comparison is None:
        return None
    known = [e for e in comparison.estimates if e.key in opds]
    shown = [e for e in known if not e.is_suppressed]
    if not shown:
        return None
    items = [
        charts.Dot(
            label=opds[e.key].short_name,
            value=e.ratio,
            low=e.low,
            high=e.high,
            is_marked=e.silent >= WORTH_A_LOOK,
        )
        for e in shown
    ]
    svg = charts.dots(
        items,
        title=_("Declared conflicts compared with peers of the same exposure"),
        description=_(
            "A point for each OPD with its 90% interval; 1 is as many as the peers. "
            "The same figures stand in the table beneath."
        ),
        chart_id="peers",
    )
    return PeersPicture(
        svg=svg,
        rows=[(e, opds[e.key], in_words(e)) for e in shown],
        suppressed=len(known) - len(shown),
        shows_counts=shows_counts,
    )


def in_words(estimate: silence.Estimate) -> str:
    """What the interval allows to say, and no more."""
    if estimate.silent >= WORTH_A_LOOK:
        return _("Probably far fewer than peers: worth a conversation")
    if estimate.high < 1:
        return _("Fewer than peers")
    if estimate.low > 1:
        return _("More than peers")
    return _("No difference can be told")


def compliance_bar(compliance: Compliance) -> SafeString | str:
    if not compliance.obliged:
        return ""
    description = _(
        "%(in_time)s signed in time, %(late)s signed late, %(missing)s not yet signed."
    ) % {
        "in_time": compliance.in_time,
        "late": compliance.late,
        "missing": compliance.missing,
    }
    return charts.bar(
        [
            ("chart-part-done", compliance.in_time),
            ("chart-part-late", compliance.late),
            ("chart-part-missing", compliance.missing),
        ],
        title=_("Registers of interests of this year"),
        description=description,
        chart_id="compliance",
    )
