"""Evidence of a control as files: added and taken away until the control is reported as done."""

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.services import record
from common.attachments import AttachmentClosedError, rules_in_words, take_away, taken
from mapping.models import Control, ControlFile
from mapping.states import REPORT
from people.models import User

__all__ = ["AttachmentClosedError", "add", "note_reading", "of", "remove", "rules_in_words"]


def of(control: Control) -> QuerySet[ControlFile]:
    return control.files.filter(removed_at__isnull=True)


@transaction.atomic
def add(control: Control, upload: UploadedFile, *, by: User) -> ControlFile:
    """Check and store one file. Pictures lose their metadata, names are only text."""
    control = _locked(control, by=by)
    blank = ControlFile(control=control, uploaded_by=by)
    with taken(upload, blank, standing=of(control)) as file:
        if file is blank:
            record("control.attach", by=by, target=control, file=file.name, sha256=file.sha256)
    return file


@transaction.atomic
def remove(file: ControlFile, *, by: User) -> None:
    """A second call does nothing."""
    control = _locked(file.control, by=by)
    locked = ControlFile.objects.select_for_update().get(pk=file.pk)
    if locked.removed_at is not None:
        return
    take_away(locked)
    record("control.detach", by=by, target=control, file=locked.name, sha256=locked.sha256)


@transaction.atomic
def note_reading(file: ControlFile, *, by: User) -> None:
    """Who opens somebody else's file leaves a trace."""
    if file.uploaded_by_id != by.pk:
        record("control.read_file", by=by, target=file.control, file=file.name)


def _locked(control: Control, *, by: User) -> Control:
    """Held, so that no file slips in behind a report."""
    locked = Control.objects.select_for_update(of=("self",)).get(pk=control.pk)
    if not by.has_perm(REPORT.permission, locked):
        raise PermissionDenied
    if locked.state not in REPORT.sources:
        raise AttachmentClosedError(
            _("Files can't be changed any more; the state is now “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    return locked
