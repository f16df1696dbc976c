"""The pages of `review`: what they show, to whom, and in how many queries."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from people.models import Role
from review import presentation
from review.services import reality, rows
from tests.people.factories import OpdFactory, log_in, person_with, post_of
from tests.queries import count_page_queries
from tests.review.factories import (
    approved_map,
    make_conflict,
    make_statement,
    overdue_control,
)

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
OVERSEERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


@pytest.fixture
def opd():
    return OpdFactory(name="Dinas Peta", short_name="Peta")


@pytest.fixture
def head(opd):
    return person_with(Role.OPD_HEAD, opd, post={"is_obliged": True, "obliged_because": "JPT"})


@pytest.fixture
def staff(opd, head):
    return person_with(opd=opd, superior=post_of(head), post={"obliged": True})


@pytest.fixture
def filled(opd, head, staff):
    """Two areas in the map, one conflict in it, one outside, a statement, a late control."""
    risk_map = approved_map(opd, "PBJ-01", "SDM-01", posts=(post_of(staff),), head=head)
    make_conflict(staff, opd, "PBJ-01", handler=head)
    make_conflict(staff, opd, "HIB-01", handler=head)
    make_statement(staff, opd, "PBJ-01")
    overdue_control(risk_map)
    return risk_map


def as_role(client, role):
    return log_in(client, person_with(role))


def test_province_shows_numbers_that_open_their_rows(client, opd, filled):
    as_role(client, Role.INSPECTOR)

    page = client.get(reverse("review:province"))

    assert page.status_code == 200
    line = next(line for line in page.context["matrix"] if line["opd"] == opd)
    assert line["total"] == 2
    numbers = {cell["url"]: cell["number"] for cell in line["cells"] if cell["number"]}
    assert sum(numbers.values()) == 2
    for url, number in numbers.items():
        assert len(client.get(url).context["page"].items) == number


@pytest.mark.parametrize("figure", ["konflik", "pernyataan", "pengendalian"])
def test_every_figure_of_the_province_opens_exactly_its_rows(client, opd, filled, figure):
    as_role(client, Role.AUDITOR)

    page = client.get(reverse("review:province"), {"ukuran": figure})

    for line in page.context["matrix"]:
        for cell in line["cells"]:
            if cell["url"]:
                assert len(client.get(cell["url"]).context["page"].items) == cell["number"]
    assert sum(line["total"] for line in page.context["matrix"]) >= 1


def test_conflicts_outside_the_map_and_quiet_areas_are_named(opd, head, filled):
    found = reality.opd_reality(
        opd, year=timezone.localdate().year, user=head, on=timezone.localdate()
    )

    assert [(item.key, item.conflicts) for item in found.lacking] == [("HIB-01", 1)]
    assert [area.key for area in found.quiet] == ["SDM-01"]
    assert {area.key: area.conflicts for area in found.areas} == {"PBJ-01": 1, "SDM-01": 0}
    assert (found.conflicts, found.statements, found.overdue) == (2, 1, 1)


def test_a_withdrawn_or_replaced_declaration_is_not_counted(opd, head, staff):
    make_conflict(staff, opd, state="withdrawn", handler=head)
    make_conflict(staff, opd, state="superseded", handler=head)
    make_conflict(staff, opd, state="closed", handler=head, decided_at=timezone.now(),
                  closed_at=timezone.now())  # fmt: skip

    assert rows.all_conflicts(opd=opd).count() == 1


def test_opd_page_links_each_number_to_its_rows(client, opd, head, filled):
    log_in(client, head)

    page = client.get(reverse("review:opd", args=[opd.pk]))

    assert page.status_code == 200
    for item, links in page.context["areas"]:
        for figure in ("conflicts", "statements", "overdue"):
            listed = client.get(links[figure]).context["page"].items
            assert len(listed) == getattr(item, figure)


def test_a_head_counts_what_they_may_read_and_no_confidential_case(client, opd, head, staff):
    superior = person_with(Role.SUPERIOR, opd, superior=post_of(head))
    for _number in range(2):
        make_conflict(staff, opd, handler=superior)
    make_conflict(staff, opd, handler=superior, is_confidential=True)
    make_conflict(staff, opd, handler=head)
    url = reverse("review:opd", args=[opd.pk])
    log_in(client, head)

    few = client.get(url).context["reality"]
    make_conflict(staff, opd, handler=superior)
    enough = client.get(url).context["reality"]

    assert (few.conflicts, few.hidden) == (1, 0)
    assert (enough.conflicts, enough.hidden) == (1, 3)


def test_a_head_sees_only_the_own_opd_among_the_peers(client, opd, head, filled):
    for _number in range(6):
        other = OpdFactory()
        person = person_with(opd=other, post={"obliged": True})
        for _case in range(4):
            make_conflict(person, other)
    log_in(client, head)

    peers = client.get(reverse("review:opd", args=[opd.pk])).context["peers"]

    assert peers is None or {found.pk for _e, found, _w in peers.rows} == {opd.pk}
    assert peers is None or not peers.shows_counts


MATRIX = {
    "review:province": set(OVERSEERS),
    "review:opd": {*OVERSEERS, Role.OPD_HEAD, Role.OPD_OFFICER},
    "review:opd_rows": {*OVERSEERS, Role.OPD_HEAD, Role.OPD_OFFICER},
    "review:desk": {Role.OPD_HEAD},
}


@pytest.mark.parametrize("role", list(Role))
def test_permission_matrix(client, opd, role):
    user = person_with(role, opd)
    log_in(client, user)

    allowed = {
        name
        for name in MATRIX
        if client.get(
            reverse(name, args=[opd.pk] if name.startswith("review:opd") else [])
        ).status_code == 200
    }  # fmt: skip

    assert allowed == {name for name, roles in MATRIX.items() if role in roles}


@pytest.mark.parametrize("role", [Role.OPD_HEAD, Role.OPD_OFFICER, Role.DECLARANT])
def test_another_opd_is_hidden(client, opd, role):
    log_in(client, person_with(role))

    for name in ("review:opd", "review:opd_rows"):
        assert client.get(reverse(name, args=[opd.pk])).status_code == 404
    assert client.get(reverse("review:desk"), {"opd": opd.pk}).status_code in (403, 404)
    remind = reverse("review:opd_remind", args=[opd.pk, "11111111-1111-4111-8111-111111111111"])
    assert client.post(remind).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"tahun": "abc", "ukuran": "x"},
        {"tahun": "1900"},
        {"mcsp": "'; DROP TABLE", "jenis": "konflik"},
        {"area": "zz-99", "jenis": "pengendalian"},
        {"jenis": "lain"},
        {"after": "nonsense"},
        {"siapa": "lain"},
        {"opd": "x"},
    ],
)
def test_nonsense_in_the_address_is_no_failure(client, opd, head, query):
    log_in(client, head)
    for address in (
        reverse("review:opd", args=[opd.pk]),
        reverse("review:opd_rows", args=[opd.pk]),
        reverse("review:desk"),
    ):
        assert client.get(address, query).status_code in (200, 400, 404)


def more(opd, head, number):
    for _each in range(number):
        other = OpdFactory()
        person = person_with(opd=other, post={"obliged": True})
        person_with(opd=opd, superior=post_of(head), post={"obliged": True})
        approved_map(other, "PBJ-01", posts=(post_of(person),))
        for _case in range(4):
            make_conflict(person, other, "HIB-01")
            make_statement(person, other, "PBJ-01")
            make_conflict(person, opd, "HIB-02", handler=head)


@pytest.mark.parametrize("name", ["province", "opd", "opd_rows", "desk"])
def test_queries_do_not_grow_with_the_rows(client, opd, head, filled, name):
    user = head if name == "desk" else person_with(Role.INSPECTOR)
    log_in(client, user)
    url = reverse(f"review:{name}", args=[opd.pk] if name.startswith("opd") else [])
    more(opd, head, 1)

    one = count_page_queries(lambda: client.get(url))
    more(opd, head, 6)
    many = count_page_queries(lambda: client.get(url))

    assert many <= max(one, MOST_QUERIES)
    assert many <= MOST_QUERIES


def test_the_picture_of_peers_has_words_and_a_table(client, opd, head, filled):
    more(opd, head, 8)
    as_role(client, Role.INSPECTOR)

    text = client.get(reverse("review:province")).content.decode()

    assert re.search(r'<svg[^>]*role="img"[^>]*aria-labelledby="peers-title peers-text"', text)
    assert text.count('id="peers-title"') == 1
    assert "style=" not in text


def test_desk_of_a_new_opd_is_a_page(client):
    head = person_with(Role.OPD_HEAD)
    log_in(client, head)

    page = client.get(reverse("review:desk"))

    assert page.status_code == 200
    assert page.context["compliance"].obliged == 0
    assert page.context["compliance"].rate is None


def test_year_of_the_rows_is_the_year_that_was_counted(client, opd, head, staff):
    make_conflict(staff, opd, handler=head, year=timezone.localdate().year - 1)
    log_in(client, head)
    url = reverse("review:opd", args=[opd.pk])

    this = client.get(url).context["reality"].conflicts
    last = client.get(url, {"tahun": timezone.localdate().year - 1}).context
    listed = client.get(last["urls"]["conflicts"]).context["page"].items

    assert (this, last["reality"].conflicts, len(listed)) == (0, 1, 1)


def test_the_method_is_readable_where_the_points_are_drawn(client):
    log_in(client, person_with(Role.AUDITOR))

    province = client.get(reverse("review:province")).content.decode()
    method = client.get(reverse("review:method"))

    assert reverse("review:method") in province
    assert "DuMouchel" in method.content.decode()
    assert len(method.context["results"]) == 6
    log_in(client, person_with())
    assert client.get(reverse("review:method")).status_code == 200


def test_the_method_says_the_figures_of_the_document():
    text = (settings.BASE_DIR / "docs" / "silent-units.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "%" in line and line.startswith("| ")]

    figures = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]

    with translation.override("en"):
        said = [(row["found"], row["covered"]) for row in presentation.silence_results()]
    assert said == [(row[1].replace(" ", ""), row[4].replace(" ", "")) for row in figures[-6:]]
