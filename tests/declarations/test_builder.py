import datetime
import json
from decimal import Decimal

import pytest
from crispy_forms.utils import render_crispy_form
from django.core.exceptions import ValidationError
from django.http import QueryDict

from declarations import answers, builder, differences, drafts, presentation
from declarations.answers import Status
from tests.declarations.form_samples import sample, shipped

FORM = sample()
ONE, ROWS = FORM.sections
RIGHT = {"title": "Paket jalan", "is_related": "no"}


def posted(section, **answers_given):
    data = QueryDict(mutable=True)
    for key, value in answers_given.items():
        data.setlist(f"{section.key}-{key}", value if isinstance(value, list) else [value])
    return data


# --- Forms -----------------------------------------------------------------------------------


def test_section_form_gives_typed_values():
    data = posted(
        ONE, title=" Paket  jalan ", is_related="no", starts="13 Mei 2024", value="Rp1.250.000",
        topics=["a", "b"],
    )  # fmt: skip

    form = builder.section_form(ONE, language="id", data=data)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["title"] == "Paket jalan"
    assert form.cleaned_data["is_related"] is False
    assert form.cleaned_data["starts"] == datetime.date(2024, 5, 13)
    assert form.cleaned_data["value"] == 1_250_000
    assert form.cleaned_data["topics"] == ["a", "b"]


def test_conditional_question_is_needed_only_when_asked():
    asked = builder.section_form(ONE, language="id", data=posted(ONE, title="x", is_related="yes"))
    hidden = builder.section_form(ONE, language="id", data=posted(ONE, title="x", is_related="no"))

    assert list(asked.errors) == ["relation"]
    assert hidden.is_valid()


def test_answer_of_a_hidden_question_is_not_an_answer():
    data = posted(ONE, title="x", is_related="no", relation="a\x00b")

    form = builder.section_form(ONE, language="id", data=data)

    assert form.is_valid()
    assert form.cleaned_data["relation"] is None


def test_start_after_end_is_refused_at_the_end():
    data = posted(ONE, **RIGHT, starts="2024-05-13", ends="2024-05-12")

    form = builder.section_form(ONE, language="id", data=data)

    assert list(form.errors) == ["ends"]


def test_hint_example_and_reason_are_shown():
    section = shipped("F1").section("business")

    html = render_crispy_form(builder.row_form(section, language="id"))

    assert "Tulis seperti pada akta atau izin usaha." in html
    assert "CV Rafflesia Jaya" in html
    assert "mencegah Anda ditugaskan" in html
    assert 'style="' not in html


def test_language_changes_the_questions():
    section = shipped("F1").section("business")

    assert "Name of the business" in render_crispy_form(builder.row_form(section, language="en"))


def test_text_that_is_no_date_is_not_lost_in_a_calendar():
    form = builder.section_form(
        ONE, language="id", initial={"starts": "kemarin", "ends": "2024-05-13"}
    )

    assert 'type="text"' in str(form["starts"])
    assert "kemarin" in str(form["starts"])
    assert 'type="date"' in str(form["ends"])


@pytest.mark.parametrize("code", ["F1", "F2", "F3", "F4", "F5", "F6", "F7"])
def test_every_shipped_section_renders(code):
    for section in shipped(code).sections:
        assert render_crispy_form(builder.section_form(section, language="id"))


@pytest.mark.parametrize("typed", ["25", "25 %", "12,5", "12.50%", "100"])
def test_percentages_as_people_write_them(typed):
    values, errors = answers.clean_values(ROWS, {"name": "A", "share": typed})

    assert errors == {}
    assert isinstance(values["share"], Decimal)


@pytest.mark.parametrize("typed", ["101", "-1", "banyak", "1e9", "12,345", "NaN", "Infinity"])
def test_percentages_that_are_refused(typed):
    assert list(answers.clean_values(ROWS, {"name": "A", "share": typed})[1]) == ["share"]


# --- What was typed --------------------------------------------------------------------------


def test_wrong_answers_stay_as_typed():
    result = builder.typed(ONE, posted(ONE, title="x", starts="31/02/2024", value="banyak"))

    assert result.values["starts"] == "31/02/2024"
    assert result.values["value"] == "banyak"
    assert result.refused == {}


def test_control_characters_and_a_megabyte_are_refused_with_the_rest_kept():
    data = posted(ONE, title="a\x00b", relation="x" * 1_000_000, value="7")

    result = builder.typed(ONE, data)

    assert set(result.refused) == {"title", "relation"}
    assert result.values["value"] == "7"


def test_invisible_characters_are_taken_away():
    assert builder.typed(ONE, posted(ONE, title="gpj\u202e.exe")).values["title"] == "gpj.exe"


def test_forged_fields_are_ignored():
    values = builder.typed(ONE, posted(ONE, title="x", secret="y", rows="z")).values

    assert set(values) <= {question.key for question in ONE.questions}


def test_text_that_was_not_posted_stays_in_the_draft():
    draft = drafts.with_values({}, ONE, {"title": "A", "value": "7"})

    changed = drafts.with_values(draft, ONE, builder.typed(ONE, posted(ONE, value="8")).values)

    assert changed["one"] == {"title": "A", "value": "8"}


def test_typed_values_come_back_as_text():
    values = {
        "starts": datetime.date(2024, 5, 13),
        "is_related": True,
        "value": 5,
        "topics": ["a"],
    }

    assert builder.as_typed(ONE, values) == {
        "starts": "2024-05-13", "is_related": "yes", "value": "5", "topics": ["a"],
    }  # fmt: skip


# --- How far, what is missing ----------------------------------------------------------------


def test_status_of_a_section_of_questions():
    assert answers.section_status(ONE, {}) == Status.NOT_STARTED
    assert answers.section_status(ONE, {"one": {"title": "x"}}) == Status.IN_PROGRESS
    assert answers.section_status(ONE, {"one": RIGHT}) == Status.COMPLETE
    assert answers.section_status(ONE, {"one": RIGHT}, returned={"one"}) == Status.RETURNED


def test_status_of_a_section_of_rows():
    wrong = {"rows_of_it": {"rows": [{"key": "k", "name": "???"}]}}
    right = {"rows_of_it": {"rows": [{"key": "k", "name": "Suharto"}]}}

    assert answers.section_status(ROWS, {"rows_of_it": {"rows": []}}) == Status.NOT_STARTED
    assert answers.section_status(ROWS, wrong) == Status.IN_PROGRESS
    assert answers.section_status(ROWS, right) == Status.COMPLETE
    assert answers.section_status(ROWS, drafts.with_nil({}, ROWS)) == Status.COMPLETE


def test_missing_points_at_the_fields():
    draft = {"one": {"title": "x"}, "rows_of_it": {"rows": [{"key": "k1"}]}}

    found = answers.missing(FORM, draft)

    assert [(item.section, item.row, item.question, item.anchor) for item in found] == [
        ("one", None, "is_related", "id_one-is_related"),
        ("rows_of_it", "k1", "name", "id_rows_of_it-k1-name"),
    ]


def test_empty_draft_misses_every_section():
    assert {item.section for item in answers.missing(FORM, {})} == {"one", "rows_of_it"}


def test_clean_answers_give_typed_values_and_errors():
    draft = {"one": RIGHT | {"starts": "nanti"}, "rows_of_it": {"nil": True, "rows": []}}

    cleaned = answers.clean_answers(FORM, draft)

    assert not cleaned.is_valid
    assert cleaned.values["one"]["title"] == "Paket jalan"
    assert cleaned.values["one"]["starts"] is None
    assert cleaned.values["rows_of_it"] == {"nil": True, "rows": []}


def test_answers_as_json_hold_no_floats():
    value = {
        "a": datetime.date(2024, 5, 13),
        "b": [Decimal("12.50")],
        "c": None,
        "d": Decimal(100),
    }

    assert (
        json.dumps(answers.as_json(value))
        == '{"a": "2024-05-13", "b": ["12.5"], "c": null, "d": "100"}'
    )


def test_a_thousand_rows_are_refused():
    rows = [{"key": str(number), "name": f"Orang {number}"} for number in range(1_000)]

    with pytest.raises(ValidationError) as error:
        drafts.with_rows({}, ROWS, rows)
    assert error.value.code == "too_many_rows"
    # However they came into a draft, they are one message, not a thousand checks.
    assert len(answers.missing(FORM, {"one": RIGHT, "rows_of_it": {"rows": rows}})) == 1


# --- For readers -----------------------------------------------------------------------------


def test_answers_in_words():
    draft = {
        "one": RIGHT | {"starts": "13/05/2024", "value": "1250000", "ends": "kapan-kapan"},
        "rows_of_it": {"rows": [{"key": "k", "name": "Suharto", "share": "12,5"}]},
    }

    one, rows = presentation.answers_for_display(FORM, draft, "id")

    assert {each.key: each.value for each in one.fields} == {
        "title": "Paket jalan",
        "is_related": "Tidak",
        "starts": "13 Mei 2024",
        "ends": "kapan-kapan",
        "value": "Rp1.250.000",
        "topics": "Tidak diisi",
    }
    assert [each.key for each in one.fields if not each.is_valid] == ["ends"]
    assert [(row.title, row.fields[1].value) for row in rows.rows] == [("Suharto", "12,5%")]


def test_nil_section_says_so():
    draft = drafts.with_nil({}, ROWS)

    assert presentation.answers_for_display(FORM, draft, "id")[1].nil == "Tidak ada"
    assert presentation.as_statement_sections(FORM, draft)[1]["blocks"] == [
        {"type": "table", "columns": ["Isi name", "Isi share"], "rows": [], "empty": "Nihil"}
    ]


def test_difference_by_row_and_answer():
    row = {"name": "Suharto", "share": "12,5"}
    before = {"one": RIGHT, "rows_of_it": {"rows": [{"key": "a", **row}, {"key": "b", **row}]}}
    after = {
        "one": RIGHT | {"value": "7"},
        "rows_of_it": {
            "rows": [{"key": "a", "name": "Ma'ruf", "share": "12.50 %"}, {"key": "c", **row}]
        },
    }

    delta = differences.difference(FORM, before, after)

    assert {key: change.kind for key, change in delta.of("one").fields.items()} == {
        "value": "added"
    }
    rows = delta.of("rows_of_it")
    assert (rows.added, set(rows.removed), set(rows.changed["a"])) == ({"c"}, {"b"}, {"name"})
    assert [delta.count(kind) for kind in ("added", "changed", "removed")] == [2, 1, 1]


def test_another_writing_of_a_value_is_no_difference():
    before = {"one": RIGHT | {"value": "1.250.000", "starts": "13/05/2024"}}
    after = {"one": RIGHT | {"value": "Rp1250000", "starts": "2024-05-13"}}

    assert differences.difference(FORM, before, after).is_empty


def test_document_marks_what_changed():
    before = {"one": RIGHT, "rows_of_it": {"rows": [{"key": "a", "name": "Suharto"}]}}
    after = {"one": RIGHT, "rows_of_it": {"rows": [{"key": "b", "name": "Ma'ruf"}]}}
    delta = differences.difference(FORM, before, after)

    one, rows = presentation.as_statement_sections(FORM, after, delta)

    assert one["note"] == "Tidak berubah sejak versi sebelumnya."
    assert rows["blocks"][0]["rows"] == [
        {"cells": ["Ma'ruf", "–"], "change": "added"},
        {"cells": ["Suharto", "–"], "change": "removed"},
    ]


def test_document_shows_the_answer_before():
    before = {
        "one": RIGHT,
        "rows_of_it": {"rows": [{"key": "a", "name": "Suharto", "share": "5"}]},
    }
    after = {
        "one": RIGHT | {"title": "Paket jembatan"},
        "rows_of_it": {"rows": [{"key": "a", "name": "Suharto", "share": "7"}]},
    }
    delta = differences.difference(FORM, before, after)

    one, rows = presentation.as_statement_sections(FORM, after, delta)

    assert one["blocks"][0]["rows"][0] == {
        "label": "Isi title",
        "value": "Paket jembatan",
        "change": "changed",
        "before": "Paket jalan",
    }
    assert rows["blocks"][0]["rows"] == [
        {"cells": ["Suharto", "7%"], "change": "changed", "before": ["Suharto", "5%"]}
    ]


def test_removed_answer_is_shown_with_what_it_was():
    delta = differences.difference(FORM, {"one": RIGHT | {"value": "7"}}, {"one": RIGHT})

    one = presentation.answers_for_display(FORM, {"one": RIGHT}, "id", difference=delta)[0]

    value = next(each for each in one.fields if each.key == "value")
    assert (value.change, value.before, value.is_blank) == ("removed", "Rp7", True)


def test_wide_rows_become_lists():
    form = shipped("F1")
    draft = {"business": {"rows": [{"key": "a", "name": "CV Rafflesia Jaya", "role": "owner"}]}}

    blocks = presentation.as_statement_sections(form, draft)[0]["blocks"]

    assert [block["type"] for block in blocks] == ["paragraph", "fields"]
    assert blocks[0]["text"] == "1. CV Rafflesia Jaya"
