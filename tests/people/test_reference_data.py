"""Loading the reference data again changes nothing that somebody changed."""

import datetime

import pytest

from people import reference_data
from people.models import Holiday, Opd

pytestmark = pytest.mark.django_db


def test_opds_have_their_parents():
    assert Opd.objects.get(code="01.04").parent.code == "01"
    assert Opd.objects.get(code="04.02").parent is None
    assert Opd.objects.filter(code="03", kind=Opd.Kind.INSPECTORATE).exists()


def test_loading_again_changes_nothing(django_assert_num_queries):
    opd = Opd.objects.get(code="04.17")
    opd.valid_until = datetime.date(2026, 6, 30)
    opd.save()
    Holiday.objects.get(on=datetime.date(2026, 12, 24)).delete()
    before = Opd.objects.count(), Holiday.objects.count()

    with django_assert_num_queries(2):
        reference_data.load()

    assert (Opd.objects.count(), Holiday.objects.count()) == before


def test_loading_into_nothing():
    Opd.objects.update(parent=None)
    Opd.objects.all().delete()
    Holiday.objects.all().delete()

    reference_data.load()

    assert Opd.objects.count() == 45
    assert Opd.objects.filter(parent__isnull=False).count() == 8
