"""The outbox: retries, permanent failures, workers that die while sending."""

import datetime
import re
import smtplib

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from jobs.models import Job
from jobs.services import enqueue
from jobs.testing import run_jobs
from notices import kinds, workflow
from notices.models import Email
from notices.services import post
from notices.states import MailState
from people import services
from people.models import Role
from tests.notices.factories import EmailFactory
from tests.people.factories import UserFactory, log_in, person_with

pytestmark = pytest.mark.django_db


class BrokenServer(BaseEmailBackend):
    """A mail server at the network's edge that answers with `error`."""

    error: Exception = OSError()

    def send_messages(self, email_messages):
        raise self.error


@pytest.fixture
def break_server(settings, monkeypatch):
    def break_with(error: Exception) -> None:
        monkeypatch.setattr(BrokenServer, "error", error)
        settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"

    return break_with


def test_temporary_failure_is_tried_again_later_and_later(break_server):
    break_server(ConnectionRefusedError("Connection to budi@contoh.id refused"))
    email = EmailFactory()
    waits = []

    for _number in range(len(workflow.DELAYS) + 1):
        workflow.deliver(email.pk)
        email.refresh_from_db()
        if email.next_try_at:
            waits.append(round((email.next_try_at - timezone.now()).total_seconds() / 60))
            Email.objects.update(next_try_at=timezone.now())

    assert waits == list(workflow.DELAYS)
    assert email.state == MailState.DEAD
    assert email.last_error == "ConnectionRefusedError: Connection to [e-mail] refused"
    assert Job.objects.filter(task="notices.tasks.send_email").count() == len(workflow.DELAYS)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.id": (550, b"no such user")}), MailState.DEAD),
        (smtplib.SMTPRecipientsRefused({"a@b.id": (450, b"busy")}), MailState.FAILED),
        (smtplib.SMTPDataError(554, b"spam"), MailState.DEAD),
        (smtplib.SMTPDataError(451, b"later"), MailState.FAILED),
        (smtplib.SMTPAuthenticationError(535, b"password"), MailState.FAILED),
        (smtplib.SMTPServerDisconnected("gone"), MailState.FAILED),
        (TimeoutError("timed out"), MailState.FAILED),
    ],
)
def test_answers_of_the_mail_server(break_server, error, state):
    break_server(error)
    email = EmailFactory()

    workflow.deliver(email.pk)

    email.refresh_from_db()
    assert (email.state, email.tries) == (state, 1)


def test_address_with_a_line_break_is_given_up():
    email = EmailFactory(recipient__email="a@b.id\r\nBcc: c@d.id")

    workflow.deliver(email.pk)

    email.refresh_from_db()
    assert email.state == MailState.DEAD
    assert mail.outbox == []


def test_delivered_once_however_often_asked():
    email = EmailFactory()

    for _number in range(3):
        workflow.deliver(email.pk)

    assert len(mail.outbox) == 1


def test_mail_left_while_sending_goes_out_again_under_the_same_id():
    email = EmailFactory()
    assert workflow._begin(email.pk) is not None  # and the worker dies
    workflow.deliver(email.pk)
    assert mail.outbox == []
    now = timezone.now() + workflow.LONGEST_SENDING
    Email.objects.update(next_try_at=timezone.now() - datetime.timedelta(minutes=3))

    swept = workflow.sweep(now=now)
    run_jobs()

    assert swept == 1
    assert [m.extra_headers["Message-ID"] for m in mail.outbox] == [email.message_id]


def test_sweep_leaves_alone_what_has_its_time():
    EmailFactory(next_try_at=timezone.now() + datetime.timedelta(hours=1), state=MailState.FAILED)
    EmailFactory(dead=True)

    assert workflow.sweep(now=timezone.now()) == 0


def test_address_is_read_at_sending():
    email = EmailFactory()
    email.recipient.email = "baru@example.go.id"
    email.recipient.save(update_fields=["email"])

    workflow.deliver(email.pk)

    assert mail.outbox[0].to == ["baru@example.go.id"]


def test_retry_by_the_system_administrator():
    administrator = person_with(Role.SYSTEM_ADMINISTRATOR)
    email = EmailFactory(dead=True)

    workflow.retry(email, by=administrator)
    run_jobs()

    email.refresh_from_db()
    assert (email.state, email.tries) == (MailState.SENT, 1)
    assert AuditEvent.objects.get(action="email.retry").actor_id == administrator.pk


def test_retry_needs_the_right_and_a_dead_mail():
    administrator = person_with(Role.SYSTEM_ADMINISTRATOR)
    email = EmailFactory(dead=True)

    with pytest.raises(PermissionDenied):
        workflow.retry(email, by=email.recipient)
    with pytest.raises(workflow.TransitionError):
        workflow.retry(EmailFactory(), by=administrator)


# --- Letters with a secret -------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["account.activation", "account.password_reset"])
def test_letter_stands_in_the_outbox_without_its_secret(client, kind):
    person = UserFactory(unactivated=kind == "account.activation")
    if kind == "account.activation":
        services.send_activation_link(person, by=None)
    else:
        services.request_password_reset(nip_typed=person.nip)
    run_jobs()

    email = Email.objects.get(recipient=person)
    link = re.search(r"https?://\S+", mail.outbox[0].body)[0]
    assert (email.kind, email.state, email.body) == (kind, MailState.SENT, "")
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    assert not any(secret in str(value) for value in vars(email).values())
    log_in(client, person_with(Role.SYSTEM_ADMINISTRATOR))
    page = client.get(reverse("notices:outbox"), {"keadaan": "sent"}).content.decode()
    assert str(person) in page
    assert str(kinds.get(kind).label) in page
    assert secret not in page


def test_letter_that_did_not_leave_is_tried_again_and_its_secret_never_counted(break_server):
    person = UserFactory(unactivated=True)
    printed = services.make_activation_code(person, channel="printed", by=None)
    services.send_activation_link(person, by=None)
    email = Email.objects.get(recipient=person)
    break_server(ConnectionRefusedError())

    workflow.deliver(email.pk)

    email.refresh_from_db()
    assert (email.state, email.tries) == (MailState.FAILED, 1)
    assert email.next_try_at > timezone.now()
    assert (
        services.activate(nip_typed=person.nip, code=printed, password="kabut-pagi-tes") == person
    )


def test_letter_sent_again_takes_nobody_s_password_away():
    person = UserFactory()
    email = EmailFactory(recipient=person, kind="account.activation", dead=True)
    workflow.retry(email, by=person_with(Role.SYSTEM_ADMINISTRATOR))

    run_jobs()

    email.refresh_from_db()
    person.refresh_from_db()
    assert (email.state, mail.outbox) == (MailState.DEAD, [])
    assert person.has_usable_password()
    assert email.last_error


def test_who_waits_is_served_before_mails_in_bulk():
    """A campaign's thousands of mails keep neither a signature nor a new password waiting."""
    person = UserFactory()
    asked = [
        post(person, kind="announcement", subject="Jadwal", body=""),
        enqueue("review.flag_tasks.follow_changes"),
        services.request_password_reset(nip_typed=person.nip),
        enqueue("statements.tasks.render_and_sign", "x"),
    ]
    assert len(asked) == Job.objects.count()

    first = Job.objects.order_by("-priority", "run_at", "pk").values_list("task", flat=True)

    assert list(first) == [
        "people.tasks.send_password_reset",
        "statements.tasks.render_and_sign",
        "review.flag_tasks.follow_changes",
        "notices.tasks.send_email",
    ]
