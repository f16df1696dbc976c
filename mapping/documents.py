"""A map in the words of a document: what is frozen, drawn and signed.

The document is Indonesian whatever language the signer reads.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import translation

from mapping import heat
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
    "Area, kegiatan dan bentuk konflik",
    "Sumber dan penyebab",
    "Jabatan dan pihak terkait",
    "Dampak dan risiko",
    "Pengendalian yang ada",
    "Pencegahan dan penanganan",
    "Penanggung jawab, waktu dan status",
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
                _controls(rows, controls),
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
    """Numbers of the rows in each cell, before the control and what is left."""
    scale = risk_map.scale
    inherent = heat.table(scale, rows, kind=heat.INHERENT)
    judged = [row for row in rows if row.residual_magnitude is not None]
    residual = heat.table(scale, judged, kind=heat.RESIDUAL)
    table = [
        {
            "cells": [
                f"{line.likelihood} {line.label}",
                *(_cell(*pair) for pair in zip(line.cells, left.cells, strict=True)),
            ],
            "bands": [0, *(cell.band for cell in line.cells)],
        }
        for line, left in zip(inherent, residual, strict=True)
    ]
    columns = ["Kemungkinan", *(f"Dampak {step} {label}" for step, label in heat.impacts(scale))]
    return {
        "title": "Peta panas",
        "note": "Besaran dan tingkat tiap sel, dengan nomor baris; “sisa” setelah pengendalian.",
        "blocks": [
            {
                "type": "table", "columns": columns, "rows": table, "empty": "Nihil",
                "is_unnumbered": True,
            },
        ],
    }  # fmt: skip


def _cell(before: heat.Cell, left: heat.Cell) -> str:
    words = [f"{before.magnitude} {before.label}"]
    for name, cell in (("baris", before), ("sisa", left)):
        if cell.rows:
            words.append(f"{name} {', '.join(str(row.position) for row in cell.rows)}")
    return "\n".join(words)


def _table(risk_map: RiskMap, rows: Sequence[RiskArea]) -> dict[str, Any]:
    cells = [{"number": row.position, "cells": _cells(row, risk_map)} for row in rows]
    table = {"type": "table", "columns": COLUMNS, "rows": cells, "empty": "Nihil"}
    return {"title": "Area rawan", "blocks": [table], "is_wide": True}


def _cells(row: RiskArea, risk_map: RiskMap) -> list[str]:
    posts = "; ".join(post.title for post in row.posts.all())
    risk = f"{row.magnitude} ({level_words(risk_map.scale, row.level)})"
    if row.residual_magnitude is not None:
        left = level_words(risk_map.scale, row.residual_level)
        risk += f", sisa {row.residual_magnitude} ({left})"
    due = f"paling lambat {row.due_on:%d-%m-%Y}" if row.due_on else ""
    charge = (row.owner_post.title if row.owner_post else "–", due, row.get_status_display())
    existing = (row.existing_control, str(row.get_control_effect_display()))
    return [
        f"{row.area}: {row.activity}. {row.conflict_form}",
        f"{row.source}. {row.cause}",
        "; ".join(part for part in (posts, row.officials, row.other_parties) if part) or "–",
        f"{row.consequence}. Risiko {risk}",
        "\n".join(part for part in existing if part),
        f"{row.prevention}\nBila terjadi: {row.handling}" if row.handling else row.prevention,
        "\n".join(str(part) for part in charge if part),
    ]


def _controls(areas: Sequence[RiskArea], controls: Sequence[Control]) -> dict[str, Any]:
    numbers = {area.row_key: str(area.position) for area in areas}
    rows = [
        {
            "cells": [
                numbers[item.row_key],
                item.title,
                item.owner_post.title,
                f"{item.due_on:%d-%m-%Y}",
                str(item.get_state_display()),
            ]
        }
        for item in controls
    ]
    columns = ["Baris", "Pengendalian", "Penanggung jawab", "Waktu", "Status"]
    table = {
        "type": "table", "columns": columns, "rows": rows, "empty": "Nihil",
        "is_unnumbered": True,
    }  # fmt: skip
    return {"title": "Rencana pengendalian", "blocks": [table], "is_wide": True}


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
        "pejabat": row.officials,
        "pihak_terkait": row.other_parties,
        "dampak_uraian": row.consequence,
        "kontrol_ada": row.existing_control,
        "kontrol_efektif": row.control_effect,
        "pencegahan": row.prevention,
        "penanganan": row.handling,
        "penanggung_jawab": row.owner_post.code if row.owner_post else "",
        "target": f"{row.due_on:%Y-%m-%d}" if row.due_on else "",
        "status": row.status,
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
