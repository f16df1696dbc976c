"""Passwords that others guess first are refused; no rule of composition is asked."""

import hashlib

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from people.models import User
from tests.people.factories import OpdFactory

pytestmark = pytest.mark.django_db
PERSON = User(nip="199001312015011001", name="Suharto Ma'ruf", email="pak.harto@bkd.example")


def codes(password):
    try:
        validate_password(password, PERSON)
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "inspektorat2026", "PemprovBengkulu!", "indonesia171945", "suharto31011990",
        "harto19900131!!", "bismillah123456", "Tatalaksana-2026", "Sayangku12345678",
    ],
)  # fmt: skip
def test_known_words_are_refused(password):
    OpdFactory(name="Biro Tatalaksana", short_name="Biro Tatalaksana")

    assert "password_known_words" in codes(password)


@pytest.mark.parametrize(
    "password",
    [
        "empat kuda hijau melompat", "kudahijaumelompatpagar", "739182736451",
        " spasi dikedua ujung ", "inspektorat kuda hijau melompat", "x" * 11 + "é", "a1" * 64,
    ],
)  # fmt: skip
def test_any_long_sentence_will_do(password):
    assert codes(password) == set()


def test_eleven_characters_are_too_few():
    assert codes("kudahijaumu") == {"password_too_short"}


def test_leaked_ones_are_found_in_a_sorted_list(tmp_path, settings):
    leaked = [f"kata bocor nomor {number}" for number in range(200)]
    hashes = sorted(hashlib.sha1(each.encode()).hexdigest().upper() for each in leaked)
    file = tmp_path / "leaked.txt"
    file.write_text("".join(f"{each}:{number + 1}\r\n" for number, each in enumerate(hashes)))
    settings.LEAKED_PASSWORDS = str(file)

    assert all("password_leaked" in codes(each) for each in leaked)
    assert not any("password_leaked" in codes(f"kata aman nomor {n}") for n in range(50))
