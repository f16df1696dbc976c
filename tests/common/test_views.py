"""What the views share: checked parameters, safe ways back, parts of pages, sessions."""

import json

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import BadRequest
from django.test import RequestFactory

from common.constraints import all_or_none, known_choice, ordered
from common.context_processors import session_seconds_left
from common.views import PartMixin, filter_form, json_body, one_of, safe_next

NOW = 1_800_000_000


class Session(dict):
    accessed = True


class FilterForm(forms.Form):
    state = forms.ChoiceField(choices=[("draft", "Draf"), ("sent", "Kirim")], required=False)
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100, initial=2026)


def get(query=""):
    request = RequestFactory().get(f"/?{query}")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def test_filters_of_a_sound_address():
    form = filter_form(get("state=draft&year=2025"), FilterForm)

    assert form.cleaned_data == {"state": "draft", "year": 2025}


@pytest.mark.parametrize(
    "query",
    ["state=x", "year=abc", "year=99999999999999999999", "state=%00", "year=1.5&state=%ff"],
)
def test_wrong_filters_are_left_out_with_a_message(query):
    request = get(query)

    form = filter_form(request, FilterForm)

    assert form.cleaned_data == {"state": None, "year": 2026}
    assert len(list(get_messages(request))) == 1


def test_one_of():
    assert one_of(None, {"a"}, "a") == "a"
    assert one_of("b", {"a", "b"}, "a") == "b"
    with pytest.raises(BadRequest):
        one_of("password", {"a"}, "a")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'"\\u0000"',
        b'"\\ud800"',
        b"[" * 100_000,
        b'"' + b"x" * 600_000 + b'"',
        b"\xff\xfe",
    ],
)
def test_json_that_cannot_be_read(body):
    request = RequestFactory().post("/", body, content_type="application/json")

    with pytest.raises(BadRequest):
        json_body(request)


def test_json_that_can():
    request = RequestFactory().post("/", json.dumps({"a": ["ya", 1.5]}), "application/json")

    assert json_body(request) == {"a": ["ya", 1.5]}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/a/?b=1", "/a/?b=1"),
        ("http://testserver/x", "http://testserver/x"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("", "/"),
    ],
)
def test_safe_next(address, expected):
    assert safe_next(RequestFactory().get("/", {"next": address})) == expected


@pytest.mark.parametrize(("header", "template"), [(None, "a.html"), ("true", "a.html#table")])
def test_htmx_gets_the_part(header, template):
    class Base:
        def get_template_names(self):
            return ["a.html"]

    class View(PartMixin, Base):
        part = "table"

    view = View()
    view.request = type("Request", (), {"htmx": Htmx(bool(header))})

    assert view.get_template_names() == [template]


class Htmx:
    history_restore_request = False

    def __init__(self, value):
        self.value = value

    def __bool__(self):
        return self.value


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, None),
        ({"seen_at": NOW}, 600),
        ({"seen_at": NOW - 100, "session_started": NOW - 100}, 500),
        ({"seen_at": NOW, "session_started": NOW - 7_000}, 200),
        ({"seen_at": NOW - 10_000}, 0),
    ],
)
def test_page_knows_when_the_session_ends(rf, settings, monkeypatch, times, expected):
    settings.SESSION_COOKIE_AGE, settings.SESSION_LONGEST_SECONDS = 600, 7_200
    monkeypatch.setattr("time.time", lambda: NOW)
    request = rf.get("/")
    request.session = Session(times)

    assert session_seconds_left(request) == expected


def test_constraints_carry_their_message():
    both = all_or_none("a", "b", name="x_a_and_b", message="Keduanya atau tidak sama sekali.")
    order = ordered("a", "b", name="x_order", message="Terbalik.")

    assert both.violation_error_message == "Keduanya atau tidak sama sekali."
    assert order.name == "x_order"
    assert known_choice("a", type("C", (), {"values": ["x"]}), name="x_known").name == "x_known"
