"""The places of a person's signed documents that a clarification may be asked on.

A place is `document:section:block:row` in the frozen content, so that the question keeps what was
read, whatever becomes of the document; one that was superseded meanwhile says so.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from people.models import User
from statements.models import Document

KINDS = ("F1", "F2", "F3")
NEWEST = 6
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Place:
    key: str
    section: str
    label: str
    value: str


@dataclass(slots=True)
class MarkedDocument:
    document: Document
    places: list[Place] = field(default_factory=list)


def places_of(subject: User) -> list[MarkedDocument]:
    """The newest documents that the person signed, with their places. One query."""
    documents = (
        Document.objects.filter(subject=subject, kind__in=KINDS)
        .exclude(state="revoked")
        .order_by("-created_at", "-pk")[:NEWEST]
    )
    return [MarkedDocument(document, list(_places(document))) for document in documents]


def has_places(subject: User) -> bool:
    return any(group.places for group in places_of(subject))


def marked(subject: User, keys: Collection[str]) -> list[dict[str, Any]]:
    """What a request keeps of the places; unknown keys are left out."""
    wanted = set(keys)
    return [
        {
            "key": place.key,
            "document": str(group.document.pk),
            "number": group.document.number,
            "title": group.document.title,
            "section": place.section,
            "label": place.label,
            "value": place.value,
        }
        for group in places_of(subject)
        for place in group.places
        if place.key in wanted
    ]


def superseded_among(fields: list[dict[str, Any]]) -> set[str]:
    """The keys of documents in `fields` that do not hold any more."""
    documents = {item["document"] for item in fields}
    gone = Document.objects.filter(pk__in=documents, state__in=("superseded", "revoked"))
    return {str(key) for key in gone.values_list("pk", flat=True)}


def _places(document: Document) -> Iterator[Place]:
    for number, section in enumerate(document.data.get("sections", ())):
        for index, block in enumerate(section.get("blocks", ())):
            for row, (label, value) in enumerate(_rows(block)):
                yield Place(
                    key=f"{document.pk}:{number}:{index}:{row}",
                    section=str(section.get("title", "")),
                    label=label[:LONGEST],
                    value=value[:LONGEST],
                )


def _rows(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if block.get("type") == "fields":
        for row in block.get("rows", ()):
            yield str(row["label"]), _text(row.get("value"))
    elif block.get("type") == "table":
        columns = block.get("columns", [])
        for number, row in enumerate(block.get("rows", ()), 1):
            cells = [_text(cell) for cell in row.get("cells", ())]
            told = (f"{name}: {cell}" for name, cell in zip(columns, cells, strict=False) if cell)
            yield _("Row %(number)s") % {"number": number}, "; ".join(told)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)
