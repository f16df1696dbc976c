"""The fields that clean what they get."""

import datetime
import io
import struct
import zlib

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from PIL import Image

from common import uploads
from common.forms import (
    BusinessDateField,
    CleanCharField,
    CleanTextarea,
    NameField,
    NibField,
    NpwpField,
    RupiahField,
    UploadField,
    YesNoField,
    parse_rupiah,
    today,
)
from common.validators import CleanTextValidator, validate_business_date, validate_json_storable


class ExampleForm(forms.Form):
    name = NameField(why="Karena …", example="Suharto", help_text="Nama & gelar")
    note = CleanTextarea(required=False)


def picture(kind="PNG", size=(20, 10), **options) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "red").save(target, kind, **options)
    return target.getvalue()


def claiming_size(png: bytes, width: int, height: int) -> bytes:
    """The same PNG with another size in its header."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1000000", 1_000_000),
        ("1.000.000", 1_000_000),
        ("Rp1.000.000", 1_000_000),
        ("Rp 1.000.000,00", 1_000_000),
        ("Rp. 1.000.000,-", 1_000_000),
        ("IDR 1,000,000", 1_000_000),
        ("1,5 juta", 1_500_000),
        ("1.5jt", 1_500_000),
        ("750 ribu", 750_000),
        ("2 miliar", 2_000_000_000),
        ("1.250 juta", 1_250_000_000),
        ("0", 0),
        ("", None),
    ],
)
def test_rupiah_in_the_usual_spellings(typed, amount):
    assert parse_rupiah(typed) == amount


@pytest.mark.parametrize(
    "typed", ["1,000", "1.5", "abc", "1.00.000", "-5", "1e9", "1,2345 ribu", "١٠٠٠ x", "NaN"]
)
def test_rupiah_that_could_mean_two_things_is_refused(typed):
    with pytest.raises(ValidationError):
        parse_rupiah(typed)


def test_rupiah_field_knows_its_range_and_shows_groups():
    field = RupiahField(max_value=1_000)

    with pytest.raises(ValidationError):
        field.clean("1.001")

    assert field.prepare_value(1_500_000) == "1.500.000"
    assert not field.has_changed(1_000, "Rp1.000")


@pytest.mark.parametrize(
    "typed", ["2026-12-31", "31/12/2026", "31-12-2026", "31 Desember 2026", "31 des 2026"]
)
def test_dates_as_people_write_them(typed):
    assert BusinessDateField().clean(typed) == datetime.date(2026, 12, 31)


@pytest.mark.parametrize(
    "typed", ["0001-01-01", "9999-12-31", "31/02/2026", "besok", "1899-12-31", "2026-1-1\x00"]
)
def test_absurd_dates_are_refused(typed):
    with pytest.raises(ValidationError):
        BusinessDateField().clean(typed)


def test_date_after_the_latest_is_refused():
    with pytest.raises(ValidationError):
        BusinessDateField(latest=today).clean(today() + datetime.timedelta(days=1))


def test_business_date_validator_takes_datetimes():
    with pytest.raises(ValidationError):
        validate_business_date(datetime.datetime(1, 1, 1, tzinfo=datetime.UTC))


@pytest.mark.parametrize(("given", "value"), [("yes", True), ("no", False)])
def test_yes_no(given, value):
    assert YesNoField().clean(given) is value


@pytest.mark.parametrize("given", ["", None, "perhaps", "\x00"])
def test_yes_no_needs_an_answer(given):
    with pytest.raises(ValidationError):
        YesNoField().clean(given)


def test_yes_no_shows_a_stored_answer():
    class Question(forms.Form):
        tie = YesNoField(label="?")

    html = str(Question(initial={"tie": False})["tie"])

    assert (
        'value="no" required id="id_tie_1" checked' in html.replace('checked=""', "checked")
        or "checked" in html
    )


def test_numbers_that_name_something_lose_their_signs():
    assert NpwpField().clean("01.234.567.8-901.000") == "012345678901000"
    assert NibField().clean("1234 5678 90123") == "1234567890123"
    with pytest.raises(ValidationError):
        NibField().clean("12")


@pytest.mark.parametrize("field", [CleanCharField(), CleanTextarea(), NameField()])
@pytest.mark.parametrize("typed", ["\u200b", "  ", "\u202e"])
def test_invisible_text_counts_as_missing(field, typed):
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)

    assert caught.value.code == "required"


def test_long_text_is_refused_and_never_cut_by_the_browser():
    form = ExampleForm({"name": "x" * 200})

    assert not form.is_valid()
    assert "maxlength" not in str(form["name"])


def test_hint_escapes_its_parts_and_is_described_by():
    form = ExampleForm({"name": ""})

    assert "&amp; gelar" in str(form.fields["name"].help_text)
    assert form["name"].aria_describedby == "id_name_helptext id_name_error"


def test_clean_text_validator_refuses_what_forms_would_have_cleaned():
    CleanTextValidator()("Budi")
    with pytest.raises(ValidationError):
        CleanTextValidator()("Budi ")


@pytest.mark.parametrize("value", [{"a": float("nan")}, ["\x00"], {"\ud800": 1}, [[float("inf")]]])
def test_json_that_postgresql_refuses(value):
    with pytest.raises(ValidationError):
        validate_json_storable(value)


# --- Files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.svg", b"<svg onload='x'/>", "extension"),
        ("a.pdf", b"MZ\x90", "disguised"),
        ("a.pdf.exe", b"%PDF-1.7", "extension"),
        ("a.png", b"%PDF-1.7", "disguised"),
        ("a.png", b"\x89PNG\r\n\x1a\nbroken", "damaged"),
        ("a.png", b"", "empty"),
        ("a", b"%PDF-1.7", "extension"),
    ],
)
def test_wrong_files_are_refused(name, content, code):
    with pytest.raises(ValidationError) as caught:
        uploads.check_upload(SimpleUploadedFile(name, content))

    assert caught.value.code == code


def test_file_too_big():
    rules = uploads.UploadRules(max_bytes=100)

    with pytest.raises(ValidationError) as caught:
        uploads.check_upload(SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * 100), rules)

    assert caught.value.code == "too_big"


def test_picture_of_900_megapixels_is_refused_by_its_header():
    content = claiming_size(picture(), 30_000, 30_000)

    with pytest.raises(ValidationError) as caught:
        uploads.check_upload(SimpleUploadedFile("a.png", content))

    assert caught.value.code == "pixels"


def test_picture_loses_its_metadata_and_its_name():
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    content = picture("JPEG", exif=exif.tobytes())

    prepared = uploads.prepare_upload(SimpleUploadedFile("../../foto rumah\u202e.jpg", content))

    stored = prepared.read()
    assert b"Rahasia" in content
    assert b"Rahasia" not in stored
    assert "foto" not in prepared.name
    assert prepared.name.endswith(".jpg")
    assert prepared.original_name == "foto rumah.jpg"
    assert prepared.kind is uploads.JPEG


def test_scanner_that_fails_refuses_the_file():
    def scan(upload):
        raise ValidationError("unsafe", code="scan")

    with pytest.raises(ValidationError):
        uploads.check_upload(
            SimpleUploadedFile("a.pdf", b"%PDF-1.7"), uploads.UploadRules(scan=scan)
        )


def test_upload_field_states_what_it_accepts():
    class Form(forms.Form):
        evidence = UploadField()

    form = Form({}, MultiValueDict({"evidence": [SimpleUploadedFile("a.exe", b"MZ")]}))

    assert not form.is_valid()
    assert 'accept=".pdf,.jpg,.jpeg,.png"' in str(form["evidence"])


def test_quota():
    uploads.check_quota(used=5, adding=5, limit=10)
    with pytest.raises(ValidationError):
        uploads.check_quota(used=6, adding=5, limit=10)
