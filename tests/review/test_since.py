"""Copying last year's map says which conflicts were declared in its areas since."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from mapping import services
from people.models import Role
from tests.people.factories import OpdFactory, RoleGrantFactory, log_in, person_with, post_of
from tests.queries import count_page_queries
from tests.review.factories import approved_map, make_conflict, make_matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def opd():
    return OpdFactory(name="Dinas Salin")


@pytest.fixture
def head(opd):
    return person_with(Role.OPD_HEAD, opd, post={"is_obliged": True, "obliged_because": "JPT"})


@pytest.fixture
def staff(opd, head):
    return person_with(opd=opd, superior=post_of(head), post={"obliged": True})


@pytest.fixture
def officer(opd, head):
    person = person_with(opd=opd, superior=post_of(head))
    RoleGrantFactory(user=person, role=Role.OPD_OFFICER, opd=opd)
    return person


@pytest.fixture
def draft(opd, head, officer):
    """A copy of last year's map: an own row and one of the library."""
    year = timezone.localdate().year
    approved_map(opd, None, "PBJ-01", head=head, year=year - 1)
    return services.start_map(opd=opd, year=year, by=officer, copy=True)


def happened(risk_map, viewer):
    rows = list(risk_map.areas.for_map())
    since = services.changed_since(risk_map, rows, on=timezone.localdate(), viewer=viewer)
    return [(row.area if row else "", item) for row, item in since.happened]


def test_each_area_and_kind_opens_exactly_what_was_counted(client, opd, staff, officer, draft):
    own = draft.areas.get(template=None)
    make_conflict(staff, opd, "PBJ-01")
    make_conflict(staff, opd, "PBJ-01", conflict_kind="potential")
    make_conflict(staff, opd, "PBJ-01", conflict_kind="potential")
    make_conflict(staff, opd, matter=make_matter(opd, row=own))
    make_conflict(staff, opd, "HIB-01")
    early = timezone.now() - datetime.timedelta(days=40)
    make_conflict(staff, opd, "PBJ-01", sent_at=early)

    log_in(client, officer)
    page = client.get(draft.get_absolute_url())
    found = page.context["since"].happened

    assert sorted(item.number for _row, item in found) == [1, 1, 1, 2]
    assert [item.key for row, item in found if row is None] == ["HIB-01"]
    assert own.pk in [row.pk for row, _item in found if row]
    for _row, item in found:
        listed = client.get(item.url).context["page"].items
        assert len(listed) == item.number
        assert item.url.replace("&", "&amp;") in page.content.decode()


def test_only_what_the_viewer_may_read_is_counted(opd, head, staff, officer, draft):
    make_conflict(staff, opd, "PBJ-01", is_confidential=True)
    make_conflict(staff, opd, "PBJ-01", handler=head)

    assert [item.number for _area, item in happened(draft, officer)] == [1]
    assert [item.number for _area, item in happened(draft, head)] == [1]
    assert happened(draft, person_with(Role.HR_ADMINISTRATOR)) == []
    assert happened(draft, None) == []


def test_queries_do_not_grow(client, opd, staff, officer, draft):
    log_in(client, officer)
    make_conflict(staff, opd, "PBJ-01")
    one = count_page_queries(lambda: client.get(draft.get_absolute_url()))
    for code in ("HIB-01", "SDM-01"):
        make_conflict(staff, opd, code)

    assert count_page_queries(lambda: client.get(draft.get_absolute_url())) == one
    assert one <= 12


@pytest.mark.parametrize("query", ["sejak=kemarin", "sejak=2026-13-40", "macam=apa", "sejak="])
def test_nonsense_narrows_nothing(client, opd, staff, officer, query):
    make_conflict(staff, opd, "PBJ-01")
    log_in(client, officer)

    page = client.get(f"{reverse('review:opd_rows', args=[opd.pk])}?{query}")

    assert page.status_code == 200
    assert len(page.context["page"].items) == 1
