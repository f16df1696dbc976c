"""What the queue remembers of its people: who has a case open, which filters they keep."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from review.models.cases import Case


class CasePresence(models.Model):
    """Somebody has the page of a case open; forgotten after minutes (`services.presence`)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user"], name="casepresence_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="casepresence_by_time")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.case_id}"


class SavedFilter(models.Model):
    """A filter of the queue that somebody keeps under a name; the query is the address's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_filters")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="savedfilter_once_a_name",
                violation_error_message=_("You already keep a filter of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
