"""Notices and e-mails for tests, without the job that sends them."""

import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from notices.emails import new_message_id
from notices.models import Email, Notice
from notices.states import MailState
from tests.people.factories import UserFactory


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    recipient = factory.SubFactory(UserFactory)
    kind = "test.event"
    title = "Dokumen Anda siap"
    path = "/kabar/"


class EmailFactory(DjangoModelFactory):
    class Meta:
        model = Email

    class Params:
        dead = factory.Trait(
            state=MailState.DEAD, next_try_at=None, tries=9, last_error="SMTPDataError"
        )

    recipient = factory.SubFactory(UserFactory)
    kind = "test.event"
    subject = "Dokumen Anda siap"
    body = "Silakan masuk ke portal."
    next_try_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(seconds=1))
    message_id = factory.LazyFunction(new_message_id)
