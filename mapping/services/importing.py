"""A file of rows: checked and kept first, taken over by a second press."""

import datetime
import io
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common import uploads
from common.spreadsheets import SpreadsheetError
from mapping.exchange import TEXTS, check_file, comparable
from mapping.models import ConflictSource, MapImport, RiskArea, RiskAreaPost, RiskMap
from mapping.scales import rate
from mapping.services.errors import MapError
from mapping.services.locks import count_change, lock_for_change
from mapping.services.rows import MOST_ROWS
from people.models import User

PLAIN = (
    *TEXTS.values(), "mcsp_area", "control_effect", "status", "likelihood", "impact",
    "residual_likelihood", "residual_impact",
)  # fmt: skip


@transaction.atomic
def receive(upload: UploadedFile, *, risk_map: RiskMap, by: User) -> MapImport:
    """Check a file; nothing of it is taken over yet. Raises MapError for no table at all."""
    risk_map = lock_for_change(risk_map, by=by)
    name = uploads.original_name(upload)
    try:
        checked = check_file(io.BytesIO(upload.read()), name=name, risk_map=risk_map)
    except SpreadsheetError as error:
        raise MapError(str(error)) from error
    kept = checked.counts["kept"] + len(checked.rows)
    if kept > MOST_ROWS:
        raise MapError(_("A map has at most %(count)s rows.") % {"count": MOST_ROWS})
    return MapImport.objects.create(
        map=risk_map, file_name=name[:200], rows=checked.rows, faults=checked.faults,
        fault_count=checked.fault_count, counts=checked.counts, revision=risk_map.revision,
        created_by=by,
    )  # fmt: skip


@transaction.atomic
def take_over(batch: MapImport, *, by: User) -> MapImport:
    """Write the checked rows; refused when the map changed since the check."""
    risk_map = lock_for_change(batch.map_id, by=by)
    batch = MapImport.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.created_by_id != by.pk:
        raise PermissionDenied
    if batch.committed_at is not None:
        raise MapError(_("This file was taken over already."))
    if batch.fault_count:
        raise MapError(_("The file has faults; correct them and send it again."))
    if batch.revision != risk_map.revision:
        raise MapError(_("Somebody changed the map since the check. Send the file again, please."))
    written = _write(batch, risk_map, by=by)
    batch.committed_at, batch.committed_by = timezone.now(), by
    batch.save(update_fields=["committed_at", "committed_by"])
    if written:
        count_change(risk_map)
    record("riskmap.import", by=by, target=risk_map, file=batch.file_name, count=written)
    return batch


def _write(batch: MapImport, risk_map: RiskMap, *, by: User) -> int:
    sources = {item.code: item.pk for item in ConflictSource.objects.all()}
    rows = risk_map.areas.for_map().prefetch_related("posts")
    known = {str(row.row_key): row for row in rows}
    position = max((row.position for row in known.values()), default=0)
    written = 0
    for values in batch.rows:
        row = known.get(values["row_key"])
        if row is None:
            position += 1
            row = RiskArea(map=risk_map, row_key=uuid.UUID(values["row_key"]), position=position)
        elif comparable(row) == {k: v for k, v in values.items() if k in comparable(row)}:
            continue
        _fill(row, values, sources)
        rate(row, risk_map.scale)
        row.revision, row.updated_by = row.revision + 1, by
        row.save()
        _name_posts(row, values["posts"])
        written += 1
    return written


def _fill(row: RiskArea, values: dict[str, Any], sources: dict[str, int]) -> None:
    for name in PLAIN:
        setattr(row, name, values[name])
    row.source_id = sources[values["source"]]
    row.template_id = values["template"]
    row.owner_post_id = values["owner_post"]
    due_on = values["due_on"]
    row.due_on = datetime.date.fromisoformat(due_on) if due_on else None


def _name_posts(row: RiskArea, wanted: list[int]) -> None:
    row.named_posts.exclude(post_id__in=wanted).delete()
    known = set(row.named_posts.values_list("post_id", flat=True))
    RiskAreaPost.objects.bulk_create(
        RiskAreaPost(area=row, post_id=pk) for pk in wanted if pk not in known
    )
