"""Declarations in the words of a document: what is frozen, drawn and signed."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from declarations.answers import as_json, clean_answers
from declarations.content import Form
from declarations.differences import Difference
from declarations.models import Attachment, ConflictDeclaration, FormVersion
from declarations.presentation import as_statement_sections
from people.models import Opd, Post, User
from statements.services import SignatureRequest

# F1, F3, F5 and F6 speak of family, business and weaknesses; F2 is shown to third parties.
LIMITED = "TERBATAS"
# The declarant asked for it, and the officer of the OPD does not read it either.
CONFIDENTIAL = "RAHASIA"


def person_block(person: User, post: Post | None) -> dict[str, str]:
    """Who a document speaks of, as they were when it was signed."""
    return {
        "name": person.full_name,
        "nip": person.nip,
        "grade": person.grade,
        "post": post.title if post else "",
        "unit": post.unit if post else "",
        "opd": post.opd.name if post else "",
    }


def statement_content(
    *,
    form: Form,
    version: FormVersion,
    draft: Mapping[str, Any],
    person: User,
    post: Post | None,
    opd: Opd,
    difference: Difference | None = None,
    before: Sequence[dict[str, Any]] = (),
    after: Sequence[dict[str, Any]] = (),
    classification: str | None = LIMITED,
    more: Mapping[str, Sequence[dict[str, str]]] = MappingProxyType({}),
    data: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The content of `statements.services.issue`; `before` and `after` are more sections, `more`
    has rows that belong at the end of a section of questions."""
    sections = as_statement_sections(form, dict(draft), difference)
    for section, shown in zip(form.sections, sections, strict=True):
        shown["blocks"][0].get("rows", []).extend(more.get(section.key, ()))
    return {
        "form": {"code": form.code, "version": version.version, "title": form.title.id},
        "title": form.title.id.upper(),
        "classification": classification,
        "opd": {"code": opd.code, "name": opd.name},
        "person": person_block(person, post),
        "legal_basis": form.legal_basis_for_document(),
        "statement": list(form.statement_for("id")),
        "sections": [*before, *sections, *after],
        "data": {"answers": as_json(clean_answers(form, draft).values), **(data or {})},
    }


def classification_of(conflict: ConflictDeclaration) -> str:
    """Of a declared conflict, and of all that is decided and planned about it."""
    return CONFIDENTIAL if conflict.is_confidential else LIMITED


def signature(
    form: Form, slot: str, *, signer: User | None = None, post: Post | None = None
) -> SignatureRequest:
    """A place on the paper with the form's caption; without a signer it stays open."""
    caption = next(item.caption.id for item in form.signatures if item.slot == slot)
    return SignatureRequest(
        slot=slot, signer=signer, caption=caption, post=post.title if post else ""
    )


def attachment_sections(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Name, size and digest of each file, so that what was sent can be told apart later."""
    rows = [{"cells": [item.name, _size_in_words(item.size), item.sha256[:16]]} for item in files]
    if not rows:
        return []
    columns = ["Nama berkas", "Ukuran", "Sidik digital (awal)"]
    table = {"type": "table", "columns": columns, "rows": rows, "empty": "Nihil"}
    return [{"title": "Lampiran", "blocks": [table]}]


def _size_in_words(size: int) -> str:
    return f"{max(1, round(size / 1024)):,} KB".replace(",", ".")
