"""The OPD that the demonstration plants as silent is among the five most suspicious.

The seeding gives it exposure and lets every other OPD declare something, so this says that the
model reads the demonstration as it was meant. How it does in provinces where nothing is arranged
is measured in `benchmarks/silent_units.py`.
"""

import pytest
from django.core.management import call_command
from django.utils import timezone

from declarations.seeding.planting import SILENT_OPD
from people.models import Opd
from review.services import peers

pytestmark = pytest.mark.django_db


@pytest.mark.slow
@pytest.mark.parametrize(("people", "seed"), [(400, 1), (400, 7), (1_000, 3)])
def test_the_planted_opd_is_among_the_five_most_suspicious(tmp_path, people, seed):
    call_command(
        "seed_province", people=people, seed=seed, planted=tmp_path / "planted.json", verbosity=0
    )

    found = peers.comparison(on=timezone.localdate())

    planted = Opd.objects.get(code=SILENT_OPD)
    first = [estimate.key for estimate in found.estimates[:5]]
    assert planted.pk in first
    silent = next(each for each in found.estimates if each.key == planted.pk)
    assert (silent.count, silent.is_suppressed) == (0, False)
    assert silent.low < silent.ratio < silent.high
