"""Telling people: once, in their language, the way they chose."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from audit.models import AuditEvent
from jobs.models import Job
from jobs.testing import run_jobs
from notices import services
from notices.models import Email, Notice, Preference
from notices.states import Delivery, MailState
from tests.notices.factories import NoticeFactory
from tests.people.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_notify_tells_in_the_portal_and_by_mail(mailoutbox):
    user = UserFactory(name="Siti binti A.")

    notice = services.notify(
        user, kind="test.event", title="Dokumen Anda siap", body="Sudah ditandatangani.", url="/"
    )
    run_jobs()

    assert Notice.objects.visible_to(user).get() == notice
    mail = mailoutbox[0]
    assert (mail.to, mail.subject) == ([user.email], "Dokumen Anda siap")
    assert "Siti binti A." in mail.body
    assert "Sudah ditandatangani." in mail.body
    assert "http://localhost:8000/" in mail.body
    assert mail.alternatives[0].mimetype == "text/html"
    assert mail.extra_headers["Message-ID"] == notice.email.message_id
    notice.email.refresh_from_db()
    assert (notice.email.state, notice.email.tries) == (MailState.SENT, 1)


def test_rollback_tells_nobody(mailoutbox):
    user = UserFactory()

    with transaction.atomic():
        services.notify(user, kind="test.event", title="Batal")
        transaction.set_rollback(True)
    run_jobs()

    assert not Notice.objects.exists()
    assert not Job.objects.exists()
    assert mailoutbox == []


def test_texts_are_in_the_recipients_language(mailoutbox):
    title = gettext_lazy("Yes")
    with translation.override("id"):
        expected = {"id": str(title)}
    expected["en"] = "Yes"

    for language in ("id", "en"):
        with translation.override("en" if language == "id" else "id"):
            notice = services.notify(
                UserFactory(language=language), kind="test.event", title=title
            )
        assert notice.title == expected[language]


def test_dedupe_key_tells_once():
    user = UserFactory()

    first = services.notify(user, kind="test.event", title="Satu", dedupe_key="plan:1")
    again = services.notify(user, kind="test.event", title="Dua", dedupe_key="plan:1")
    other = services.notify(UserFactory(), kind="test.event", title="Tiga", dedupe_key="plan:1")

    assert first == again != other
    assert Email.objects.filter(recipient=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_dedupe_key_in_a_race():
    user = UserFactory()

    def tell(_number):
        try:
            return services.notify(user, kind="test.event", title="Sekali", dedupe_key="x").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        keys = set(pool.map(tell, range(12)))

    assert len(keys) == 1
    assert (Notice.objects.count(), Email.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "url", ["https://x.id/", "//x.id", "/\\x.id", "kabar/", "/a b", "javascript:1"]
)
def test_foreign_addresses_are_refused(url):
    with pytest.raises(ValueError, match="portal"):
        services.notify(UserFactory(), kind="test.event", title="Tautan", url=url)


def test_unknown_kind_is_refused():
    with pytest.raises(ImproperlyConfigured):
        services.notify(UserFactory(), kind="nobody.knows", title="?")


@pytest.mark.parametrize(
    "title", ["Judul\r\nBcc: lain@x.id", "Judul\nX: y", "Judul\u2028Bcc: a", "Judul\x00\x0b B"]
)
def test_header_injection_is_harmless(mailoutbox, title):
    user = UserFactory(name="Budi\r\nBcc: lain@contoh.id")

    services.notify(user, kind="test.event", title=title, body="Isi")
    run_jobs()

    mail = mailoutbox[0]
    assert mail.subject.startswith("Judul ")
    assert "\n" not in mail.subject
    assert mail.recipients() == [user.email]
    headers = mail.message().as_bytes().split(b"\n\n", 1)[0]
    assert b"\nBcc:" not in headers
    assert b"\nX:" not in headers


def test_html_alternative_is_escaped(mailoutbox):
    services.notify(UserFactory(name="A <b>B</b>"), kind="test.event", title="T", body="<script>x")
    run_jobs()

    html = mailoutbox[0].alternatives[0].content
    assert "<script>" not in html
    assert "<b>B" not in html
    assert "<script>x" in mailoutbox[0].body


def test_long_title_is_shortened():
    notice = services.notify(UserFactory(), kind="test.event", title="x" * 1_000)

    assert len(notice.title) == 200


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}])
def test_without_an_address_the_mail_is_skipped(fields, mailoutbox):
    notice = services.notify(UserFactory(**fields), kind="test.event", title="Kabar")
    run_jobs()

    assert notice.email.state == MailState.SKIPPED
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("delivery", "muted", "mails"),
    [
        (Delivery.EACH, [], ["test.event", "test.security"]),
        (Delivery.EACH, ["test.event", "test.security"], ["test.security"]),
        (Delivery.DAILY, [], ["test.security"]),
        (Delivery.NEVER, [], ["test.security"]),
    ],
)
def test_preferences_hold_but_for_what_is_mandatory(delivery, muted, mails):
    user = UserFactory()
    services.save_preference(by=user, delivery=delivery, muted_kinds=muted)

    for kind in ("test.event", "test.security"):
        services.notify(user, kind=kind, title="Kabar")

    assert list(Email.objects.order_by("pk").values_list("kind", flat=True)) == mails
    assert Notice.objects.count() == 2
    assert AuditEvent.objects.filter(action="notice.preference").count() == 1


def test_digest_tells_what_came_since_the_last(mailoutbox):
    user = UserFactory()
    services.save_preference(by=user, delivery=Delivery.DAILY, muted_kinds=[])
    services.notify(user, kind="test.event", title="Satu")
    services.notify(user, kind="test.event", title="Dua")
    services.notify(user, kind="test.event", title="Tanpa surat", email=False)
    now = timezone.now() + datetime.timedelta(seconds=1)

    digest = services.send_digest(user, now=now)
    again = services.send_digest(user, now=now + datetime.timedelta(days=1))
    run_jobs()

    assert again is None
    assert digest.body == "• Satu\n\n• Dua"
    assert len(mailoutbox) == 1
    assert Preference.objects.get().last_digest_at == now + datetime.timedelta(days=1)


def test_notify_costs_few_queries(django_assert_num_queries):
    user = UserFactory()

    with django_assert_num_queries(4):  # preference, notice, e-mail, job
        services.notify(user, kind="test.event", title="Kabar")


def test_unread_count_is_one_query_and_capped(django_assert_num_queries):
    user = UserFactory()
    NoticeFactory.create_batch(3, recipient=user)
    NoticeFactory(recipient=user, read_at=timezone.now())
    NoticeFactory()

    with django_assert_num_queries(1):
        assert services.unread_count(user) == 3
    Notice.objects.bulk_create(NoticeFactory.build_batch(120, recipient=user))
    assert services.unread_count(user) == services.UNREAD_SHOWN + 1


def test_mark_read_is_for_the_recipient():
    notice = NoticeFactory()

    with pytest.raises(PermissionDenied):
        services.mark_read(notice, by=UserFactory())
    services.mark_read(notice, by=notice.recipient)

    notice.refresh_from_db()
    assert notice.is_read


def test_clean_up_forgets_what_is_old():
    user = UserFactory()
    services.notify(user, kind="test.event", title="Lama")
    services.notify(user, kind="test.event", title="Baru")
    run_jobs()
    Email.objects.filter(subject="Lama").update(
        created_at=timezone.now() - datetime.timedelta(days=181)
    )

    assert services.clean_up(now=timezone.now()) == 1
    assert Email.objects.get().subject == "Baru"
    assert Notice.objects.count() == 2
