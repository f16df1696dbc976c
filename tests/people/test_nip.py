"""The NIP: what is read, how it is typed, and every way of getting it wrong."""

import pytest
from django.core.exceptions import ValidationError

from people import nip
from tests.people.factories import valid_nip


@pytest.mark.parametrize(
    "typed",
    [
        "199001012015011001",
        "19900101 201501 1 001",
        "19900101.201501.1.001",
        "19900101-201501-1-001",
        " 1990 0101 2015 0110 01 ",
        "19900101\u00a0201501\u00a01\u00a0001",
    ],
)
def test_grouping_is_ignored(typed):
    assert nip.parse(typed).digits == "199001012015011001"


def test_reads_the_parts():
    number = nip.parse("198512242010122003")

    assert (str(number.born_on), number.year, number.code) == ("1985-12-24", 2010, 12)
    assert (number.sex, number.serial, number.employment) == ("2", 3, "pns")
    assert str(number) == "19851224 201012 2 003"


def test_contract_code_means_pppk():
    assert nip.parse("199001012022211001").employment == "pppk"


BAD = {
    "": "nip_length",
    "19900101201501100": "nip_length",
    "1990010120150110011": "nip_length",
    "19900101201501100a": "nip_length",
    "١٩٩٠٠١٠١٢٠١٥٠١١٠٠١": "nip_length",
    "199001012015011001\x00": "nip_length",
    "199001012015011001; DROP": "nip_length",
    "9" * 5000: "nip_length",
    "199013012015011001": "nip_birth_date",
    "199002302015011001": "nip_birth_date",
    "000001012015011001": "nip_birth_date",
    "199001012015010001": "nip_tail",
    "199001012015013001": "nip_tail",
    "199001012015011000": "nip_tail",
    "199001012015001001": "nip_code",
    "199001012015131001": "nip_code",
    "199001012015201001": "nip_code",
    "199001012000011001": "nip_age",
    "190001012015011001": "nip_age",
    "201501011990011001": "nip_age",
}


@pytest.mark.parametrize(("typed", "code"), BAD.items(), ids=lambda value: repr(value)[:24])
def test_bad_numbers_say_why(typed, code):
    with pytest.raises(ValidationError) as caught:
        nip.parse(typed)

    assert caught.value.code == code


def test_factory_makes_a_thousand_different_valid_numbers():
    numbers = {valid_nip(number) for number in range(2_500)}

    assert len(numbers) == 2_500
    for number in numbers:
        nip.validate(number)
