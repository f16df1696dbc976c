"""The demonstration's maps: a story for every OPD, the same each time, quickly."""

import datetime

import pytest
from django.utils import timezone

from mapping.models import Control, RiskArea, RiskMap
from mapping.province import Province
from mapping.seeding import seed_maps
from people.models import Role
from tests.people.factories import OpdFactory, PostFactory, person_with

pytestmark = pytest.mark.django_db


def province(count=4):
    person_with(Role.INSPECTOR)
    opds = [OpdFactory() for _ in range(count)]
    for opd in opds:
        person_with(Role.OPD_HEAD, opd)
        PostFactory.create_batch(4, opd=opd, obliged=True)
    return opds


def test_three_years_with_a_story():
    opds = province()
    year = timezone.localdate().year

    numbers = seed_maps(opds, [year - 2, year - 1, year], seed=1)

    assert numbers["maps"] == 12
    assert RiskMap.objects.in_force().count() == 4
    assert RiskMap.objects.of_record(year - 2).count() == 4
    first_year = RiskMap.objects.filter(year=year - 2, returned_at__isnull=False)
    assert first_year.filter(areas__comments__settled_at__isnull=False).count() == 4
    first, last = (
        RiskArea.objects.filter(map__year=each, residual_magnitude__isnull=False)
        for each in (year - 2, year)
    )
    assert average(last) < average(first)
    assert Control.objects.exclude(state="planned").exists()
    lines = {
        line.opd.pk: line
        for line in Province().matrix(year=year - 1, on=datetime.date(year, 11, 1))
    }
    assert all(any(lines[opd.pk].cells) for opd in opds)


def average(rows):
    values = [row.residual_magnitude for row in rows]
    return sum(values) / len(values)


def test_same_seed_same_maps():
    opds = province(1)
    year = timezone.localdate().year

    def story():
        seed_maps(opds, [year - 1, year], seed=7)
        return list(
            RiskArea.objects.order_by("map__year", "position").values_list(
                "row_key", "activity", "residual_magnitude"
            )
        )

    from tests.world import rolled_back

    with rolled_back():
        first = story()
    assert story() == first


def test_every_opd_has_areas_of_its_own_in_all_years():
    opds = province(2)
    year = timezone.localdate().year

    seed_maps(opds, [year - 1, year], seed=3)

    for opd in opds:
        rows = RiskArea.objects.filter(map__opd=opd, template=None)
        assert rows.filter(map__year=year).count() == 2
        assert rows.values("row_key").distinct().count() == 2


def test_a_neglected_opd_stays_hot_and_names_all_its_posts():
    opds = province(2)
    year = timezone.localdate().year

    seed_maps(opds, [year], seed=3, neglected={opds[0].code})

    rows = RiskArea.objects.filter(map__opd=opds[0])
    assert all(row.movement == 0 for row in rows)
    assert {row.posts.count() for row in rows} == {opds[0].posts.filter(is_obliged=True).count()}
