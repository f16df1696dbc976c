"""The life of a job, as data: what the table, the worker and the page agree on."""

import enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Failed for good")
    DISCARDED = "discarded", _("Discarded")

    PENDING = enum.nonmember(("waiting", "running"))
    FINISHED = enum.nonmember(("done", "discarded"))
    # A job that failed for good frees its key, so that the work can be asked for again.
    HOLDING_KEY = enum.nonmember(("waiting", "running", "done"))
