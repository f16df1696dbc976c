"""What people type: accepted, cleaned, or refused with a message."""

import pytest
from django.core.exceptions import ValidationError

from common.text import ascii_digits, clean_name, clean_text


@pytest.mark.parametrize(
    "name",
    [
        "Suharto",
        "Ma'ruf",
        "Siti binti A.",
        "Dr. H. Ahmad Fauzi, S.H., M.Si.",
        "Ir. Hj. Nur'aini, M.T. (Alm.)",
        "CV Tiga 88 & Rekan",
        "PT Sumber Jaya/Bengkulu",
        "Nguyễn Văn A",
        "I Gusti Ngurah-Rai",
        "Aisyah a/p Raman",
    ],
)
def test_names_of_real_people_and_companies_stay_as_they_are(name):
    assert clean_name(name) == name


def test_name_typographic_apostrophes_become_plain():
    assert clean_name("Ma’ruf Qur`an") == "Ma'ruf Qur'an"


@pytest.mark.parametrize(
    "name", ["123", "...", "<script>", "Budi; DROP TABLE", "A\x00B", "-----a"]
)
def test_name_refused(name):
    with pytest.raises(ValidationError):
        clean_name(name)


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ud800", "\ue000", "\uffff"]
)
def test_control_characters_are_refused_with_their_number(character):
    with pytest.raises(ValidationError) as caught:
        clean_text(f"Budi{character}")

    assert caught.value.code == "control_character"
    assert f"U+{ord(character):04X}" in caught.value.messages[0]


def test_invisible_characters_vanish():
    assert clean_text("Budi\u202egpj.exe\u200b\ufeff\u2066") == "Budigpj.exe"


def test_text_of_only_invisible_characters_is_empty():
    assert clean_text("\u200b\u200d\u202e") == ""


def test_spaces_collapse_and_text_becomes_nfc():
    assert clean_text("  Jose\u0301 \t\u00a0 Rizal \r\n ") == "José Rizal"


def test_lines_are_kept_only_where_asked():
    assert clean_text("a \r\n\r\n\r\n\r\n b\rc\u2028d", multiline=True) == "a\n\nb\nc\nd"
    assert clean_text("a\nb") == "a b"


def test_megabyte_is_refused_before_any_work():
    with pytest.raises(ValidationError) as caught:
        clean_text("x" * 1_000_000, limit=150)

    assert caught.value.code == "too_long"


def test_limit_counts_after_cleaning():
    assert clean_text("a" + " " * 100 + "b", limit=3) == "a b"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("19900101 201501 1 001", "199001012015011001"),
        ("١٢٣", "123"),
        ("01.234-5", "012345"),
        ("12a", "12a"),
    ],
)
def test_ascii_digits(typed, digits):
    assert ascii_digits(typed) == digits
