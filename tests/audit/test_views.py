"""The audit trail: who reads what, filters, export."""

import csv
import datetime
import io
import re
from typing import Any

import pytest
from django.db import transaction
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from audit import exports, presentation, services
from audit.models import AuditEvent
from people.models import Role
from tests.audit.factories import AuditEventFactory
from tests.declarations.factories import RegisterFactory
from tests.people.factories import UserFactory, log_in, person_with, post_of
from tests.queries import count_queries
from tests.review.factories import make_conflict
from tests.review.flag_world import make_flag

pytestmark = pytest.mark.django_db
READERS = (Role.AUDITOR, Role.CHIEF_INSPECTOR, Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def auditor(client):
    return log_in(client, person_with(Role.AUDITOR))


def shown(client, **query) -> list[str]:
    page = client.get(reverse("audit:list"), query)
    # The reference data has events of its own.
    return [row.target_id for row in page.context["rows"] if row.target_id in ("a", "b")]


@pytest.mark.parametrize("role", list(Role))
def test_page_is_for_those_who_watch(client, role):
    log_in(client, person_with(role))

    expected = 200 if role in READERS else 403
    assert client.get(reverse("audit:list")).status_code == expected
    assert client.post(reverse("audit:export")).status_code == expected


@pytest.mark.parametrize("role", list(Role))
def test_visible_to_says_what_the_policy_says(role):
    user = person_with(role)
    types = ("people.user", "jobs.job", "notices.email", "declarations.statement", "peoplesoft.x")
    events = [AuditEventFactory(target_type=target_type) for target_type in types]

    listed = set(AuditEvent.objects.visible_to(user).filter(pk__in=[e.pk for e in events]))

    assert listed == {e for e in events if user.has_perm("audit.view_auditevent", e)}
    if role == Role.SYSTEM_ADMINISTRATOR:
        assert listed == set(events[:3])


def test_filters(client, auditor):
    actor = UserFactory()
    day = datetime.timedelta(days=1)
    AuditEventFactory(target_id="a", actor_id=actor.pk, target_type="people.opd")
    AuditEventFactory(target_id="b", action="job.retry")

    assert shown(client) == ["b", "a"]
    assert shown(client, nip=actor.nip) == ["a"]
    assert shown(client, nip="1" * 18) == []
    assert shown(client, action="job.retry") == ["b"]
    assert shown(client, object="people.opd") == ["a"]
    assert shown(client, number="b") == ["b"]
    today = timezone.localdate()
    assert shown(client, first_day=today, last_day=today) == ["b", "a"]
    assert shown(client, last_day=today - day) == []
    assert shown(client, first_day=today + day) == []


@pytest.mark.parametrize(
    "query",
    [
        "nip=abc",
        "action=x",
        "object=auth.user",
        "first_day=0001-01-01",
        "number=%00",
        "last_day=x",
    ],
)
def test_wrong_filters_are_ignored_with_a_message(client, auditor, query):
    AuditEventFactory(target_id="a")

    page = client.get(f"{reverse('audit:list')}?{query}")

    assert page.status_code == 200 or query == "number=%00"
    assert page.status_code in (200, 400)


def test_pages_by_key(client, auditor):
    AuditEventFactory.create_batch(60)
    number = AuditEvent.objects.count()

    first = client.get(reverse("audit:list"))
    second = client.get(first.context["page"].next_url)

    ids = [event.pk for page in (first, second) for event in page.context["page"]]
    assert ids == list(AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[:50])
    assert len(ids) == min(number, 50)


def test_list_asks_the_same_for_one_and_three(client, auditor):
    AuditEventFactory()
    one = count_queries(lambda: client.get(reverse("audit:list")))
    AuditEventFactory.create_batch(2)

    assert count_queries(lambda: client.get(reverse("audit:list"))) == one <= 12


def events_of_new_things() -> list[Any]:
    """A declaration, a register and a flag of one person, each with an event as it was kept."""
    person = person_with()
    things = [
        make_conflict(person, post_of(person).opd),
        RegisterFactory(declarant=person),
        make_flag(person),
    ]
    for thing in things:
        AuditEventFactory(
            action="flag.raise",
            target_type=thing._meta.label_lower,
            target_id=str(thing.pk),
            target_label=f"{thing} {thing.pk}",
        )
    return [person, *things]


def test_the_page_names_things_and_shows_no_keys(client, auditor):
    person, conflict, _register, flag = events_of_new_things()

    page = client.get(reverse("audit:list"))

    lines = {row.target_id: row for row in page.context["rows"]}
    assert lines[str(conflict.pk)].target == f"{person.name}, {conflict.year}"
    assert lines[str(conflict.pk)].kind == "Deklarasi konflik (F3)"
    assert lines[str(flag.pk)].target.endswith(f": {person.name}")
    table = page.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    seen = re.sub(r'href="[^"]*"', "", table)
    assert not presentation.UUID.search(seen)
    assert "flag.raise" not in seen


def test_many_things_are_named_in_as_many_queries_as_few(client, auditor):
    events_of_new_things()
    one = count_queries(lambda: client.get(reverse("audit:list")))
    events_of_new_things()
    events_of_new_things()

    assert count_queries(lambda: client.get(reverse("audit:list"))) == one <= 12


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("F3 2026 — 2238872a-af42-4615-8f35-d06e65c9d729", "F3 2026"),
        ("Q2_X conflict:2f16ac7b-01c3-5add-bacd-7ffbfb0ef7f2", "Q2_X"),
        ("Q2_X conflict:2f16ac7b-01c3-5add-bacd-7ffbfb0ef7f2:2f16ac7b-01c", "Q2_X"),
        ("K/2026/000150", "K/2026/000150"),
    ],
)
def test_labels_lose_the_keys_of_rows(label, shown):
    assert presentation.plain(label) == shown


@pytest.mark.parametrize("name", ["audit:list", "jobs:list", "notices:list", "notices:outbox"])
def test_htmx_gets_the_part_only(client, name):
    user = person_with(Role.SYSTEM_ADMINISTRATOR)
    log_in(client, user)

    response = client.get(reverse(name), headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "HX-Request" in response.headers["Vary"]
    assert "<html" not in response.content.decode()


def test_export_is_safe_filtered_and_audited(client, auditor):
    AuditEventFactory(target_label='=HYPERLINK("http://x")', actor_label="+62 Budi")
    AuditEventFactory(action="job.retry")

    response = client.post(f"{reverse('audit:export')}?action=audit.export")

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][1] == "'+62 Budi"
    assert rows[1][6] == '\'=HYPERLINK("http://x")'
    event = AuditEvent.objects.order_by("-pk").first()
    assert (event.action, event.actor_id) == ("audit.export", auditor.pk)
    assert event.data == {"rows": 1, "filters": {"action": "audit.export"}}


def test_export_with_wrong_filters_is_refused(client, auditor):
    assert client.post(f"{reverse('audit:export')}?nip=abc").status_code == 400
    assert client.get(reverse("audit:export")).status_code == 405


@pytest.mark.parametrize("start", [*exports.FORMULA_STARTS, " =", "\t ="])
def test_no_cell_is_a_formula(start):
    assert exports.safe_cell(f"{start}1+1").startswith("'")


def test_history_is_one_query_newest_first(django_assert_num_queries):
    user = UserFactory()
    with transaction.atomic():
        services.record("job.retry", by=user, target=user, task="x")
        services.record("job.discard", by=None, target=user, task="y")

    with django_assert_num_queries(1):
        events = services.history(user)

    assert [event.action for event in events] == ["job.discard", "job.retry"]


def test_history_component_shows_sentences():
    user = UserFactory(name="Ma'ruf <b>")
    with transaction.atomic():
        services.record("job.retry", by=user, target=user, task="surat.kirim")

    html = Template("{% load audit_history %}{% history target %}").render(
        Context({"target": user})
    )

    assert "surat.kirim" in html
    assert "<b>" not in html


def test_sentence_without_its_data_shows_a_dash():
    event = AuditEventFactory.build(action="job.retry", data={})

    assert "—" in presentation.sentence(event)
    assert presentation.sentence(AuditEventFactory.build(action="x.unknown")) == "x.unknown"
