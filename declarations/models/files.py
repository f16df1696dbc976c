"""Files that people add: evidence of a conflict, evidence of a finished task."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from common.attachments import StoredFile
from declarations.models.conflicts import ConflictDeclaration
from declarations.models.plans import ControlTask


class Attachment(StoredFile):
    conflict = models.ForeignKey(
        ConflictDeclaration, models.PROTECT, null=True, related_name="attachments"
    )
    task = models.ForeignKey(ControlTask, models.PROTECT, null=True, related_name="attachments")

    class Meta(StoredFile.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(conflict__isnull=True, task__isnull=False)
                | Q(conflict__isnull=False, task__isnull=True),
                name="attachment_belongs_to_one",
            ),
        ]
