"""The events as CSV that a spreadsheet reads as text, never as a formula."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import presentation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.models import AuditEvent

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """An apostrophe before what a spreadsheet would calculate (ASVS 1.2.10)."""
    text = str(value)
    return (
        f"'{text}"
        if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS)
        else text
    )


def to_csv(events: Iterable[AuditEvent]) -> str:
    """With a byte order mark and semicolons, as Excel in Indonesia opens it by itself."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(
        [
            _("Time"),
            _("Person"),
            _("Action"),
            _("What was done"),
            _("Object"),
            _("Number"),
            _("Name"),
            _("Details"),
            _("Request"),
        ]
    )
    for event in events:
        writer.writerow(map(safe_cell, _row(event)))
    return buffer.getvalue()


def _row(event: AuditEvent) -> list[str]:
    return [
        timezone.localtime(event.at).isoformat(timespec="seconds"),
        presentation.actor(event),
        event.action,
        presentation.sentence(event),
        event.target_type,
        event.target_id,
        event.target_label,
        json.dumps(event.data, ensure_ascii=False, sort_keys=True),
        str(event.request_id or ""),
    ]
