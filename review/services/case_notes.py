"""What inspectors leave in a case: remarks and files. Both stay."""

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from audit.services import record
from common import attachments
from people.models import User
from review.models import Case, CaseFile, CaseNote, CaseRequest


@transaction.atomic
def add_note(case: Case, *, text: str, by: User) -> CaseNote:
    if not by.has_perm("review.note_case", case):
        raise PermissionDenied
    note = CaseNote.objects.create(case=case, text=text, written_by=by)
    record("case.note", by=by, target=case)
    return note


def files_of(case: Case) -> QuerySet[CaseFile]:
    return CaseFile.objects.filter(case=case, removed_at__isnull=True)


@transaction.atomic
def add_file(
    case: Case, upload: UploadedFile, *, by: User, request: CaseRequest | None = None
) -> CaseFile:
    """Check and store one file, of an inspector or with an answer; raises `ValidationError`."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if request is not None:
        may_add = by.has_perm("review.answer_caserequest", request) and request.is_waiting
    else:
        may_add = by.has_perm("review.note_case", case)
    if not may_add:
        raise PermissionDenied
    blank = CaseFile(case=case, request=request, uploaded_by=by)
    standing = files_of(case).filter(request=request)
    with attachments.taken(upload, blank, standing=standing) as file:
        record("case.attach", by=by, target=case, file=file.name, sha256=file.sha256)
    return file


@transaction.atomic(savepoint=False)
def note_view(case: Case, *, by: User) -> None:
    """Who opens a case leaves a trace."""
    if not by.has_perm("review.view_case", case):
        raise PermissionDenied
    record("case.view", by=by, target=case)


@transaction.atomic(savepoint=False)
def note_reading(file: CaseFile, *, by: User) -> None:
    """Who opens somebody else's file leaves a trace."""
    if file.uploaded_by_id != by.pk:
        record("case.read_file", by=by, target=file.case, file=file.name)
