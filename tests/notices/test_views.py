"""The pages of notices and of the outbox."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notices import account
from notices.models import Email, Notice, Preference
from notices.states import Delivery, MailState
from people import events
from people.models import Role
from tests.notices.factories import EmailFactory, NoticeFactory
from tests.people.factories import UserFactory, log_in, person_with
from tests.queries import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(client):
    return log_in(client, UserFactory())


@pytest.fixture
def administrator(client):
    return log_in(client, person_with(Role.SYSTEM_ADMINISTRATOR))


@pytest.mark.parametrize("name", ["list", "preference", "outbox"])
def test_pages_need_a_login(client, name):
    assert client.get(reverse(f"notices:{name}")).status_code == 302


def test_list_shows_ones_own_newest_first(client, user):
    notices = NoticeFactory.create_batch(2, recipient=user)
    NoticeFactory()

    page = client.get(reverse("notices:list"))

    assert [notice.pk for notice in page.context["notices"]] == [n.pk for n in reversed(notices)]
    assert page.context["unread_notices"] == 2


def test_list_asks_the_same_for_one_and_three(client, user):
    def add():
        EmailFactory(recipient=user, notice=NoticeFactory(recipient=user))

    add()
    one = count_queries(lambda: client.get(reverse("notices:list")))
    add()
    add()

    assert count_queries(lambda: client.get(reverse("notices:list"))) == one <= 12


def test_opening_marks_as_read_and_goes_there(client, user):
    notice = NoticeFactory(recipient=user, path="/bantuan/")

    response = client.post(reverse("notices:open", args=[notice.pk]))

    assert response.headers["Location"] == "/bantuan/"
    notice.refresh_from_db()
    assert notice.is_read


def test_notices_of_others_do_not_exist(client, user):
    notice = NoticeFactory()

    assert client.post(reverse("notices:open", args=[notice.pk])).status_code == 404
    assert client.get(reverse("notices:open", args=[notice.pk])).status_code in (404, 405)


def test_mark_all_read_touches_only_ones_own(client, user):
    NoticeFactory.create_batch(2, recipient=user)
    NoticeFactory()

    client.post(reverse("notices:read_all"))

    assert Notice.objects.unread().count() == 1
    assert client.get(reverse("notices:read_all")).status_code == 405


def test_preference_is_kept_and_shown(client, user):
    response = client.post(
        reverse("notices:preference"), {"delivery": "daily", "kinds": ["notices.reminder"]}
    )

    preference = Preference.objects.get(user=user)
    assert response.status_code == 302
    assert preference.delivery == Delivery.DAILY
    assert "test.event" in preference.muted_kinds
    form = client.get(reverse("notices:preference")).context["form"]
    assert form.initial["kinds"] == ["notices.reminder"]


@pytest.mark.parametrize(
    "data", [{}, {"delivery": "nowhere"}, {"delivery": "each", "kinds": ["forged"]}]
)
def test_wrong_preference_is_refused(client, user, data):
    assert client.post(reverse("notices:preference"), data).status_code == 422
    assert not Preference.objects.exists()


def test_outbox_is_for_system_administrators(client, user):
    email = EmailFactory(dead=True, recipient=user)

    assert client.get(reverse("notices:outbox")).status_code == 403
    assert client.post(reverse("notices:retry", args=[email.pk])).status_code == 403
    foreign = EmailFactory(dead=True)
    assert client.post(reverse("notices:retry", args=[foreign.pk])).status_code == 404


def test_outbox_shows_failures_without_what_the_mail_says(client, administrator):
    EmailFactory(dead=True, subject="Rahasia sekali", body="Isi rahasia")
    EmailFactory()

    page = client.get(reverse("notices:outbox"))

    assert len(page.context["emails"]) == 1
    assert "ahasia" not in page.content.decode()


def test_outbox_asks_the_same_for_one_and_three(client, administrator):
    EmailFactory(dead=True)
    one = count_queries(lambda: client.get(reverse("notices:outbox")))
    EmailFactory.create_batch(2, dead=True)

    assert count_queries(lambda: client.get(reverse("notices:outbox"))) == one <= 12


def test_retry_from_the_page(client, administrator):
    email = EmailFactory(dead=True)

    client.post(reverse("notices:retry", args=[email.pk]))

    assert Email.objects.get(pk=email.pk).state == MailState.QUEUED


@pytest.mark.parametrize(("query", "status"), [("keadaan=x", 400), ("keadaan=sent", 200)])
def test_outbox_with_wrong_values(client, administrator, query, status):
    assert client.get(f"{reverse('notices:outbox')}?{query}").status_code == status


def test_visible_to_says_what_the_policy_says():
    users = [UserFactory(), person_with(Role.SYSTEM_ADMINISTRATOR)]
    emails = [EmailFactory(), *(EmailFactory(recipient=user) for user in users)]

    for user in users:
        listed = set(Email.objects.visible_to(user))
        assert listed == {mail for mail in emails if user.has_perm("notices.view_email", mail)}


@pytest.mark.parametrize("name", sorted(account.TITLES))
def test_account_events_are_told_by_mail_even_when_switched_off(name):
    user = UserFactory()
    Preference.objects.create(user=user, delivery=Delivery.NEVER)

    events.tell(name, user)

    assert Notice.objects.get(recipient=user).kind == "account.security"
    assert Email.objects.get(recipient=user).state == MailState.QUEUED
    assert Notice.objects.get().created_at <= timezone.now()
