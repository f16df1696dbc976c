"""Lists of notices and of e-mails."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from notices.states import MailState

if TYPE_CHECKING:
    from people.models import User


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Notices are letters: only the recipient reads them."""
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def for_list(self) -> Self:
        return self.select_related("email").order_by("-pk")


class EmailQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The list form of `policies.can_view_email`."""
        if user.has_role("system_administrator"):
            return self
        return self.filter(recipient=user)

    def not_delivered(self) -> Self:
        return self.filter(state__in=(MailState.FAILED, *MailState.RETRYABLE))

    def overdue(self, *, now: datetime.datetime, by: datetime.timedelta) -> Self:
        """Still to be sent although their time has passed: their job was lost or discarded."""
        return self.filter(Q(state__in=MailState.OPEN), next_try_at__lt=now - by)

    def for_list(self) -> Self:
        """Without the text: the system administrator sees that a mail failed, not what it says."""
        return self.select_related("recipient").defer("body").order_by("-pk")
