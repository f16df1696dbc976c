"""A map in the words of a document: what is frozen, drawn and signed.

The document is Indonesian whatever language the signer reads.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import translation

from mapping.models import Control, RiskArea, RiskMap
from mapping.models.rows import level_words
from people.models import Post, User

KIND = "PETA"
HEAD, REVIEWER = "head", "reviewer"
TITLE = "PETA AREA RAWAN KONFLIK KEPENTINGAN"
STATEMENT = (
    "Peta ini disusun menurut keadaan yang saya ketahui dan menjadi pegangan {opd} dalam "
    "mencegah konflik kepentingan tahun {year}."
)
COLUMNS = [
    "No",
    "Area, kegiatan dan bentuk konflik",
    "Sumber dan penyebab",
    "Jabatan dan pihak terkait",
    "Dampak dan risiko",
    "Pencegahan dan penanganan",
    "Penanggung jawab",
]


def content(
    risk_map: RiskMap, rows: Sequence[RiskArea], controls: Sequence[Control], *, head: User,
    post: Post | None,
) -> dict[str, Any]:  # fmt: skip
    """What `statements.services.issue` freezes; `rows` carry their posts prefetched."""
    with translation.override("id"):
        return {
            "form": {"code": KIND, "version": risk_map.version, "title": TITLE.capitalize()},
            "title": TITLE,
            "classification": None,
            "opd": {"code": risk_map.opd.code, "name": risk_map.opd.name},
            "person": _person(head, post),
            "legal_basis": [],
            "statement": [STATEMENT.format(opd=risk_map.opd.name, year=risk_map.year)],
            "sections": [
                _summary(risk_map, rows),
                _heat(risk_map, rows),
                _table(risk_map, rows),
                _controls(controls),
            ],
            "data": {
                "year": risk_map.year,
                "version": risk_map.version,
                "scale": {"code": risk_map.scale.code, "version": risk_map.scale.version},
                "rows": [_data(row) for row in rows],
            },
        }


def _person(head: User, post: Post | None) -> dict[str, str]:
    return {
        "name": head.full_name,
        "nip": head.nip,
        "grade": head.grade,
        "post": post.title if post else "",
        "unit": post.unit if post else "",
        "opd": post.opd.name if post else "",
    }


def _summary(risk_map: RiskMap, rows: Sequence[RiskArea]) -> dict[str, Any]:
    high = sum(row.is_high for row in rows)
    fields = [
        ("Tahun dan versi", f"{risk_map.year}, versi {risk_map.version}"),
        ("Jumlah area", str(len(rows))),
        ("Tinggi atau sangat tinggi setelah pengendalian", str(high)),
        ("Skala", f"{risk_map.scale.name}, versi {risk_map.scale.version}"),
    ]
    rows_of_fields = [{"label": label, "value": value} for label, value in fields]
    return {"title": "Ringkasan", "blocks": [{"type": "fields", "rows": rows_of_fields}]}


def _heat(risk_map: RiskMap, rows: Sequence[RiskArea]) -> dict[str, Any]:
    """Numbers of the rows in each cell: before the control → what is left."""
    table = []
    for likelihood in range(5, 0, -1):
        cells = [f"Kemungkinan {likelihood}"]
        for impact in range(1, 6):
            here = [
                row.position
                for row in rows
                if (row.likelihood, row.impact) == (likelihood, impact)
            ]
            left = [
                row.position
                for row in rows
                if (row.residual_likelihood, row.residual_impact) == (likelihood, impact)
            ]
            words = [", ".join(map(str, here))] if here else []
            words += [f"sisa: {', '.join(map(str, left))}"] if left else []
            cells.append("; ".join(words) or "–")
        table.append({"cells": cells})
    columns = ["", *(f"Dampak {impact}" for impact in range(1, 6))]
    return {
        "title": "Peta panas",
        "note": "Nomor baris menurut kemungkinan dan dampak; “sisa” setelah pengendalian.",
        "blocks": [{"type": "table", "columns": columns, "rows": table, "empty": "Nihil"}],
    }


def _table(risk_map: RiskMap, rows: Sequence[RiskArea]) -> dict[str, Any]:
    cells = [{"cells": _cells(row, risk_map)} for row in rows]
    table = {"type": "table", "columns": COLUMNS, "rows": cells, "empty": "Nihil"}
    return {"title": "Area rawan", "blocks": [table]}


def _cells(row: RiskArea, risk_map: RiskMap) -> list[str]:
    posts = "; ".join(post.title for post in row.posts.all())
    risk = f"{row.magnitude} ({level_words(risk_map.scale, row.level)})"
    if row.residual_magnitude is not None:
        left = level_words(risk_map.scale, row.residual_level)
        risk += f", sisa {row.residual_magnitude} ({left})"
    due = f", paling lambat {row.due_on:%d-%m-%Y}" if row.due_on else ""
    return [
        str(row.position),
        f"{row.area}: {row.activity}. {row.conflict_form}",
        f"{row.source}. {row.cause}",
        "; ".join(part for part in (posts, row.officials, row.other_parties) if part) or "–",
        f"{row.consequence}. Risiko {risk}",
        "; ".join(part for part in (row.existing_control, row.prevention, row.handling) if part),
        f"{row.owner_post.title if row.owner_post else '–'}{due}",
    ]


def _controls(controls: Sequence[Control]) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                item.title,
                item.owner_post.title,
                f"{item.due_on:%d-%m-%Y}",
                str(item.get_state_display()),
            ]
        }
        for item in controls
    ]
    columns = ["Pengendalian", "Penanggung jawab", "Waktu", "Status"]
    table = {"type": "table", "columns": columns, "rows": rows, "empty": "Nihil"}
    return {"title": "Rencana pengendalian", "blocks": [table]}


def _data(row: RiskArea) -> dict[str, Any]:
    """Machine-readable, with the columns of the fact sheet."""
    return {
        "row_key": str(row.row_key),
        "kode": row.template.code if row.template else "",
        "area": row.area,
        "kegiatan": row.activity,
        "bentuk": row.conflict_form,
        "sumber": row.source.code,
        "penyebab": row.cause,
        "jabatan": [post.code for post in row.posts.all()],
        "kemungkinan": row.likelihood,
        "dampak": row.impact,
        "besaran": row.magnitude,
        "level": row.level,
        "residual_kemungkinan": row.residual_likelihood,
        "residual_dampak": row.residual_impact,
        "residual_besaran": row.residual_magnitude,
        "residual_level": row.residual_level,
        "area_mcsp": row.mcsp_area,
    }
