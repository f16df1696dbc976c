"""F8 as a document: from the frozen numbers and nothing else."""

import datetime
from collections.abc import Iterator
from typing import Any

from declarations.presentation import format_date
from people.models import User
from review.models import MonitoringReport
from review.services.desk import percent
from review.services.monitoring_numbers import (
    KINDS,
    LABELS,
    PARTS,
    figures_of,
    group_name,
    scope_of,
)

KIND = "F8"
STATEMENT = (
    "Angka dalam laporan ini adalah keadaan pada tanggal pengambilan data dan tidak berubah "
    "sesudahnya."
)
PERIODS = {"month": "Bulanan", "quarter": "Triwulanan", "year": "Tahunan"}


def title_of(report: MonitoringReport) -> str:
    period = PERIODS[report.period].lower()
    about = f" pada {report.opd.name}" if report.opd else ""
    return f"Laporan pemantauan dan evaluasi {period} konflik kepentingan{about}"[:200]


def content_of(report: MonitoringReport, *, signer: User) -> dict[str, Any]:
    numbers = report.numbers
    post = signer.standing.post
    return {
        "person": {
            "name": signer.full_name,
            "nip": signer.nip,
            "grade": signer.grade,
            "post": post.title if post else "",
            "unit": post.unit if post else "",
            "opd": post.opd.name if post else "",
        },
        "statement": [STATEMENT],
        "sections": [_period(report), *sections_of(numbers)],
        "data": numbers,
    }


def sections_of(numbers: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures by subject, as the paper and the page show them."""
    return [
        _registers(numbers["registers"]),
        *(
            _rows(
                title, [(label, _text(value)) for label, value in figures_of(part, numbers[part])]
            )
            for part, title in PARTS.items()
            if part in numbers
        ),
        _declarations(numbers),
        *_breakdowns(numbers),
        _areas(numbers),
    ]


def _day(text: str | datetime.date) -> str:
    return format_date(datetime.date.fromisoformat(str(text)))


def _period(report: MonitoringReport) -> dict[str, Any]:
    return _rows(
        "Periode",
        [
            ("Jenis laporan", PERIODS[report.period]),
            ("Cakupan", scope_of(report.numbers)),
            ("Periode", f"{_day(report.starts_on)} sampai {_day(report.ends_on)}"),
            ("Data per", _day(report.numbers["as_of"])),
            ("Versi", str(report.version)),
        ],
    )


def _rows(title: str, rows: list[tuple[str, str]]) -> dict[str, Any]:
    fields = [{"label": label, "value": value} for label, value in rows]
    return {"title": title, "blocks": [{"type": "fields", "rows": fields}]}


def _text(value: Any) -> str:
    return "–" if value is None else str(value)


def _table(
    title: str, columns: list[str], rows: list[list[str]], note: str = ""
) -> dict[str, Any]:
    table = {
        "type": "table",
        "columns": columns,
        "rows": [{"cells": cells} for cells in rows],
        "empty": "Nihil",
    }
    return {"title": title, "note": note, "blocks": [table]}


def _registers(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("obliged", "signed", "in_time", "valid_in_time", "rate", "punctuality")
    return _table(
        "Kepatuhan daftar kepentingan pribadi (F1)",
        ["OPD", *(LABELS[name] for name in names)],
        [[row["name"], *(_text(row[name]) for name in names)] for row in (*rows, *_total(rows))],
        note="Kepatuhan: sah dan tepat waktu dibagi wajib lapor. "
        "Ketepatan waktu: tepat waktu dibagi yang menandatangani.",
    )


def _total(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of more than one OPD: their sums, and the shares as the fact sheet counts them."""
    if len(rows) < 2:
        return []
    names = ("obliged", "signed", "in_time", "valid_in_time")
    sums: dict[str, Any] = {name: sum(row[name] for row in rows) for name in names}
    sums["rate"] = percent(sums["valid_in_time"], sums["obliged"])
    sums["punctuality"] = percent(sums["in_time"], sums["signed"])
    return [{"name": "Semua OPD", **sums}]


def _declarations(numbers: dict[str, Any]) -> dict[str, Any]:
    kinds = [
        [KINDS.get(kind, kind), str(row["number"]), _text(row["per_100"])]
        for kind, row in numbers["declarations"].items()
    ]
    sources = [[f"Sumber: {row['name']}", str(row["number"]), "–"] for row in numbers["sources"]]
    return _table(
        "Deklarasi konflik kepentingan",
        ["Jenis atau sumber", "Jumlah", "Per 100 wajib lapor"],
        kinds + sources,
    )


def _breakdowns(numbers: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Who was frozen before these were counted has none of them."""
    for key, title, column in (
        ("sources_by_opd", "Sumber konflik per OPD", "OPD"),
        ("sources_by_level", "Sumber konflik per tingkat jabatan", "Tingkat jabatan"),
    ):
        if key in numbers:
            rows = [
                [group_name(key, r["group"]), r["name"], str(r["number"])] for r in numbers[key]
            ]
            yield _table(title, [column, "Sumber", "Jumlah"], rows)
    if "escalated_from" in numbers:
        rows = [[row["name"], str(row["number"])] for row in numbers["escalated_from"]]
        yield _table("Eskalasi per atasan", ["Jabatan atasan", "Kasus lewat batas waktu"], rows)


def _areas(numbers: dict[str, Any]) -> dict[str, Any]:
    levels = [
        (level.replace("_", " ").capitalize(), str(number))
        for level, number in numbers["areas"]["levels"].items()
    ]
    return _rows(
        "Area rawan dan pengendalian",
        [
            *levels,
            ("Residual turun (%)", _text(numbers["areas"]["residual_lower"])),
            ("Nihil, kemudian ada deklarasi (orang)", str(numbers["nil_then_declared"])),
            ("Kasus lewat batas waktu (eskalasi)", str(numbers["escalations"])),
        ],
    )
