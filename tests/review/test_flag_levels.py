"""The level of the risk area is a part of the score: opens no case, moves one up, is frozen."""

import pytest
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from mapping.models import RiskMap
from people.models import Role
from review.models import Case, Flag
from review.rules import RULES
from review.services import evidence, rule_settings
from review.workflow import flag_runs
from tests.people.factories import log_in, person_with, post_of
from tests.review.factories import approved_map
from tests.review.flag_cases import conflict, person

pytestmark = pytest.mark.django_db

LEVELS = ("L1_AREA_VERY_HIGH", "L2_AREA_HIGH")


@pytest.fixture
def inspector():
    return person_with(Role.INSPECTOR)


def run():
    flag_runs.run_all(at=timezone.now())


def in_area(level, **fields):
    """Somebody whose declared conflict lies in an area of that level."""
    who = person()
    approved_map(post_of(who).opd, "PBJ-01", head=person_with(), level=level)
    conflict(who, **fields)
    return who


def without_level(who):
    others = Flag.objects.live().of_subject(who).exclude(rule__in=LEVELS)
    return others.aggregate(sum=Sum("weight"))["sum"]


def new_map(who, level):
    opd = post_of(who).opd
    RiskMap.objects.filter(opd=opd).update(state="archived")
    keys = list(RiskMap.objects.get(opd=opd).areas.values_list("row_key", flat=True))
    return approved_map(opd, "PBJ-01", head=person_with(), level=level, version=2, keys=keys)


@pytest.mark.parametrize(
    ("level", "weight"), [("SANGAT_TINGGI", 200), ("TINGGI", 100), ("SEDANG", 0), ("RENDAH", 0)]
)
def test_the_level_is_a_part_of_the_score(inspector, level, weight):
    who = in_area(level)

    run()

    score = evidence.score_of(who, user=inspector)
    parts = {flag.rule: flag.weight for flag in score.parts}
    assert sum(parts.get(code, 0) for code in LEVELS) == weight
    assert Case.objects.get(subject=who).score == score.total == without_level(who) + weight


def test_it_opens_no_case_by_itself(inspector):
    who = in_area("SANGAT_TINGGI", conflict_kind="potential")

    run()

    assert Flag.objects.filter(subject=who, rule=LEVELS[0]).count() == 1
    assert not Case.objects.filter(subject=who).exists()


def test_a_new_map_changes_the_score_and_leaves_the_evidence(inspector):
    who = in_area("SANGAT_TINGGI")
    run()
    flag = Flag.objects.get(rule=LEVELS[0])
    frozen = flag.snapshot

    new_map(who, "TINGGI")
    run()

    flag.refresh_from_db()
    frozen.refresh_from_db()
    assert flag.state == "cleared"
    assert (frozen.weight, frozen.inputs["facts"]["level"]) == (200, "SANGAT_TINGGI")
    assert "Sangat Tinggi" in frozen.sentence
    assert Case.objects.get(subject=who).score == without_level(who) + 100


def test_a_new_version_of_the_map_with_the_same_level_changes_nothing():
    who = in_area("SANGAT_TINGGI")
    run()
    before = Flag.objects.get(rule=LEVELS[0]).snapshot_id

    new_map(who, "SANGAT_TINGGI")
    run()

    assert Flag.objects.get(rule=LEVELS[0]).snapshot_id == before


def test_the_weight_is_the_provinces_to_set():
    who = in_area("TINGGI")
    run()
    before = Flag.objects.get(rule=LEVELS[1]).snapshot

    rule_settings.change_rule(
        LEVELS[1], weight=250, parameters={"levels": ["TINGGI", "SEDANG"]}, is_enabled=True,
        reason="Area rawan lebih berat.", seen=1, by=person_with(Role.CHIEF_INSPECTOR),
    )  # fmt: skip
    run()

    flag = Flag.objects.get(rule=LEVELS[1])
    before.refresh_from_db()
    assert (flag.weight, flag.snapshot.weight, before.weight) == (250, 250, 100)
    assert Case.objects.get(subject=who).score == without_level(who) + 250


def test_it_stands_on_the_pages(client, inspector):
    who = in_area("SANGAT_TINGGI")
    run()
    log_in(client, inspector)

    score = client.get(reverse("review:flag_score", args=[who.pk])).content.decode()
    case = client.get(Case.objects.get(subject=who).get_absolute_url()).content.decode()

    for page in (score, case):
        assert "bertingkat Sangat Tinggi" in page
        assert ">200<" in page.replace("\n", "").replace(" ", "")


def test_only_these_rules_weigh_without_opening():
    assert {code for code, rule in RULES.items() if rule.weighs_only} == set(LEVELS)
