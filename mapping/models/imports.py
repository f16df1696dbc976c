"""A file of rows that was checked and perhaps taken over."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from common.constraints import all_or_none
from mapping.models.maps import RiskMap


class MapImport(models.Model):
    """One upload: checked first, taken over only without a fault and by a second press."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    map = models.ForeignKey(RiskMap, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    # The rows as read and checked, and what is wrong: [row, column, message].
    rows = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    # The revision of the map that the check compared with.
    revision = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    committed_at = models.DateTimeField(null=True, editable=False)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            all_or_none(
                "committed_at",
                "committed_by",
                name="mapimport_committed_at_and_by",
                message="A commit has a time and a person, or neither.",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("mapping:import_check", args=[self.pk])

    @property
    def opd_id(self) -> int:
        return self.map.opd_id
