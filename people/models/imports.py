"""A file of people that was checked, and perhaps taken over."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import all_or_none, known_choice
from people.models.persons import User


class ImportState(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    FAULTY = "faulty", _("Has faults")
    READY = "ready", _("Ready to take over")
    COMMITTING = "committing", _("Being taken over")
    COMMITTED = "committed", _("Taken over")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")


class ImportBatch(models.Model):
    """One upload: the check first, the commit only of a file without fault."""

    State = ImportState

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    row_count = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.CHECKING)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True)
    committed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            known_choice("state", ImportState, name="importbatch_state_known"),
            all_or_none(
                "committed_at",
                "committed_by",
                name="importbatch_committed_at_and_by",
                message=_("A commit has a time and a person, or neither."),
            ),
            models.CheckConstraint(
                condition=~Q(state="committed") | Q(committed_at__isnull=False),
                name="importbatch_committed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("people:import_detail", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        """The worker has something to do with it."""
        return self.state in (ImportState.CHECKING, ImportState.COMMITTING)
