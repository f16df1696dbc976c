"""What the head's page remembers: whom it reminded, and when."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Nudge(models.Model):
    """One reminder of the register of interests, sent by a head of OPD with one click."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="nudges")
    opd = models.ForeignKey("people.Opd", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    sent_on = models.DateField(_("on"))
    sent_at = models.DateTimeField(_("at"), auto_now_add=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-sent_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "sent_on"],
                name="nudge_once_a_day",
                violation_error_message=_("This person was reminded today already."),
            ),
            models.CheckConstraint(
                condition=~Q(person=F("sent_by")),
                name="nudge_not_to_oneself",
                violation_error_message=_("Nobody reminds themselves."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.sent_on}"
