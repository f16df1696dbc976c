"""The province's figures as pictures, tables and links to their rows."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common.templatetags.ui import MONTHS
from review.dashboard_charts import Column, Row, columns, rows, years_of
from review.flag_querysets import LEVELS as LEVELS_OF_WEIGHT
from review.services.dashboard import Figures, OpdLine, Source
from review.services.dashboard_rows import NO_LEVEL

# Codes of the scale that is shipped, in its order; a level of another scale shows its code.
LEVELS = {
    "SANGAT_RENDAH": gettext_lazy("Very low"),
    "RENDAH": gettext_lazy("Low"),
    "SEDANG": gettext_lazy("Medium"),
    "TINGGI": gettext_lazy("High"),
    "SANGAT_TINGGI": gettext_lazy("Very high"),
}
FORMS = {
    "F1": gettext_lazy("Signed registers of interests"),
    "F2": gettext_lazy("Statements before a decision"),
    "F3": gettext_lazy("Declared conflicts"),
}


def rows_url(kind: str, **which: Any) -> str:
    query = {name: value for name, value in which.items() if value not in (None, "")}
    return f"{reverse('review:dashboard_rows')}?{urlencode({'jenis': kind, **query})}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure with the address of its rows; none where there is nothing to open."""

    number: int
    url: str


def cell(number: int, kind: str, **which: Any) -> Cell:
    return Cell(number, rows_url(kind, **which) if number else "")


def flag_cells(numbers: dict[str, int]) -> dict[str, Cell]:
    """The open flags in all and by level, and the confirmed ones, as far as one sees them."""

    def of(number: int, **which: str) -> Cell:
        return Cell(number, f"{reverse('review:flag_list')}?{urlencode(which)}")

    levels = {name: of(numbers[name], keadaan="open", tingkat=name) for name in LEVELS_OF_WEIGHT}
    return levels | {
        "open": of(numbers["open"], keadaan="open"),
        "confirmed": of(numbers["confirmed"], keadaan="confirmed"),
    }


def people_cells(line: OpdLine, *, year: int, opd: int | None) -> dict[str, Cell]:
    def of(number: int, standing: str) -> Cell:
        return cell(number, "orang", tahun=year, siapa=standing, opd=opd)

    return {
        "obliged": of(line.obliged, "semua"),
        "valid": of(line.valid_in_time, "sah"),
        "in_time": of(line.in_time, "tepat"),
        "late": of(line.late, "terlambat"),
        "missing": of(line.missing, "belum"),
    }


def opd_cells(line: OpdLine, *, year: int, opd: int | None) -> dict[str, Any]:
    late = line.decided - line.decided_in_time
    return people_cells(line, year=year, opd=opd) | {
        "line": line,
        "opd": line.opd,
        "open": cell(line.open, "konflik", opd=opd),
        "decided": cell(line.decided, "putusan", tahun=year, opd=opd),
        "decided_in_time": cell(
            line.decided_in_time, "putusan", tahun=year, opd=opd, waktu="tepat"
        ),
        "decided_late": cell(late, "putusan", tahun=year, opd=opd, waktu="lewat"),
        "late_plans": cell(line.late_plans, "rencana", opd=opd),
    }


def compliance_chart(found: Figures) -> SafeString | str:
    lines = [line for line in found.lines if line.obliged]
    if not lines:
        return ""
    return rows(
        [
            Row(
                line.opd.short_name,
                (
                    ("chart-part-done", line.in_time),
                    ("chart-part-late", line.late),
                    ("chart-part-missing", line.missing),
                ),
                f"{line.rate}%",
            )
            for line in lines
        ],
        title=_("Registers of interests by OPD"),
        description=_("Of each OPD: signed in time, signed late, and (dashed) not signed."),
        chart_id="compliance",
        shares=True,
    )


SHOWN_LOWEST = 3


def lowest_words(found: Figures) -> str:
    """The OPDs to talk to first, for the heading of the folded table."""
    rated = [line for line in found.lines if line.rate is not None]
    lowest = sorted(rated, key=lambda line: (line.rate, line.opd.short_name))[:SHOWN_LOWEST]
    names = ", ".join(f"{line.opd.short_name} {line.rate}%" for line in lowest)
    if found.total is None or not names:
        return ""
    words = {"rate": found.total.rate, "names": names}
    return _("All OPDs %(rate)s%%; lowest: %(names)s") % words


def levels_of(sources: Sequence[Source]) -> list[tuple[str, str]]:
    """(code, words) of the columns: the scale's order, others, last what nobody judged yet."""
    found = {level for source in sources for level in source.levels}
    known = [code for code in LEVELS if code in found]
    others = sorted(found - set(LEVELS) - {""})
    named = [(code, str(LEVELS.get(code, code))) for code in (*known, *others)]
    return [*named, ("", _("Not judged yet"))] if "" in found else named


def source_name(source: Source) -> str:
    return source.label_en if get_language() == "en" else source.label_id


def source_lines(sources: Sequence[Source]) -> list[dict[str, Any]]:
    return [
        {
            "name": source_name(source),
            "cells": [
                (words, cell(source.levels.get(code, 0), "konflik", sumber=source.code,
                             level=code or NO_LEVEL))
                for code, words in levels_of(sources)
            ],
            "total": cell(source.total, "konflik", sumber=source.code),
        }
        for source in sources
    ]  # fmt: skip


def sources_chart(sources: Sequence[Source]) -> SafeString | str:
    if not sources:
        return ""
    ranks = {code: number for number, code in enumerate(LEVELS, 1)}
    return rows(
        [
            Row(
                source_name(source),
                tuple(
                    (
                        f"chart-part-level-{ranks[code]}" if code in ranks
                        else "chart-part-missing",
                        source.levels.get(code, 0),
                    )
                    for code, _words in levels_of(sources)
                ),
                str(source.total),
            )
            for source in sources
        ],
        title=_("Open conflicts by source"),
        description=_(
            "A bar for each source; its parts are the levels, from the lowest on the left to the "
            "highest; dashed is what nobody has judged yet."
        ),
        chart_id="sources",
        shares=False,
    )  # fmt: skip


LONGEST_DAYS = 30


def days_chart(found: Figures) -> SafeString | str:
    """By working days; what took longer than thirty stands in the last column."""
    if not found.days:
        return ""
    counted = [[0, 0] for _day in range(LONGEST_DAYS + 1)]
    for days, in_time, late in found.days:
        place = min(days, LONGEST_DAYS)
        counted[place][0] += in_time
        counted[place][1] += late
    last = max(place for place, numbers in enumerate(counted) if any(numbers))
    return columns(
        [
            Column(
                sum(numbers),
                f"{place}+" if place == LONGEST_DAYS else str(place),
                "chart-part-late" if numbers[1] > numbers[0] else "chart-part-done",
            )
            for place, numbers in enumerate(counted[: last + 1])
        ],
        title=_("Working days from the declaration to the decision"),
        description=_("A column for each number of working days; the same stands in the table."),
        chart_id="days",
    )


def month_name(month: datetime.date) -> str:
    language = "en" if get_language() == "en" else "id"
    return f"{MONTHS[language][month.month - 1]} {month.year}"


def trend_charts(found: Figures) -> list[tuple[str, SafeString]]:
    charts = []
    for form, label in FORMS.items():
        points = found.trend[form]
        ticks = years_of([month for month, _number in points])
        picture = columns(
            [Column(number, tick) for (_month, number), tick in zip(points, ticks, strict=True)],
            title=label,
            description=_("A column for each of the last 36 months."),
            chart_id=f"trend-{form}",
        )
        charts.append((str(label), picture))
    return charts


def latest_words(found: Figures) -> str:
    """What was signed in the newest month, for the heading of the folded pictures."""
    month = found.trend["F1"][-1][0]
    numbers = [f"{form} {found.trend[form][-1][1]}" for form in FORMS]
    return f"{month_name(month)}: {', '.join(numbers)}"


def trend_lines(found: Figures) -> list[dict[str, Any]]:
    """The newest month first."""
    by_form = {form: dict(points) for form, points in found.trend.items()}
    months = [month for month, _number in found.trend["F1"]]
    return [
        {
            "name": month_name(month),
            "cells": [
                (FORMS[form], cell(by_form[form][month], "bulan", formulir=form,
                                   bulan=f"{month:%Y-%m}"))
                for form in FORMS
            ],
        }
        for month in reversed(months)
    ]  # fmt: skip
