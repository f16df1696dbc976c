"""Small contents of forms, and the shipped ones, for tests."""

from copy import deepcopy
from typing import Any

from declarations.content import Form, read
from declarations.reference_data import read_json, relations, shipped_forms


def text(words: str) -> dict[str, str]:
    return {"id": words, "en": f"{words} (en)"}


def question(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "type": kind,
        "label": text(f"Isi {key}"),
        "hint": text("Petunjuk"),
        "example": text("Contoh"),
        "required": True,
        "personal": False,
    } | more


def choices(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": text(value.title())} for value in values]


def section(key: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    rows = {"row_name": text("baris"), "nil_label": text("Tidak ada")}
    extra = rows if more.get("kind") == "rows" else {}
    return {
        "key": key,
        "title": text(key.title()),
        "hint": text("Petunjuk"),
        "kind": "questions",
        "questions": list(questions),
    } | (extra | more)


def content(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A form of two sections, unless others are given: one of questions, one of rows."""
    return {
        "code": "F9",
        "title": text("Formulir uji"),
        "intro": text("Pengantar"),
        "minutes": 5,
        "sections": list(sections) or [deepcopy(ONE), deepcopy(ROWS)],
        "statement": {"id": ["Saya menyatakan."], "en": ["I state."]},
        "legal_basis": [],
        "signatures": [{"slot": "declarant", "caption": text("Yang menyatakan")}],
    } | more


ONE = section(
    "one",
    question("title"),
    question("is_related", "yesno"),
    question("relation", "textarea", shown_if={"question": "is_related", "equals": "yes"}),
    question("starts", "date", required=False),
    question("ends", "date", required=False),
    question("value", "money", required=False),
    question("topics", "multichoice", required=False, choices=choices("a", "b")),
    ordered=[["starts", "ends"]],
)
ROWS = section(
    "rows_of_it",
    question("name", "name"),
    question("share", "percent", required=False),
    kind="rows",
)


def sample() -> Form:
    return read(content())


def shipped(code: str) -> Form:
    """A shipped form with the shipped lists, without a database."""
    data = next(form for form in shipped_forms() if form["code"] == code)
    from declarations.content import Choice, Text

    lists = {
        name: [
            Choice(row["code"], Text(row["label_id"], row["label_en"]))
            for row in read_json(file_name)
        ]
        for name, file_name in (
            ("measures", "measures.json"),
            ("decision_kinds", "decision_kinds.json"),
        )
    }
    lists["relations"] = relations()
    lists["sources"] = [Choice("KELUARGA", Text("Keluarga", "Family"))]
    return read(data, lists=lists)
