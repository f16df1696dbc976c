"""Loading the shipped sources, scales and risk areas; an administrator's edits stay."""

import csv
import datetime
import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from mapping.models import ConflictSource, RiskAreaTemplate, RiskScale

FOLDER = Path(__file__).resolve().parent / "reference"
FIRST_DAY = datetime.date(2024, 1, 1)


@transaction.atomic
def load() -> None:
    """Add what is missing; a row that exists is never changed."""
    _load_sources()
    _load_scales()
    _load_risk_areas()


def _load_sources() -> None:
    rows = json.loads((FOLDER / "sources.json").read_text(encoding="utf-8"))
    known = set(ConflictSource.objects.values_list("code", flat=True))
    ConflictSource.objects.bulk_create(
        ConflictSource(position=position, **row)
        for position, row in enumerate(rows, start=1)
        if row["code"] not in known
    )


def _load_scales() -> None:
    rows = json.loads((FOLDER / "scales.json").read_text(encoding="utf-8"))
    known = set(RiskScale.objects.values_list("code", "version"))
    has_default = RiskScale.objects.filter(is_default=True).exists()
    for row in rows:
        if (row["code"], row["version"]) not in known:
            row["is_default"] = row["is_default"] and not has_default
            RiskScale.objects.create(
                state=RiskScale.State.PUBLISHED, published_at=timezone.now(), **row
            )


def _load_risk_areas() -> None:
    sources = {source.code: source for source in ConflictSource.objects.all()}
    known = set(RiskAreaTemplate.objects.values_list("code", flat=True))
    with (FOLDER / "risk_areas.csv").open(encoding="utf-8", newline="") as file:
        RiskAreaTemplate.objects.bulk_create(
            RiskAreaTemplate(
                code=row["kode"],
                area=row["area"],
                activity=row["kegiatan"],
                conflict_form=row["bentuk_konflik"],
                source=sources[row["sumber"]],
                cause=row["penyebab"],
                officials=row["pejabat_terkait"],
                consequence=row["dampak"],
                likelihood=int(row["kemungkinan"]),
                impact=int(row["skor_dampak"]),
                prevention=row["pencegahan"],
                handling=row["penanganan"],
                target=row["opd_sasaran_kode"],
                mcsp_area=row["area_mcsp"],
                valid_from=FIRST_DAY,
            )
            for row in csv.DictReader(file)
            if row["kode"] not in known
        )
