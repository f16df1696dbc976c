"""Files that hang on a thing: what an app's own table of files shares with the others.

    class Attachment(StoredFile): ...                       # with a foreign key to its owner
    with taken(upload, Attachment(task=task, uploaded_by=by), standing=of(task)) as file: ...
    take_away(file)

Who may add and take away, and the event in the trail, is the app's; `common.uploads` checks.
"""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import ClassVar, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import QuerySet, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import uploads

QUOTA = 25 * uploads.MEGABYTE
MOST_FILES = 10


class AttachmentClosedError(Exception):
    """Files can't be added or taken away any more; the text is for the user."""


class StoredFile(models.Model):
    """One checked file; the name that people see is never a path."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(gettext_lazy("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="attachments/", max_length=200)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Taken off before it was relied on; afterwards a file stays.
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        ordering: ClassVar = ["uploaded_at", "id"]

    def __str__(self) -> str:
        return self.name


File = TypeVar("File", bound=StoredFile)


def rules_in_words() -> str:
    """What is accepted, for the page."""
    return _("%(names)s, at most %(size)s a file and %(count)s files.") % {
        "names": uploads.EVIDENCE.names,
        "size": filesizeformat(uploads.EVIDENCE.max_bytes),
        "count": MOST_FILES,
    }


@contextmanager
def taken(upload: UploadedFile, blank: File, *, standing: QuerySet[File]) -> Iterator[File]:
    """Check and store one file as `blank`; what fails inside the block takes it away again.

    `standing`: the files that the owner has. Yields the same file when it is there already,
    so that a second press changes nothing. Raises `ValidationError`.
    """
    if standing.count() >= MOST_FILES:
        raise ValidationError(
            _("There are %(count)s files already; take one away first.") % {"count": MOST_FILES}
        )
    prepared = uploads.prepare_upload(upload)
    used = standing.aggregate(sum=Sum("size"))["sum"] or 0
    uploads.check_quota(used=used, adding=prepared.size, limit=QUOTA)
    digest = hashlib.sha256(prepared.read()).hexdigest()
    prepared.seek(0)
    if twin := standing.filter(sha256=digest).first():
        yield twin  # Pressed twice, or chosen twice.
        return
    blank.name, blank.content_type = prepared.original_name, prepared.kind.content_type
    blank.size, blank.sha256 = prepared.size, digest
    blank.file.save(prepared.name, prepared, save=False)
    try:
        blank.save(force_insert=True)
        yield blank
    except BaseException:
        blank.file.storage.delete(blank.file.name)
        raise


def take_away(attachment: StoredFile) -> None:
    """Mark it as removed, and empty the store once no other row needs the file."""
    attachment.removed_at = timezone.now()
    attachment.save(update_fields=["removed_at"])
    others = type(attachment)._default_manager.filter(
        file=attachment.file.name, removed_at__isnull=True
    )
    if not others.exists():
        transaction.on_commit(
            partial(attachment.file.storage.delete, attachment.file.name), robust=True
        )
