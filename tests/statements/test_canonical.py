"""One text for one meaning."""

import hashlib
import json

import pytest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from statements.canonical import MAX_BYTES, CanonicalError, canonical_json, digest, is_canonical
from statements.contents import ContentError, check_content
from tests.statements.samples import content


def test_keys_are_sorted_and_nothing_is_spaced():
    assert canonical_json({"b": 1, "a": [True, None, "é"]}) == '{"a":[true,null,"é"],"b":1}'


def test_the_order_of_insertion_does_not_matter():
    assert canonical_json({"a": {"x": 1, "y": 2}}) == canonical_json({"a": {"y": 2, "x": 1}})


def test_text_is_in_normal_form_c():
    assert canonical_json({"a": "e\u0301"}) == '{"a":"é"}'


def test_lazy_and_safe_text_becomes_plain_text():
    assert canonical_json({"a": SafeString("x"), "b": ("y",)}) == '{"a":"x","b":["y"]}'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        2**53,
        b"x",
        {1, 2},
        "a\x00b",
        "a\x1bb",
        "\ud800",
        object(),
        gettext_lazy("Name"),
        {1: "x"},
        {"e\u0301": 1, "é": 2},
    ],
)
def test_what_has_no_exact_text_is_refused(value):
    with pytest.raises(CanonicalError):
        canonical_json({"a": value})


def test_too_deep_and_too_long_are_refused():
    deep: dict = {}
    for _ in range(40):
        deep = {"a": deep}
    with pytest.raises(CanonicalError):
        canonical_json(deep)
    with pytest.raises(CanonicalError):
        canonical_json({"a": "x" * MAX_BYTES})


def test_the_error_says_where():
    with pytest.raises(CanonicalError) as caught:
        canonical_json({"rows": [{"value": 1.5}]})

    assert caught.value.path == "$.rows[0].value"


@pytest.mark.parametrize(
    "text",
    ['{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":1.0}', "[]", "x", '{"a":"e\u0301"}'],
)
def test_other_writings_are_not_canonical(text):
    assert not is_canonical(text.encode())


def test_digest_is_over_the_utf8():
    text = canonical_json({"a": "é"})

    assert is_canonical(text.encode())
    assert json.loads(text) == {"a": "é"}
    assert digest(text) == hashlib.sha256(b'{"a":"\xc3\xa9"}').hexdigest()


@pytest.mark.parametrize(
    "changes",
    [
        {"person": {}},
        {"date": "2026-02-30"},
        {"date": "20260230"},
        {"sections": None},
        {"sections": [{"blocks": []}]},
        {"sections": [{"title": "x", "blocks": [{"type": "picture"}]}]},
        {"sections": [{"title": "x", "blocks": [{"type": "list", "items": "x"}]}]},
        {
            "sections": [
                {
                    "title": "x",
                    "blocks": [{"type": "table", "columns": ["a"], "rows": [{"cells": []}]}],
                }
            ]
        },
        {"statement": "one text"},
    ],
)
def test_a_content_that_cannot_be_drawn_is_refused_before_it_is_frozen(changes):
    with pytest.raises(ContentError):
        check_content(content() | changes)


def test_a_content_of_every_kind_of_block_passes():
    check_content(content())
