"""Files with a declaration of conflict or a task of a control plan.

    attachments.add(conflict_or_task, upload, by=user)      # ValidationError says what is wrong
    attachments.of(conflict_or_task)                        # those that stand
    attachments.remove(attachment, by=user)                 # before the signature only

The owner's row is locked, so that no file slips in behind a signature. What a person takes away
is taken from the store as well.
"""

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.services import record
from common.attachments import AttachmentClosedError, rules_in_words, take_away, taken
from declarations.models import Attachment, ConflictDeclaration, ControlTask
from declarations.states import ConflictState, TaskState
from people.models import User

__all__ = [
    "AttachmentClosedError", "add", "may_change", "note_reading", "of", "owner_of", "remove",
    "rules_in_words",
]  # fmt: skip

Owner = ConflictDeclaration | ControlTask
# A conflict takes files while it is written, and with the answer to the superior's question.
OPEN_TO_ADD = {
    ConflictDeclaration: (ConflictState.DRAFT, ConflictState.NEEDS_DATA),
    ControlTask: (TaskState.OPEN,),
}
PERMISSION = {
    ConflictDeclaration: "declarations.change_conflictdeclaration",
    ControlTask: "declarations.report_controltask",
}


def of(owner: Owner) -> QuerySet[Attachment]:
    return owner.attachments.filter(removed_at__isnull=True)


def owner_of(attachment: Attachment) -> Owner:
    owner = attachment.conflict or attachment.task
    if owner is None:
        raise ValueError("A file belongs to a declaration or a task.")
    return owner


def may_change(owner: Owner, user: User) -> bool:
    return owner.state in OPEN_TO_ADD[type(owner)] and user.has_perm(
        PERMISSION[type(owner)], owner
    )


@transaction.atomic
def add(owner: Owner, upload: UploadedFile, *, by: User) -> Attachment:
    """Check and store one file. Pictures lose their metadata, names are only text."""
    owner = _locked(owner, by=by)
    blank = Attachment(
        conflict=owner if isinstance(owner, ConflictDeclaration) else None,
        task=owner if isinstance(owner, ControlTask) else None,
        uploaded_by=by,
    )
    with taken(upload, blank, standing=of(owner)) as file:
        if file is blank:
            record(
                _action(owner, "attach"), by=by, target=owner, file=file.name, sha256=file.sha256
            )
    return file


@transaction.atomic
def remove(attachment: Attachment, *, by: User) -> None:
    """Before the signature; a second call does nothing."""
    owner = _locked(owner_of(attachment), by=by)
    locked = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if locked.removed_at is not None:
        return
    if isinstance(owner, ConflictDeclaration) and _was_signed_with(owner, locked):
        raise AttachmentClosedError(_("This file belongs to what you signed, so it stays."))
    # A correction shares the files of the declaration that it corrects.
    take_away(locked)
    record(_action(owner, "detach"), by=by, target=owner, file=locked.name, sha256=locked.sha256)


@transaction.atomic
def note_reading(attachment: Attachment, *, by: User) -> None:
    """Who opens somebody else's file leaves a trace."""
    if attachment.uploaded_by_id != by.pk:
        owner = owner_of(attachment)
        record(_action(owner, "read_file"), by=by, target=owner, file=attachment.name)


def _was_signed_with(conflict: ConflictDeclaration, attachment: Attachment) -> bool:
    return conflict.sent_at is not None and attachment.uploaded_at <= conflict.sent_at


def _locked(owner: Owner, *, by: User) -> Owner:
    model = type(owner)
    locked = model._default_manager.select_for_update(of=("self",)).get(pk=owner.pk)
    if not by.has_perm(PERMISSION[model], locked):
        raise PermissionDenied
    if locked.state not in OPEN_TO_ADD[model]:
        raise AttachmentClosedError(
            _("Files can't be changed any more; the state is now “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    return locked


def _action(owner: Owner, verb: str) -> str:
    return f"{owner._meta.model_name}.{verb}"
