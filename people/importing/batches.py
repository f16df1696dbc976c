"""An upload's way: checked in the worker, shown, committed once, on a check that still holds.

    checking → ready | faulty;  ready → committing → committed
    committing → ready | faulty, when the data changed since the check

Every step locks the batch's row, so of two commits one wins.
"""

from __future__ import annotations

import hashlib
import uuid
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from audit.services import record
from common import uploads
from common.spreadsheets import SpreadsheetError
from jobs import progress
from jobs.services import enqueue
from people.importing import applying, checking, reading
from people.importing.faults import Faults
from people.importing.planning import Plan
from people.models import ImportBatch, User
from people.services import ServiceError

State = ImportBatch.State
PERMISSION = "people.import_user"
RULES = uploads.UploadRules(kinds=(uploads.CSV, uploads.XLSX), max_bytes=20 * uploads.MEGABYTE)
DISCARDABLE = (State.CHECKING, State.READY, State.FAULTY, State.FAILED)
ROWS_BETWEEN_REPORTS = 500


def _path(batch: ImportBatch) -> str:
    return f"people-imports/{batch.pk}"


@transaction.atomic
def receive(upload: UploadedFile, *, by: User) -> ImportBatch:
    """Keep the file and ask the worker to check it; nothing of it is taken over yet."""
    _require(by)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    batch = ImportBatch(
        file_name=uploads.original_name(upload), file_sha256=digest.hexdigest(), created_by=by
    )
    default_storage.save(_path(batch), upload)
    result = enqueue("people.importing.tasks.check", str(batch.pk), owner=by)
    batch.plan = {"job": int(result.id)}
    batch.save(force_insert=True)
    record("import.upload", by=by, target=batch, file=batch.file_name)
    return batch


def run_check(batch_id: str | uuid.UUID) -> None:
    """Read and check the file of a batch, in the worker; safe to run twice."""
    with transaction.atomic():
        batch = _lock(batch_id)
        if batch.state != State.CHECKING:
            return
        by = batch.created_by
        faults = Faults()
        with translation.override(by.language):
            cells = _read(batch, faults)
            batch.row_count = len(cells)
            _plan_into(batch, cells, faults, by=by)
        batch.rows = [] if batch.state == State.FAULTY else cells
        batch.save()
        record("import.check", by=by, target=batch, faults=faults.count)
        transaction.on_commit(partial(_delete_file, _path(batch)))


def _read(batch: ImportBatch, faults: Faults) -> list[reading.Numbered]:
    try:
        with default_storage.open(_path(batch)) as source:
            return reading.read(source, name=batch.file_name, faults=faults)
    except SpreadsheetError as error:
        faults.add(0, "", error)
        return []


def _plan_into(batch: ImportBatch, cells: list[Any], faults: Faults, *, by: User) -> Plan:
    """Plan the rows and write the outcome into `batch`, which the caller saves."""
    plan = checking.check(_reported(cells), on=timezone.localdate(), faults=faults, by=by)
    batch.faults = faults.as_json()
    batch.plan = {
        "job": batch.plan.get("job"),
        "digest": plan.digest(),
        "counts": plan.counts,
        "steps": plan.steps(),
        "is_empty": plan.is_empty,
        "fault_count": faults.count,
    }
    batch.state = State.FAULTY if faults else State.READY
    return plan


def _reported(cells: list[Any]) -> Any:
    for number, (row, values) in enumerate(cells, 1):
        if number % ROWS_BETWEEN_REPORTS == 0:
            progress.report(number, len(cells), _("Rows checked"))
        yield row, values


@transaction.atomic
def commit(batch: ImportBatch, *, by: User) -> ImportBatch:
    """Ask the worker to take the checked file over; of two callers one is refused."""
    _require(by)
    batch = _lock(batch.pk)
    if batch.state != State.READY:
        raise ServiceError(
            _("This file is not ready to be taken over: %(state)s.")
            % {"state": batch.get_state_display()}
        )
    result = enqueue("people.importing.tasks.commit", str(batch.pk), str(by.pk), owner=by)
    batch.state = State.COMMITTING
    batch.plan["job"] = int(result.id)
    batch.save(update_fields=["state", "plan"])
    record("import.start", by=by, target=batch)
    return batch


def run_commit(batch_id: str | uuid.UUID, by_id: str | uuid.UUID) -> None:
    """Take a batch over, if its check still says the same; safe to run twice."""
    with transaction.atomic():
        applying.lock_imports()
        batch = _lock(batch_id)
        by = User.objects.get(pk=by_id)
        if batch.state != State.COMMITTING:
            return
        _require(by)
        shown, faults = batch.plan.get("digest"), Faults()
        with translation.override(by.language):
            plan = _plan_into(batch, batch.rows, faults, by=by)
        is_stale = bool(faults) or plan.digest() != shown
        if not is_stale:
            is_stale = not _carry_out(plan, by=by)
        if is_stale:
            _back_to_check(batch, by=by)
        else:
            _finish(batch, by=by)


def _carry_out(plan: Plan, *, by: User) -> bool:
    """False when somebody changed the same rows on the pages while this was being written."""
    try:
        with transaction.atomic():
            applying.carry_out(plan, by=by, report=progress.report)
    except IntegrityError:
        return False
    return True


def _back_to_check(batch: ImportBatch, *, by: User) -> None:
    batch.plan["is_stale"] = True
    if batch.state == State.FAULTY:
        batch.rows = []
    batch.save()
    record("import.stale", by=by, target=batch)


def _finish(batch: ImportBatch, *, by: User) -> None:
    batch.state = State.COMMITTED
    batch.committed_at, batch.committed_by = timezone.now(), by
    # The people stand in their own tables now; the batch keeps no second copy of them.
    batch.rows = []
    batch.save()
    record("import.commit", by=by, target=batch, **_numbers(batch))


def _numbers(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in batch.plan["counts"].items() if number}


@transaction.atomic
def discard(batch: ImportBatch, *, by: User) -> ImportBatch:
    _require(by)
    batch = _lock(batch.pk)
    if batch.state not in DISCARDABLE:
        raise ServiceError(
            _("This file can't be discarded any more: %(state)s.")
            % {"state": batch.get_state_display()}
        )
    batch.state, batch.rows = State.DISCARDED, []
    batch.save(update_fields=["state", "rows"])
    record("import.discard", by=by, target=batch)
    transaction.on_commit(partial(_delete_file, _path(batch)))
    return batch


@transaction.atomic
def fail(batch_id: str | uuid.UUID) -> None:
    """An error that trying again won't mend; the job's page says which."""
    batch = _lock(batch_id)
    if batch.state in (State.CHECKING, State.COMMITTING):
        batch.state, batch.rows = State.FAILED, []
        batch.save(update_fields=["state", "rows"])
        record("import.fail", by=None, target=batch)


def _lock(batch_id: str | uuid.UUID) -> ImportBatch:
    batches = ImportBatch.objects.select_for_update(of=("self",)).select_related("created_by")
    return batches.get(pk=batch_id)


def _require(by: User) -> None:
    if not by.has_perm(PERMISSION):
        raise PermissionDenied


def _delete_file(path: str) -> None:
    default_storage.delete(path)
