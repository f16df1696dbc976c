"""The province on one page: right figures, exactly their rows, in few queries, for whom it may."""

import datetime
import threading

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from declarations.models import ConflictDeclaration, InterestRegister
from mapping.models import ConflictSource
from people.models import Role, User
from review.models import OpdStanding, SummaryCell, SummaryMark, SummaryRun
from review.services import dashboard, dashboard_rows, summaries
from tests.declarations.factories import RegisterFactory
from tests.people.factories import OpdFactory, log_in, person_with
from tests.queries import count_page_queries
from tests.review.factories import make_conflict, make_statement

# With the request's BEGIN and COMMIT: eleven.
MOST_QUERIES = 9
OVERSEERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)
db = pytest.mark.django_db


def sign_register(person, *, days_late=-1, state="sent"):
    now = timezone.now()
    register = RegisterFactory(declarant=person, year=timezone.localdate().year)
    checker = User.objects.exclude(pk=person.pk).first()
    checked = {"checked_at": now, "checked_by": checker} if state == "accepted" else {}
    InterestRegister.objects.filter(pk=register.pk).update(
        state="sent",
        sent_at=now,
        sent_by=person,
        due_on=timezone.localdate() - datetime.timedelta(days=days_late),
    )
    if state != "sent":
        InterestRegister.objects.filter(pk=register.pk).update(state=state, **checked)
    return register


@pytest.fixture
def opd():
    return OpdFactory(name="Dinas Ringkasan", short_name="Ringkas")


@pytest.fixture
def people(opd):
    return [person_with(opd=opd, post={"obliged": True}) for _n in range(5)]


@pytest.fixture
def filled(opd, people):
    """One accepted in time, one sent in time, one late, two missing; open and decided cases."""
    sign_register(people[0], state="accepted")
    sign_register(people[1])
    sign_register(people[2], days_late=3)
    now, ago = timezone.now(), timezone.now() - datetime.timedelta(days=9)
    make_conflict(people[0], opd)
    make_conflict(people[0], opd, source=ConflictSource.objects.get(code="BISNIS"))
    make_conflict(people[1], opd, state="conflict_found", decided_at=now)
    make_conflict(
        people[1], opd, state="no_conflict", sent_at=ago, decided_at=now,
        due_on=timezone.localdate() - datetime.timedelta(days=2),
    )  # fmt: skip
    make_statement(people[3], opd)
    summaries.rebuild(at=now)


def refresh():
    return summaries.refresh(at=timezone.now())


def shown(client, **query):
    return client.get(reverse("review:dashboard"), query)


def links(context):
    """(figure, address) of every linked figure of the page."""
    cells = []
    for line in [*context["lines"], context["total"]]:
        cells += [value for value in line.values() if hasattr(value, "url")]
    for line in context["sources"]:
        cells += [cell for _words, cell in line["cells"]] + [line["total"]]
    for line in context["trend"]:
        cells += [cell for _form, cell in line["cells"]]
    return [(cell.number, cell.url) for cell in cells]


@db
def test_every_figure_opens_exactly_its_rows(client, filled):
    log_in(client, person_with(Role.INSPECTOR))
    refresh()

    context = shown(client).context

    opened = 0
    for number, url in links(context):
        assert bool(url) == bool(number)
        if url:
            assert client.get(url).context["page"].count == number, url
            opened += 1
    assert opened > 20


@db
def test_compliance_follows_the_formulas(client, filled, opd):
    log_in(client, person_with(Role.AUDITOR))

    line = next(row["line"] for row in shown(client).context["lines"] if row["opd"] == opd)

    assert (line.obliged, line.signed, line.in_time, line.valid_in_time) == (5, 3, 2, 1)
    assert (line.rate, line.punctuality, line.missing, line.late) == (20, 66, 2, 1)
    assert (line.open, line.decided, line.decided_in_time) == (3, 2, 1)


@db
def test_decisions_are_counted_in_working_days(filled):
    found = dashboard.figures(year=timezone.localdate().year, on=timezone.localdate())

    assert found.decisions.number == 2
    assert found.decisions.in_time == 1
    assert found.decisions.median == 0
    assert found.decisions.p90 == found.days[-1][0] > 3


@pytest.mark.parametrize(
    ("histogram", "share", "expected"),
    [
        ({}, 0.5, None),
        ({4: 1}, 0.9, 4),
        ({1: 5, 2: 5}, 0.5, 1),
        ({1: 9, 20: 1}, 0.9, 1),
        ({1: 8, 20: 2}, 0.9, 20),
    ],
)
def test_quantile_is_a_number_of_days_that_occurred(histogram, share, expected):
    assert dashboard.quantile(histogram, share) == expected


@db
def test_a_change_is_marked_and_counted_by_the_next_refresh(filled, opd, people):
    refresh()
    before = dashboard.figures(year=timezone.localdate().year, on=timezone.localdate())

    make_conflict(people[4], opd)
    assert SummaryMark.objects.filter(kind="F3", opd_id=opd.pk).exists()
    sign_register(people[4])
    refresh()
    after = dashboard.figures(year=timezone.localdate().year, on=timezone.localdate())

    assert after.total.open == before.total.open + 1
    assert after.total.signed == before.total.signed + 1
    assert not SummaryMark.objects.exists()
    assert not after.is_behind


@db
def test_a_draft_marks_nothing(people):
    SummaryMark.objects.all().delete()

    RegisterFactory(declarant=people[3])

    assert not SummaryMark.objects.exists()


@db
def test_a_closed_account_and_an_ended_post_leave_the_obliged(filled, people, opd):
    User.objects.filter(pk=people[3].pk).update(is_active=False)
    people[4].assignments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    refresh()

    standing = OpdStanding.objects.get(opd=opd, year=timezone.localdate().year)

    assert (standing.obliged, standing.signed) == (3, 3)


@db
def test_nightly_comparison_agrees_with_the_increments_and_mends_what_does_not(filled, opd):
    refresh()
    assert summaries.rebuild(at=timezone.now()) == 0

    cell = SummaryCell.objects.filter(kind="F3").first()
    SummaryCell.objects.filter(pk=cell.pk).update(number=cell.number + 7)
    OpdStanding.objects.filter(opd=opd).update(obliged=99)
    found = summaries.rebuild(at=timezone.now())

    assert found >= 2
    assert SummaryRun.objects.get().differences == found
    assert summaries.rebuild(at=timezone.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_not_lost():
    """The refresh runs while the change is under way: its mark appears with its commit."""
    opd = OpdFactory()
    person = person_with(opd=opd, post={"obliged": True})
    summaries.rebuild(at=timezone.now())
    refresh()
    written, go = threading.Event(), threading.Event()

    def write():
        try:
            with transaction.atomic():
                make_conflict(person, opd)
                written.set()
                go.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    written.wait(10)
    refresh()
    assert not SummaryCell.objects.filter(kind="F3", opd=opd).exists()
    go.set()
    thread.join()
    refresh()

    assert SummaryCell.objects.get(kind="F3", opd=opd).number == 1


@db
def test_working_days_in_the_database_are_those_of_the_calendar(people):
    from people import calendar
    from people.models import Holiday

    start = datetime.date(2026, 3, 2)
    Holiday.objects.get_or_create(on=datetime.date(2026, 3, 11), defaults={"name": "Libur"})
    calendar.forget()
    for length in range(0, 40, 3):
        end = start + datetime.timedelta(days=length)
        with connection.cursor() as cursor:
            cursor.execute("SELECT review_working_days(%s, %s)", [start, end])
            assert cursor.fetchone()[0] == calendar.working_days_between(start, end)
    calendar.forget()


@db
@pytest.mark.parametrize("name", ["dashboard", "dashboard_rows"])
@pytest.mark.parametrize("role", list(Role))
def test_who_sees_the_province(client, opd, role, name):
    log_in(client, person_with(role, opd))

    status = client.get(reverse(f"review:{name}")).status_code

    assert status == (200 if role in OVERSEERS else 403)


@db
def test_rows_obey_the_rights_of_each_kind(opd, filled):
    """Whoever asks the row functions without the page's right gets what they may read anyway."""
    stranger = person_with(Role.DECLARANT)
    on = timezone.localdate()

    assert not dashboard_rows.people(stranger, year=on.year, on=on, standing="semua").exists()
    assert not dashboard_rows.open_conflicts(stranger).exists()
    assert not dashboard_rows.decisions(stranger, year=on.year).exists()
    assert not dashboard_rows.late_plans(stranger, on=on).exists()
    for form in dashboard_rows.FORMS:
        found = dashboard_rows.signed_in_month(stranger, form=form, month=on.replace(day=1))
        assert not found.exists()


@db
@pytest.mark.parametrize(
    "query",
    [
        {"jenis": "x"}, {"opd": "abc"}, {"opd": "99999999999999"}, {"opd": "2000000000"},
        {"jenis": "bulan", "bulan": "2026-13"}, {"jenis": "bulan", "bulan": "0001-01"},
        {"siapa": "x"}, {"jenis": "putusan", "waktu": "x"}, {"jenis": "bulan", "formulir": "F9"},
        {"jenis": "konflik", "sumber": "\x00'", "level": "zz"}, {"tahun": "abc"},
        {"setelah": "x"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_failure(client, filled, query):
    log_in(client, person_with(Role.INSPECTOR))

    for name in ("dashboard", "dashboard_rows"):
        assert client.get(reverse(f"review:{name}"), query).status_code in (200, 400, 404)


def more(number):
    for _each in range(number):
        opd = OpdFactory()
        for person in [person_with(opd=opd, post={"obliged": True}) for _n in range(2)]:
            sign_register(person)
            make_conflict(person, opd)
            make_statement(person, opd)
    refresh()


@db
@pytest.mark.parametrize(
    "address",
    ["/tinjauan/", *(f"/tinjauan/baris/?jenis={kind}" for kind in
                     ("orang", "konflik", "putusan", "rencana", "bulan"))],
)  # fmt: skip
def test_queries_do_not_grow_with_the_rows(client, filled, address):
    log_in(client, person_with(Role.INSPECTOR))
    more(1)

    one = count_page_queries(lambda: client.get(address))
    more(3)
    many = count_page_queries(lambda: client.get(address))

    assert many <= max(one, MOST_QUERIES)
    assert many <= MOST_QUERIES


@db
def test_an_empty_province_is_a_page(client):
    SummaryCell.objects.all().delete()
    OpdStanding.objects.all().delete()
    ConflictDeclaration.objects.none()
    log_in(client, person_with(Role.CHIEF_INSPECTOR))

    page = shown(client)

    assert page.status_code == 200
    assert page.context["figures"].decisions.median is None


@db
def test_pictures_have_words_and_no_inline_style(client, filled):
    log_in(client, person_with(Role.INSPECTOR))

    text = shown(client).content.decode()

    for name in ("compliance", "sources", "days", "trend-F1", "trend-F3"):
        assert f'aria-labelledby="{name}-title {name}-text"' in text
        assert text.count(f'id="{name}-title"') == 1
    assert "style=" not in text
