"""What may change in a signed file: pyHanko's rules, with one added leave and two refusals.

Leave: the widget of a signature field is also reachable through the structure tree of a
tagged PDF; pyHanko's own policy rejects a good second signature for that path. Refusals: a
filled signature field is not touched again, and Info and XMP keep all but their dates.
The classes below use pyHanko's inner names: its version is pinned and tests hold the ground.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

from pyhanko.pdf_utils import generic
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.diff_analysis.policies import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules_api import Context, ReferenceUpdate, WhitelistRule

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XMP_META = "{adobe:ns:meta/}xmpmeta"
VOLATILE_XMP = {
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://ns.adobe.com/xap/1.0/}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
}
VOLATILE_INFO = {"/ModDate", "/Producer"}
MAX_XMP = 100_000
"""pyHanko writes about 5 KB; a bomb is longer."""


class TaggedWidgetRule(WhitelistRule):
    """Clear the one path StructTreeRoot … /Obj to a signature's widget that stays in place."""

    def apply(self, old: Any, new: Any) -> Iterator[ReferenceUpdate]:
        for reference in new.explicit_refs_in_revision():
            paths = old._get_usages_of_ref(reference)
            if not paths:
                continue
            before, after = old(reference), new(reference)
            if not _is_signature_widget(before) or not isinstance(after, generic.DictionaryObject):
                continue
            if after.get("/StructParent") != before.get("/StructParent"):
                continue
            if after.raw_get("/P") != before.raw_get("/P"):
                continue
            for path in paths:
                steps = tuple(path)
                if steps[:2] == ("/Root", "/StructTreeRoot") and steps[-1] == "/Obj":
                    yield ReferenceUpdate(
                        reference, context_checked=Context.from_absolute(old, path)
                    )


class FilledFieldStaysRule(WhitelistRule):
    """A signature field with a value is not written again (stops a change of appearance)."""

    def apply(self, old: Any, new: Any) -> Iterable[ReferenceUpdate]:
        for reference in new.explicit_refs_in_revision():
            if old.is_ref_unassignable(reference):
                continue
            try:
                before = old(reference)
            except Exception:  # noqa: S112 -- unreadable before: other rules refuse it
                continue
            if not isinstance(before, generic.DictionaryObject):
                continue
            if before.get("/FT") == "/Sig" and "/V" in before:
                raise SuspiciousModification("A signed field was changed after it was signed.")
        return ()


class StrictMetadataRule(WhitelistRule):
    """Title, author and the rest say what they said; only dates and producer move."""

    def apply(self, old: Any, new: Any) -> Iterable[ReferenceUpdate]:
        if _info(old) != _info(new) and _info(new) is not None:
            raise SuspiciousModification("The document information was changed.")
        before, after = _xmp(old), _xmp(new)
        if after is not None and before != after:
            raise SuspiciousModification("The document's metadata was changed.")
        return ()


def _is_signature_widget(item: Any) -> bool:
    return (
        isinstance(item, generic.DictionaryObject)
        and item.get("/FT") == "/Sig"
        and item.get("/Subtype") == "/Widget"
    )


def _info(handler: Any) -> dict[str, str] | None:
    reference = handler.trailer_view.get_value_as_reference("/Info", optional=True)
    if reference is None:
        return None
    entries = handler(reference)
    return {key: str(value) for key, value in entries.items() if key not in VOLATILE_INFO}


def _xmp(handler: Any) -> set[tuple[tuple[str, ...], str]] | None:
    """Properties as a flat set, the same for attribute and element syntax."""
    reference = handler.root.get_value_as_reference("/Metadata", optional=True)
    if reference is None:
        return None
    data = handler(reference).data
    if len(data) > MAX_XMP:
        raise SuspiciousModification("The document's metadata is too long.")
    if b"<!" in data.replace(b"\0", b""):
        raise SuspiciousModification("The document's metadata declares entities.")
    found: set[tuple[tuple[str, ...], str]] = set()
    _walk(ElementTree.fromstring(data), (), found)  # noqa: S314 -- short, and without a DTD
    return {(path, value) for path, value in found if path and path[-1] != "{adobe:ns:meta/}xmptk"}


def _walk(node: Any, path: tuple[str, ...], found: set) -> None:
    for key, value in node.attrib.items():
        if key.startswith(RDF):
            if key == f"{RDF}resource":
                found.add(((*path, key), value))
        elif key not in VOLATILE_XMP:
            found.add(((*path, key), value))
    for child in node:
        if not isinstance(child.tag, str) or child.tag in VOLATILE_XMP:
            continue
        is_frame = child.tag.startswith(RDF) or child.tag == XMP_META
        _walk(child, path if is_frame else (*path, child.tag), found)
    if node.text and node.text.strip():
        found.add((path, node.text.strip()))


def _strict() -> StandardDiffPolicy:
    level = ModificationLevel.LTA_UPDATES
    return StandardDiffPolicy(
        global_rules=[
            CatalogModificationRule(),
            XrefStreamRule().as_qualified(level),
            ObjectStreamRule().as_qualified(level),
            DSSCompareRule().as_qualified(level),
            FilledFieldStaysRule().as_qualified(level),
            StrictMetadataRule().as_qualified(level),
            DocInfoRule().as_qualified(level),
            MetadataUpdateRule().as_qualified(level),
            TaggedWidgetRule().as_qualified(ModificationLevel.FORM_FILLING),
        ],
        form_rule=FormUpdatingRule(
            field_rules=[
                SigFieldCreationRule(),
                SigFieldModificationRule(),
                GenericFieldModificationRule(),
            ]
        ),
    )


STRICT = _strict()
