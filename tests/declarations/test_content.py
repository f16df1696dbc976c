from copy import deepcopy

import pytest

from declarations.answer_fields import build_field
from declarations.content import read
from declarations.content_checks import COLUMNS, ContentError, load, problems
from declarations.models import ConflictDeclaration, ControlTask, FollowUp, Interest, Party
from declarations.reference_data import read_json, shipped_forms
from tests.declarations.form_samples import choices, content, question, section, text

SHIPPED = {form["code"]: form for form in shipped_forms()}


def places(data):
    return [problem.place for problem in problems(data)]


# --- What is shipped -------------------------------------------------------------------------


def test_all_forms_are_shipped():
    assert sorted(SHIPPED) == ["F1", "F2", "F3", "F4", "F5", "F6", "F7"]


@pytest.mark.parametrize("code", SHIPPED)
def test_shipped_form_has_no_fault(code):
    assert problems(SHIPPED[code]) == []


@pytest.mark.parametrize("code", SHIPPED)
def test_shipped_questions_have_hint_and_example_in_both_languages(code):
    asked = [q for part in SHIPPED[code]["sections"] for q in part["questions"]]

    for each in asked:
        for words in (each["label"], each["hint"], each["example"]):
            assert all(words[language].strip() for language in ("id", "en")), each["key"]


@pytest.mark.parametrize(
    ("key", "is_shown"),
    [("is_reported", False), ("receives_grant", True), ("role", False), ("relation", False)],
)
def test_an_example_that_repeats_a_choice_is_not_shown(key, is_shown):
    asked = [q for part in read(SHIPPED["F1"]).sections for q in part.questions]
    found = next(each for each in asked if each.key == key)

    field = build_field(found, "id")

    assert ("Contoh" in str(field.help_text)) is is_shown


@pytest.mark.parametrize("code", SHIPPED)
def test_shipped_examples_of_dates_have_a_day_that_is_no_month(code):
    asked = [q for part in SHIPPED[code]["sections"] for q in part["questions"]]
    days = [int(q["example"]["id"].split()[0]) for q in asked if q["type"] == "date"]

    assert all(day > 12 for day in days)


@pytest.mark.parametrize("code", SHIPPED)
def test_document_states_confirmed_law_only(code):
    form = read(SHIPPED[code])
    unconfirmed = [basis.text.id for basis in form.legal_basis if not basis.is_confirmed]

    assert form.legal_basis_for_document()
    assert not set(form.legal_basis_for_document()) & set(unconfirmed)
    assert [
        text for text, is_confirmed in form.legal_basis_for_screen("id") if not is_confirmed
    ] == (unconfirmed)


def test_every_source_has_a_question_in_the_statement_before_a_decision():
    codes = {row["code"].lower() for row in read_json("../../mapping/reference/sources.json")}
    sources = read(SHIPPED["F2"]).section("sources").questions
    asked = {each.key for each in sources if each.type == "yesno"}
    explained = {each.shown_if.question for each in sources if each.shown_if}

    assert asked == explained == codes


def test_columns_exist_in_the_tables():
    def columns(model):
        return {field.name for field in model._meta.fields}

    assert COLUMNS["F1"]["business"] <= columns(Interest)
    assert COLUMNS["F2"]["parties"] <= columns(Party)
    assert COLUMNS["F3"]["conflict"] <= columns(ConflictDeclaration)
    assert COLUMNS["F6"]["tasks"] <= columns(ControlTask)
    assert COLUMNS["F7"]["evaluation"] <= columns(FollowUp)


def test_register_rows_have_a_name():
    for part in SHIPPED["F1"]["sections"]:
        assert "name" in {each.get("maps_to") for each in part["questions"]}, part["key"]


# --- What is refused, and where it says so ---------------------------------------------------


def test_sound_content_has_no_problems():
    assert problems(content()) == []


def test_missing_language_names_the_place():
    data = content()
    del data["sections"][0]["questions"][0]["hint"]["en"]

    assert [str(problem) for problem in problems(data)] != []
    assert places(data) == ["sections › one › questions › title › hint"]


def test_missing_example_is_refused():
    data = content()
    del data["sections"][0]["questions"][0]["example"]

    assert places(data) == ["sections › one › questions › title"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda one: one["questions"].append(question("title")), "one"),
        (lambda one: one["questions"].append(question("rows")), "one › rows"),
        (
            lambda one: one["questions"].append(
                question("late", shown_if={"question": "later", "equals": "yes"})
            ),
            "one › late",
        ),
        (
            lambda one: one["questions"].append(
                question("odd", shown_if={"question": "is_related", "equals": "maybe"})
            ),
            "one › odd",
        ),
        (
            lambda one: one["questions"].append(
                question("free", shown_if={"question": "title", "equals": "x"})
            ),
            "one › free",
        ),
        (lambda one: one["questions"].append(question("pick", "choice")), "one › pick"),
        (
            lambda one: one["questions"].append(
                question("pick", "choice", choices=choices("a", "a"))
            ),
            "one › pick",
        ),
        (lambda one: one["questions"].append(question("col", maps_to="nowhere")), "one › col"),
        (lambda one: one["ordered"].append(["starts", "title"]), "one › ordered"),
        (
            lambda one: one["questions"].append(question("n", "integer", minimum=5, maximum=1)),
            "one › n",
        ),
    ],
)
def test_faulty_section_names_the_place(change, place):
    data = content()
    change(data["sections"][0])

    assert places(data) == [place]


def test_sections_named_alike_are_refused():
    data = content()
    data["sections"].append(deepcopy(data["sections"][0]))

    assert len(problems(data)) == 1


def test_rows_need_their_words():
    data = content(section("more", question("name"), kind="rows"))
    del data["sections"][0]["nil_label"]

    assert places(data) == ["more"]


@pytest.mark.parametrize("bad", ["a\x00b", "a\u202eb", "a\u200bb", "  spaces "])
def test_unclean_words_are_refused(bad):
    data = content()
    data["sections"][1]["title"]["id"] = bad

    assert places(data) == ["sections › rows_of_it › title › id"]


@pytest.mark.parametrize(
    "data", [None, [], "x", {}, {"code": "F9"}, {"code": "F9", "sections": 3}]
)
def test_anything_else_is_refused_without_a_failure(data):
    assert problems(data)
    with pytest.raises(ContentError):
        load(data)


@pytest.mark.parametrize(
    "words",
    [
        "Sesuai UU 99/2030 Anda wajib mengisi.",
        "Peraturan Gubernur Bengkulu Nomor 48 Tahun 2017 mewajibkan ini.",
        "Menurut Pasal 12 hal ini dilarang.",
    ],
)
def test_unconfirmed_law_is_not_stated(words):
    basis = {
        "text": text("Peraturan Gubernur Bengkulu Nomor 48 Tahun 2017"),
        "status": "unverified",
        "source": "S26",
    }
    data = content(legal_basis=[basis])
    data["sections"][0]["hint"]["id"] = words

    assert places(data) == ["sections › one › hint › id"]


def test_confirmed_law_may_be_stated():
    basis = {
        "text": text("Undang-Undang Nomor 30 Tahun 2014"),
        "status": "sourced",
        "source": "S13",
    }
    data = content(legal_basis=[basis])
    data["sections"][0]["hint"]["id"] = "Lihat UU 30/2014."

    assert problems(data) == []


def test_confirmed_law_names_its_source():
    basis = {"text": text("Aturan"), "status": "sourced", "source": ""}

    assert places(content(legal_basis=[basis])) == ["legal_basis › 1"]
