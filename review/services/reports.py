"""Writing and answering reports from others.

What the reporter does has nobody as its author, in the trail as well: whoever sends a report
under a name is known from the report, to those who may read it, and from nowhere else.
"""

import datetime
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.encryption import Envelope
from declarations.models import FormVersion
from declarations.services import limits
from jobs.services import enqueue
from people.models import Opd, User
from review.models import (
    ConflictReport,
    ReporterIdentity,
    ReportFile,
    ReportMessage,
    ReportSeries,
)
from review.models.reports import RING
from review.report_states import ReportState
from review.services import report_codes, report_files, report_subjects
from review.services.report_errors import ReportError, check_names_nobody

VERIFY_LIMIT = "SLA_VERIFIKASI_LAPORAN"
DECIDE_LIMIT = "SLA_PUTUSAN_LAPORAN"
MOST_MESSAGES = 100
TELL_NEW = "review.report_tasks.tell_new_report"
TELL_ANSWER = "review.report_tasks.tell_answer"
Answers = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a form said: the answers, whom it names, and who tells it (None: nobody)."""

    answers: Answers
    version: FormVersion
    name: str
    opd: Opd | None
    identity: dict[str, Any] | None = None
    files: tuple[report_files.PreparedFile, ...] = ()


def prepare_files(uploads: Iterable[UploadedFile]) -> tuple[report_files.PreparedFile, ...]:
    return tuple(report_files.prepare(upload) for upload in uploads)


def receive(told: Told, *, token: str, at: datetime.datetime) -> str:
    """Keep a report; the code for the way back. The same page sent twice is one report.

    Raises `InvalidTokenError`, or `ValidationError` for a file too many.
    """
    code = report_codes.code_of(token)
    digest = report_codes.digests(code)[0]
    if ConflictReport.objects.filter(code_digest=digest).exists():
        return code
    try:
        with transaction.atomic():
            _keep(told, digest=digest, at=at)
    except IntegrityError:
        if not ConflictReport.objects.filter(code_digest=digest).exists():
            raise
    return code


def _keep(told: Told, *, digest: str, at: datetime.datetime) -> ConflictReport:
    on, envelope = timezone.localdate(at), Envelope.new(RING)
    is_named = told.identity is not None
    verify = limits.limit(VERIFY_LIMIT, on=on)
    decide = limits.limit(DECIDE_LIMIT, on=on) if is_named else None
    report = ConflictReport.objects.create(
        number=_next_number(on.year),
        is_named=is_named,
        code_digest=digest,
        data_key=envelope.wrapped,
        answers=envelope.seal_text(json.dumps(told.answers)),
        form_version=told.version,
        reported_opd=told.opd,
        received_at=at,
        verify_limit=verify,
        verify_due_on=limits.due_on(verify, start=on),
        decide_limit=decide,
        decide_due_on=limits.due_on(decide, start=on) if decide else None,
    )
    if told.identity is not None:
        own = Envelope.new(RING)
        ReporterIdentity.objects.create(
            report=report, data_key=own.wrapped, answers=own.seal_text(json.dumps(told.identity))
        )
    people = report_subjects.candidates(told.name, told.opd, on=on)
    report_subjects.add_candidates(report, people, on=on)
    for prepared in told.files:
        report_files.store(report, prepared, message=None, at=at)
    record("conflictreport.receive", by=None, target=report)
    enqueue(TELL_NEW, str(report.pk))
    return report


def _next_number(year: int) -> str:
    ReportSeries.objects.get_or_create(year=year)
    series = ReportSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"LAP/{year}/{series.last:04d}"


# --- The way back ----------------------------------------------------------------------------


def find(code: str) -> ConflictReport | None:
    """The report of a code, whoever asks: the code is the right."""
    if not report_codes.is_well_formed(code):
        return None
    found = ConflictReport.objects.filter(code_digest__in=report_codes.digests(code))
    return found.select_related("form_version").first()


@transaction.atomic
def add_answer(
    report: ConflictReport,
    text: str,
    *,
    once: uuid.UUID,
    files: tuple[report_files.PreparedFile, ...] = (),
    at: datetime.datetime,
) -> ReportMessage:
    """What the reporter adds; `once` makes a button that is pressed twice add it once."""
    report = _locked(report)
    if found := report.messages.filter(once=once).first():
        return found
    if report.state not in ReportState.TAKES_ANSWERS:
        raise ReportError(_("This report is finished; make a new one if you know more."))
    message = _add_message(report, text, once=once, by=None, at=at)
    for prepared in files:
        report_files.store(report, prepared, message=message, at=at)
    record("conflictreport.reply", by=None, target=report, files=len(files))
    enqueue(TELL_ANSWER, str(report.pk), str(message.pk))
    return message


# --- The Inspectorate's side -----------------------------------------------------------------


@transaction.atomic
def write_to_reporter(
    report: ConflictReport, text: str, *, once: uuid.UUID, by: User, at: datetime.datetime
) -> ReportMessage:
    """A question or an answer; `ValidationError` when it tells of third persons."""
    report = _locked(report)
    if not by.has_perm("review.answer_conflictreport", report):
        raise PermissionDenied
    if found := report.messages.filter(once=once).first():
        return found
    check_message(report, text)
    message = _add_message(report, text, once=once, by=by, at=at)
    record("conflictreport.write", by=by, target=report)
    return message


def check_message(report: ConflictReport, text: str) -> None:
    said = report.envelope.unseal_text(report.answers)
    check_names_nobody(text, allowed=str(json.loads(said)))


def _add_message(
    report: ConflictReport,
    text: str,
    *,
    once: uuid.UUID,
    by: User | None,
    at: datetime.datetime,
) -> ReportMessage:
    if report.messages.count() >= MOST_MESSAGES:
        raise ReportError(_("This report has too many messages."))
    return ReportMessage.objects.create(
        report=report,
        to_reporter=by is not None,
        body=report.envelope.seal_text(text),
        sent_at=at,
        sent_by=by,
        once=once,
    )


def _locked(report: ConflictReport) -> ConflictReport:
    return ConflictReport.objects.select_for_update(of=("self",)).get(pk=report.pk)


@transaction.atomic(savepoint=False)
def note_reading(
    report: ConflictReport, *, has_news: bool, by: User, at: datetime.datetime
) -> None:
    """Each look into a report leaves a trace; what the reporter wrote counts as read."""
    record("conflictreport.read", by=by, target=report)
    if has_news:
        report.messages.filter(to_reporter=False, read_at=None).update(read_at=at)


@transaction.atomic
def open_identity(report: ConflictReport, *, reason: str, by: User) -> dict[str, Any]:
    """Who reported; asked for with a reason, which stays in the trail."""
    if not by.has_perm("review.view_reporteridentity", report):
        raise PermissionDenied
    identity = ReporterIdentity.objects.filter(report=report).first()
    if identity is None:
        raise ReportError(_("This report is anonymous."))
    record("conflictreport.read_identity", by=by, target=report, reason=reason)
    return identity.read_answers()


@transaction.atomic
def open_file(file: ReportFile, *, by: User) -> bytes:
    record("conflictreport.read_file", by=by, target=file.report)
    return report_files.read(file).getvalue()
