"""Files of reports: checked, without traces of the sender, encrypted before they are stored.

`prepare` works without the database, so that a stranger's file is taken apart before any lock.
"""

import datetime
import io
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from common import uploads
from review.models import ConflictReport, ReportFile, ReportMessage
from review.pdf_cleaning import without_metadata
from review.services import report_codes

RULES = uploads.EVIDENCE
QUOTA = 25 * uploads.MEGABYTE
MOST_FILES = 10
OFFICE = frozenset(
    {".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".odp", ".rtf"}
)


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file that may be stored: the bytes without traces, its kind, the name people gave."""

    data: bytes
    content_type: str
    name: str


def prepare(upload: UploadedFile) -> PreparedFile:
    """Raises `ValidationError` with what to do instead."""
    if PurePath(upload.name or "").suffix.lower() in OFFICE:
        raise ValidationError(
            _("Office files carry the name of whoever wrote them. Save it as PDF and send that."),
            code="office",
        )
    prepared = uploads.prepare_upload(upload, RULES)
    data = prepared.read()
    if prepared.kind is uploads.PDF:
        data = without_metadata(data)
    return PreparedFile(data, prepared.kind.content_type, prepared.original_name)


def store(
    report: ConflictReport,
    prepared: PreparedFile,
    *,
    message: ReportMessage | None,
    at: datetime.datetime,
) -> ReportFile:
    """Inside the caller's transaction, the report's row locked or new. Sent twice, stored once."""
    fingerprint = report_codes.fingerprint(report.pk.bytes + prepared.data)
    if twin := report.files.filter(fingerprint=fingerprint).first():
        return twin
    if report.files.count() >= MOST_FILES:
        raise ValidationError(
            _("A report takes at most %(count)s files."), params={"count": MOST_FILES}
        )
    used = report.files.aggregate(sum=Sum("size"))["sum"] or 0
    uploads.check_quota(used=used, adding=len(prepared.data), limit=QUOTA)
    row = ReportFile(
        report=report,
        message=message,
        name=report.envelope.seal_text(prepared.name),
        content_type=prepared.content_type,
        size=len(prepared.data),
        fingerprint=fingerprint,
        added_at=at,
    )
    sealed = report.envelope.seal(prepared.data)
    row.file.save(f"{row.pk.hex[:2]}/{row.pk.hex[2:]}.sealed", ContentFile(sealed), save=False)
    try:
        # A savepoint, so that the caller's transaction survives what is refused here.
        with transaction.atomic():
            row.save(force_insert=True)
    except BaseException:
        row.file.storage.delete(row.file.name)
        raise
    return row


def read(file: ReportFile) -> io.BytesIO:
    """The file in clear; raises `UndecipherableError` when it was tampered with."""
    with file.file.open("rb") as sealed:
        return io.BytesIO(file.report.envelope.unseal(sealed.read()))


def name_of(file: ReportFile) -> str:
    return file.report.envelope.unseal_text(file.name)
