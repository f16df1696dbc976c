"""Each rule fires on its case and is silent on the near miss."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from review import planted
from review.rules import RULES
from review.services.evaluation import findings
from tests.review.flag_cases import CASES

pytestmark = pytest.mark.django_db
# Its near miss needs a report, which `test_flags` makes.
ELSEWHERE = {"Q7_REPORT_ON_NIL"}


def found(code):
    rule = RULES[code]
    return list(findings(rule, rule.defaults, at=timezone.now()))


def test_every_rule_has_a_case():
    assert set(CASES) | ELSEWHERE == set(RULES)


def test_the_demonstration_plants_a_case_of_every_rule():
    assert set(planted.KINDS.values()) == set(RULES)


@pytest.mark.parametrize("code", CASES)
def test_rule_fires_on_its_case(code):
    CASES[code](hit=True)

    rows = found(code)

    assert rows
    rule, (_key, fingerprint, inputs, *_rest) = RULES[code], rows[0]
    assert len(fingerprint) == 64
    assert "–" not in rule.words(inputs).replace(" – ", "")
    assert len({row[0] for row in rows}) == len(rows)
    assert rule.path(inputs)["nodes"]
    assert rule.clearing(inputs)


@pytest.mark.parametrize("code", CASES)
def test_rule_is_silent_on_the_near_miss(code):
    CASES[code](hit=False)

    assert found(code) == []


def test_numbers_that_nobody_was_given_are_told_apart():
    CASES["A6_IDENTIFIER_DIGITS"](hit=True)

    assert {inputs["fault"] for _key, _fp, inputs, *_rest in found("A6_IDENTIFIER_DIGITS")} == {
        "jumlah angkanya keliru",
        "satu angka diulang terus",
        "angkanya berurutan seperti contoh pada formulir",
    }


@pytest.mark.parametrize(
    "given",
    [
        {"months": "six"},
        {"months": 0},
        {"months": 10**9},
        {"months": True},
        {"months": None},
        {"years": 3},
        {"months": [1]},
    ],
)
def test_nonsense_parameters_are_refused_with_words(given):
    with pytest.raises(ValidationError) as error:
        RULES["B3_BORN_AT_APPOINTMENT"].clean_parameters(given)

    assert error.value.messages


@pytest.mark.parametrize("words", ["TINGGI", [], [""], [1], ["x" * 61], ["x"] * 3 + [None]])
def test_nonsense_lists_are_refused(words):
    with pytest.raises(ValidationError):
        RULES["Q3_HIGH_LEVEL"].clean_parameters({"levels": words})
