"""The invented reports: a dozen in each state, which the database accepts and the pages open."""

from collections import Counter

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Role
from review.models import ConflictReport, FormerOfficial
from review.report_states import ReportState
from review.seeding_reports import EACH, seed_reports
from tests.people.factories import log_in, person_with
from tests.review.report_samples import make_leaver

pytestmark = pytest.mark.django_db


def test_a_dozen_in_each_state(client):
    inspector = person_with(Role.INSPECTOR)
    person_with(Role.CHIEF_INSPECTOR)
    for _number in range(3):
        person_with(post={"obliged": True})
    make_leaver()

    seed_reports(on=timezone.localdate())

    states = Counter(ConflictReport.objects.values_list("state", flat=True))
    # Nobody of the Inspectorate refers a report that they may read.
    reached = set(ReportState) - {ReportState.REFERRED}
    assert states == dict.fromkeys(reached, EACH)
    assert FormerOfficial.objects.count() == 1
    log_in(client, inspector)
    assert client.get(reverse("review:report_list")).status_code == 200
    for report in ConflictReport.objects.all()[::12]:
        assert client.get(report.get_absolute_url()).status_code in (200, 404)
    assert seed_reports(on=timezone.localdate()) == []
    assert ConflictReport.objects.count() == EACH * len(reached)
