"""The life of one e-mail, as data."""

import enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed, will be tried again")
    DEAD = "dead", _("Not delivered")
    SKIPPED = "skipped", _("No e-mail address")

    OPEN = enum.nonmember(("queued", "sending", "failed"))
    RETRYABLE = enum.nonmember(("dead", "skipped"))


class Delivery(models.TextChoices):
    EACH = "each", _("One e-mail for each notice")
    DAILY = "daily", _("One e-mail a day with all notices")
    NEVER = "never", _("No e-mail, notices in the portal only")
