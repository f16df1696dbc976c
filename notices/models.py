"""What the portal tells people: in the portal, and by e-mail from an outbox."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.constraints import known_choice
from notices import kinds
from notices.querysets import EmailQuerySet, NoticeQuerySet
from notices.states import Delivery, MailState


class Notice(models.Model):
    """One thing a person should know, and where in the portal to see it."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    path = models.CharField(_("page"), max_length=300, blank=True)
    dedupe_key = models.CharField(max_length=200, blank=True)
    wants_email = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    read_at = models.DateTimeField(null=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient", "dedupe_key"],
                condition=~Q(dedupe_key=""),
                name="notice_once",
            ),
            models.CheckConstraint(
                # One of our own pages; `//host` would leave the portal.
                condition=Q(path="") | Q(path__regex=r"^/([^/\\]|$)"),
                name="notice_path_is_ours",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="notice_list"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["-created_at"], name="notice_recent"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.path or reverse("notices:list")

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class Email(models.Model):
    """One e-mail of the outbox, with what became of it.

    It says what happened and asks to log in; what a declaration says never leaves by mail.
    The address is read at sending, so a corrected one is used at the next try. An activation or
    reset letter has no words here: see `notices.kinds.LETTERS`.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="emails")
    notice = models.OneToOneField(Notice, models.CASCADE, null=True, related_name="email")
    kind = models.CharField(max_length=60)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    path = models.CharField(max_length=300, blank=True)
    state = models.CharField(
        _("delivery"), max_length=10, choices=MailState, default=MailState.QUEUED, editable=False
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0, editable=False)
    next_try_at = models.DateTimeField(null=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    message_id = models.CharField(max_length=200, unique=True, editable=False)
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    sent_at = models.DateTimeField(null=True, editable=False)

    objects = EmailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        constraints: ClassVar = [
            known_choice("state", MailState, name="email_state_known"),
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | ~Q(state=MailState.SENT) & Q(sent_at__isnull=True),
                name="email_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=MailState.OPEN) | Q(next_try_at__isnull=False),
                name="email_open_has_next_try",
            ),
            models.CheckConstraint(
                condition=~Q(subject__regex=r"[\r\n]"), name="email_subject_is_one_line"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"], condition=Q(state__in=MailState.OPEN), name="email_to_send"
            ),
            models.Index(fields=["state", "-id"], name="email_by_state"),
            models.Index(fields=["recipient", "-id"], name="email_of_recipient"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def letter(self) -> str:
        """Which letter with a secret it is; of anything else the administrator learns nothing."""
        return str(kinds.get(self.kind).label) if self.kind in kinds.LETTERS else ""


class Preference(models.Model):
    """How one person wants to be told; without a row the defaults hold."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="notice_preference",
    )
    delivery = models.CharField(
        _("e-mail"), max_length=10, choices=Delivery, default=Delivery.EACH
    )
    muted_kinds = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    last_digest_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("notice settings")
        constraints: ClassVar = [
            known_choice("delivery", Delivery, name="preference_delivery_known")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_delivery_display()}"


class ReminderLog(models.Model):
    """A reminder that was given; the unique key keeps it from being given twice a day."""

    name = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["on", "name", "key", "recipient"], name="reminder_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key} {self.on}"
