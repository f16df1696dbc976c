"""Areas of an OPD's own, without a template, count like those of the library."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from declarations.models import Matter
from people.models import Role
from review.services import reality, rows
from tests.people.factories import OpdFactory, log_in, person_with, post_of
from tests.review.factories import approved_map, make_conflict, make_matter, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def opd():
    return OpdFactory(name="Dinas Sendiri")


@pytest.fixture
def head(opd):
    return person_with(Role.OPD_HEAD, opd, post={"is_obliged": True, "obliged_because": "JPT"})


@pytest.fixture
def staff(opd, head):
    return person_with(opd=opd, superior=post_of(head), post={"obliged": True})


@pytest.fixture
def row(opd, head, staff):
    """A row of the OPD's own, of high risk, in the map in force."""
    return approved_map(opd, None, "SDM-01", head=head).areas.get(template=None)


def of_row(row, make, person, **fields):
    return make(person, row.map.opd, matter=make_matter(row.map.opd, row=row), **fields)


def test_conflicts_statements_and_quiet_areas_of_an_own_row(opd, head, staff, row):
    inspector = person_with(Role.INSPECTOR)
    of_row(row, make_conflict, staff, handler=head)
    on = timezone.localdate()

    before = reality.opd_reality(opd, year=on.year, user=inspector, on=on)
    of_row(row, make_statement, staff)
    found = reality.opd_reality(opd, year=on.year, user=inspector, on=on)

    area = next(each for each in found.areas if each.area.pk == row.pk)
    assert row.pk in [each.area.pk for each in before.quiet]
    assert (area.key, area.conflicts, area.statements, area.is_quiet) == (
        str(row.row_key), 1, 1, False,
    )  # fmt: skip
    assert found.lacking == []
    assert rows.in_area(rows.conflicts(inspector, opd=opd), area.key).count() == 1


def test_province_puts_own_rows_under_their_intervention_area(opd, head, staff, row):
    inspector = person_with(Role.INSPECTOR)
    of_row(row, make_conflict, staff, handler=head)
    on = timezone.localdate()

    found = reality.province_reality(year=on.year, user=inspector, on=on)

    line = next(line for line in found.lines if line.opd.pk == opd.pk)
    assert line.cell(row.mcsp_area).conflicts == 1
    assert line.total("conflicts") == 1
    assert line.total("lacking") == 0
    assert line.total("quiet") == 2  # The own row and SDM-01.


def test_an_own_row_that_left_the_map_is_an_area_that_the_map_lacks(client, opd, head, staff, row):
    of_row(row, make_conflict, staff, handler=head)
    type(row.map).objects.filter(pk=row.map.pk).update(state="archived")
    approved_map(opd, "SDM-01", head=head, version=2)
    inspector = person_with(Role.INSPECTOR)
    on = timezone.localdate()

    found = reality.opd_reality(opd, year=on.year, user=inspector, on=on)
    province = reality.province_reality(year=on.year, user=inspector, on=on)

    assert [(each.key, each.words) for each in found.lacking] == [
        (str(row.row_key), f"{row.area}: {row.activity}")
    ]
    assert [each["words"] for each in province.lacking] == [f"{row.area}: {row.activity}"]
    log_in(client, inspector)
    page = client.get(reverse("review:opd_rows", args=[opd.pk]) + f"?area={row.row_key}")
    assert [item.matter.risk_row for item in page.context["page"].items] == [row.row_key]
    assert row.activity in page.content.decode()


def test_a_row_that_got_a_template_keeps_its_cases(opd, head, staff, row):
    """The key stays; the template may come later, with an import."""
    from tests.review.factories import template

    of_row(row, make_conflict, staff, handler=head)
    type(row.map).objects.filter(pk=row.map.pk).update(state="archived")
    later = approved_map(opd, "PBJ-01", head=head, version=2, keys=[row.row_key])
    on = timezone.localdate()

    found = reality.opd_reality(opd, year=on.year, user=person_with(Role.INSPECTOR), on=on)

    assert later.areas.get().template == template("PBJ-01")
    assert [(each.key, each.conflicts) for each in found.areas] == [("PBJ-01", 1)]


def test_a_matter_names_only_rows_of_its_own_opd(row):
    other = OpdFactory()
    with pytest.raises(DatabaseError, match="row of a map of its OPD"), transaction.atomic():
        make_matter(other, row=row)
    assert not Matter.objects.filter(opd=other).exists()


def test_every_figure_opens_exactly_its_rows(client, opd, head, staff, row):
    for _number in range(2):
        of_row(row, make_conflict, staff, handler=head)
    make_conflict(staff, opd, "HIB-01", handler=head)
    make_conflict(staff, opd, None, handler=head)
    inspector = person_with(Role.INSPECTOR)
    log_in(client, inspector)
    on = timezone.localdate()

    found = reality.province_reality(year=on.year, user=inspector, on=on)
    line = next(line for line in found.lines if line.opd.pk == opd.pk)

    for column, cell in line.cells.items():
        address = reverse("review:opd_rows", args=[opd.pk]) + f"?jenis=konflik&mcsp={column}"
        assert len(client.get(address).context["page"].items) == cell.conflicts
