"""Minutes of a socialisation in an OPD: evidence of ZI/WBK that no row of the portal can give."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.attachments import StoredFile
from review.publication_querysets import MinutesQuerySet


class SocialisationMinutes(StoredFile):
    """One meeting and its minutes as a file (berita acara sosialisasi)."""

    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+", verbose_name="OPD")
    held_on = models.DateField(_("held on"))
    topic = models.CharField(_("what it was about"), max_length=200)
    attendees = models.PositiveIntegerField(_("people who came"))

    objects = MinutesQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        ordering: ClassVar = ["-held_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(attendees__range=(1, 100_000)),
                name="minutes_somebody_came",
                violation_error_message=_("Say how many people came."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["opd", "held_on"], name="minutes_by_opd")]

    def __str__(self) -> str:
        return f"{self.opd_id} {self.held_on}"

    def get_absolute_url(self) -> str:
        return reverse("review:minutes_file", args=[self.pk])
