"""Log lines: one JSON object each, no personal data, no forged lines."""

import json
import logging
import sys

import pytest

from common.logs import JsonFormatter, ScrubFilter, scrub
from people.models import User


def line(message, *args, exc_info=None, **extra):
    record = logging.LogRecord("coi", logging.ERROR, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    ScrubFilter().filter(record)
    return JsonFormatter().format(record)


@pytest.mark.parametrize(
    "secret",
    [
        "199001012015011001",
        "19900101 201501 1 001",
        "1771012345678901",
        "siti.rahma@bengkuluprov.go.id",
        "081234567890",
    ],
)
def test_personal_numbers_and_addresses_are_taken_out(secret):
    assert secret not in line(f"Gagal untuk {secret}!")
    assert secret not in line("Gagal untuk %s", secret)


@pytest.mark.parametrize(
    "message",
    [
        'violates unique constraint "x"\nDETAIL:  Key (name)=(Rahasia) already exists.',
        "Failing row contains (1, Rahasia, null).",
        'invalid input syntax for type integer: "Rahasia"',
        "password=Rahasia",
        "token: Rahasia",
        "LINE 1: insert into x values ('Rahasia')",
    ],
)
def test_values_that_the_database_quotes_are_taken_out(message):
    assert "Rahasia" not in scrub(message)
    assert "Rahasia" not in line(message)


def test_exception_is_logged_without_its_data():
    try:
        raise ValueError("Key (nip)=(199001012015011001) already exists.")
    except ValueError:
        text = line("Gagal", exc_info=sys.exc_info())

    event = json.loads(text)
    assert "ValueError" in event["exception"]
    assert "199001012015011001" not in text


def test_no_message_forges_a_line():
    text = line("Gagal: %s", 'x\n{"event": "palsu", "level": "info"}\r\n')

    assert len(text.splitlines()) == 1
    assert json.loads(text)["event"].startswith("Gagal")


def test_wrong_format_string_still_makes_a_line():
    assert "%d" in json.loads(line("Angka %d", "bukan"))["event"]


def test_ordinary_words_stay():
    event = json.loads(line("Pernyataan F2/2026/04.02/000123 ditandatangani"))

    assert event["event"] == "Pernyataan F2/2026/04.02/000123 ditandatangani"
    assert (event["level"], event["logger"]) == ("error", "coi")


def test_who_asked_stands_in_the_line_by_key_only(rf):
    request = rf.get("/orang/")
    request._cached_user = User(nip="199001012015011001", name="Suharto")

    event = json.loads(line("Not Found: /orang/", request=request))

    assert event["user_id"] == str(request._cached_user.pk)
    assert "Suharto" not in str(event)
    request.is_untraced = True
    assert "user_id" not in json.loads(line("Not Found: /lapor/", request=request))
