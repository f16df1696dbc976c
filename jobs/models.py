"""The queue: one row a job, one row a periodic task.

A job's row is written in the transaction that needs the work, so a rolled-back
transaction leaves no job and a committed one never loses it.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jobs import schedule
from jobs.querysets import JobQuerySet
from jobs.states import State

DEFAULT_MAX_ATTEMPTS = 6
DEFAULT_TIME_LIMIT = 300


class Job(models.Model):
    """One call of a task: ids as arguments, never personal data.

    The owner is a user's key without a foreign key: the queue lies below the people.
    """

    task = models.CharField(_("task"), max_length=200, editable=False)
    queue = models.CharField(_("queue"), max_length=32, default="default", editable=False)
    priority = models.SmallIntegerField(default=0, editable=False)
    args = models.JSONField(default=list, editable=False)
    kwargs = models.JSONField(default=dict, editable=False)
    key = models.CharField(max_length=200, blank=True, default="", editable=False)
    owner = models.CharField(max_length=64, blank=True, default="", editable=False)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    enqueued_at = models.DateTimeField(_("asked for at"), db_default=Now(), editable=False)
    run_at = models.DateTimeField(_("runs at"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    attempted_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    max_attempts = models.PositiveSmallIntegerField(default=DEFAULT_MAX_ATTEMPTS, editable=False)
    time_limit = models.PositiveIntegerField(default=DEFAULT_TIME_LIMIT, editable=False)
    worker = models.BigIntegerField(null=True, editable=False)  # its advisory lock, while it runs
    workers = ArrayField(models.CharField(max_length=64), default=list, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    error_class = models.CharField(max_length=200, blank=True, default="", editable=False)
    error = models.TextField(_("error"), blank=True, default="", editable=False)
    result = models.JSONField(null=True, editable=False)
    progress_done = models.PositiveIntegerField(default=0, editable=False)
    progress_total = models.PositiveIntegerField(default=0, editable=False)
    progress_label = models.CharField(max_length=200, blank=True, default="", editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="job_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, worker__isnull=False, lease_until__isnull=False)
                | ~Q(state=State.RUNNING) & Q(worker__isnull=True, lease_until__isnull=True),
                name="job_running_has_worker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.PENDING, finished_at__isnull=True)
                | ~Q(state__in=State.PENDING) & Q(finished_at__isnull=False),
                name="job_finished_has_time",
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=~Q(key="") & Q(state__in=State.HOLDING_KEY),
                name="job_key_once",
            ),
        ]
        indexes = [
            models.Index(
                "queue",
                F("priority").desc(),
                "run_at",
                "id",
                condition=Q(state=State.WAITING),
                name="job_to_claim",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state=State.RUNNING), name="job_to_reap"
            ),
            models.Index(
                fields=["finished_at"], condition=Q(finished_at__isnull=False), name="job_to_clean"
            ),
            models.Index(fields=["state", "-id"], name="job_list"),
            models.Index(fields=["owner", "-id"], condition=~Q(owner=""), name="job_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.task} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:detail", args=[self.pk])

    @property
    def short_task(self) -> str:
        """`app.task`, without the module between."""
        parts = self.task.split(".")
        return f"{parts[0]}.{parts[-1]}"

    @property
    def is_finished(self) -> bool:
        return self.state not in State.PENDING

    @property
    def percent(self) -> int:
        if self.state == State.DONE:
            return 100
        return (
            min(100, self.progress_done * 100 // self.progress_total) if self.progress_total else 0
        )


class Schedule(models.Model):
    """When a periodic task runs next; the row's lock makes it run once over all schedulers."""

    name = models.CharField(max_length=100, unique=True)
    rule = models.CharField(max_length=100)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
    last_job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("periodic task")
        verbose_name_plural = _("periodic tasks")

    def __str__(self) -> str:
        return self.name

    @property
    def rule_words(self) -> str:
        entry = schedule.entries().get(self.name)
        return entry.words if entry else self.rule
