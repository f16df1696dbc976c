"""What a content must hold to be drawn; checked when it is frozen, not when it is too late.

A fault here is a mistake of the app that issues the document, never of a person.
"""

import datetime
from typing import Any

CHANGES = ("added", "changed", "removed")


class ContentError(ValueError):
    """The content cannot be drawn; the path says where."""


def check_content(content: dict[str, Any]) -> None:
    person = content.get("person")
    _need(isinstance(person, dict) and bool(person.get("name")), "person.name")
    _need(_is_date(content.get("date")), "date")
    for key in ("legal_basis", "statement"):
        _need(_are_texts(content.get(key)), key)
    sections = content.get("sections")
    _need(isinstance(sections, list), "sections")
    for number, section in enumerate(sections or ()):
        path = f"sections[{number}]"
        _need(isinstance(section, dict) and isinstance(section.get("title"), str), path)
        for index, block in enumerate(section.get("blocks", ())):
            _check_block(block, f"{path}.blocks[{index}]")


def _check_block(block: dict[str, Any], path: str) -> None:
    kind = block.get("type")
    if kind == "fields":
        for row in block.get("rows", ()):
            _need(isinstance(row.get("label"), str) and "value" in row, path)
            _need(row.get("change") in (None, "", *CHANGES), path)
    elif kind == "table":
        columns = block.get("columns")
        _need(_are_texts(columns) and bool(columns), path)
        for row in block.get("rows", ()):
            _need(len(row.get("cells", ())) == len(columns), path)
            _need(row.get("change") in (None, "", *CHANGES), path)
            before = row.get("before")
            _need(before is None or before == "" or len(before) in (0, len(columns)), path)
    elif kind == "list":
        _need(_are_texts(block.get("items")), path)
    else:
        _need(kind == "paragraph" and isinstance(block.get("text"), str), path)


def _need(condition: bool, path: str) -> None:
    if not condition:
        raise ContentError(f"The content lacks or mistakes {path}.")


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _is_date(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10
