"""Earlier drafts, so that a stale tab can be merged instead of refused."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class DraftRevision(models.Model):
    """One saved draft of any declaration; old ones are pruned once the document is signed.

    `subject_id` is the declaration's UUID: drafts are working copies, never evidence, so
    no foreign key ties them to one of the tables.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_id = models.UUIDField()
    revision = models.PositiveIntegerField()
    data = models.JSONField()
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["subject_id", "-revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_id", "revision"], name="draftrevision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} #{self.revision}"
