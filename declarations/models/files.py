"""Files that people add: evidence of a conflict, evidence of a finished task."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.models.conflicts import ConflictDeclaration
from declarations.models.plans import ControlTask


class Attachment(models.Model):
    """One checked file; the name that people see is never a path."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conflict = models.ForeignKey(
        ConflictDeclaration, models.PROTECT, null=True, related_name="attachments"
    )
    task = models.ForeignKey(ControlTask, models.PROTECT, null=True, related_name="attachments")
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="attachments/", max_length=200)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Taken off before the signature; afterwards a file stays.
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["uploaded_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(conflict__isnull=True, task__isnull=False)
                | Q(conflict__isnull=False, task__isnull=True),
                name="attachment_belongs_to_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name
