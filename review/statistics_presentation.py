"""Published tables with words for their keys; hidden numbers stay hidden."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mapping.models import ConflictSource
from people.models import Opd

TITLES = {
    "kepatuhan": _("Registers of interests by OPD (people)"),
    "sumber": _("Declared conflicts by kind of OPD and source"),
}
COLUMNS = {
    "in_time": _("Signed in time"),
    "late": _("Signed late"),
    "missing": _("Not signed"),
}


def shown(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For the pages; one query for the names of the sources."""
    language = "label_en" if get_language() == "en" else "label_id"
    sources = dict(ConflictSource.objects.values_list("code", language))
    kinds = dict(Opd.Kind.choices)
    return [
        table
        | {
            "title": TITLES.get(table["key"], table["key"]),
            "headings": [
                COLUMNS.get(each) or sources.get(each, each) for each in table["columns"]
            ],
            "lines": [
                {"name": kinds.get(name, name), "cells": cells, "total": total}
                for name, cells, total in zip(
                    table["rows"], table["cells"], table["row_totals"], strict=True
                )
            ],
            "is_withheld": table["total"] is None,
        }
        for table in tables
    ]
