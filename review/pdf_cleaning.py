"""A PDF without what tells where it comes from: written anew from its latest state.

Taken away: author, programs and times (Info, XMP, PieceInfo), earlier states of the file, names on
comments, attached files, scripts and actions, camera data inside JPEG pictures. What is drawn on
a page stays as it is; a name that stands there has to be taken out by the sender.
"""

import io
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer

MOST_OBJECTS = 50_000
# Wherever they stand.
TRACES = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/AF", "/Perms", "/XFA")
# Of the document as a whole.
ROOT_TRACES = ("/OpenAction", "/Collection", "/DSS", "/Threads", "/SpiderInfo", "/Legal")
# Of a comment: who wrote it, when, under which name.
COMMENT_TRACES = ("/T", "/M", "/CreationDate", "/NM", "/Subj", "/RC")
# JPEG segments with EXIF, XMP, IPTC and free comments; colours need the others.
JPEG_TRACES = frozenset({0xE1, 0xED, 0xFE, *range(0xE3, 0xED)})
START_OF_SCAN = 0xDA


def without_metadata(data: bytes) -> bytes:
    """The same pages; raises `ValidationError` for what can't be read through."""
    try:
        # Twice: what the first writing cut off is left behind by the second.
        cleaned = _written_anew(data, clean=True)
        return _written_anew(cleaned, clean=False)
    except ValidationError:
        raise
    except (
        misc.PdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        AssertionError,
        RecursionError,
        OSError,
        NotImplementedError,
        OverflowError,
    ) as error:
        # A file made by a stranger can break a parser anywhere.
        raise ValidationError(
            _("The PDF is damaged. Print it to a new PDF and send that."), code="damaged"
        ) from error


def _written_anew(data: bytes, *, clean: bool) -> bytes:
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    if reader.encrypted:
        raise ValidationError(
            _("The PDF is locked by a password. Save it without one and send it again."),
            code="encrypted",
        )
    writer = copy_into_new_writer(reader, writer_kwargs={"info": None})
    if clean:
        _clean(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _clean(writer: PdfFileWriter) -> None:
    if len(writer.objects) > MOST_OBJECTS:
        raise ValidationError(_("The PDF has too many parts."), code="too_many_parts")
    for value in writer.objects.values():
        _clean_value(value, depth=0)
    for name in ROOT_TRACES:
        writer.root.pop(generic.pdf_name(name), None)
    names = _get(writer.root, "/Names")
    if isinstance(names, generic.DictionaryObject):
        for name in ("/EmbeddedFiles", "/JavaScript"):
            names.pop(generic.pdf_name(name), None)


def _clean_value(value: Any, *, depth: int) -> None:
    if depth > 60:
        raise ValidationError(_("The PDF has too many parts."), code="too_deep")
    if isinstance(value, generic.DictionaryObject):
        _clean_dictionary(value)
        for item in value.values():
            _clean_value(item, depth=depth + 1)
    elif isinstance(value, generic.ArrayObject):
        for item in value:
            _clean_value(item, depth=depth + 1)


def _clean_dictionary(value: generic.DictionaryObject) -> None:
    for name in TRACES:
        value.pop(generic.pdf_name(name), None)
    if _get(value, "/Type") == "/Annot" or "/Rect" in value:
        kind = _get(value, "/Subtype")
        if kind == "/FileAttachment":
            value.pop(generic.pdf_name("/FS"), None)
        if kind != "/Widget":
            for name in COMMENT_TRACES:
                value.pop(generic.pdf_name(name), None)
    if _get(value, "/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/URI"):
        value.clear()
    if isinstance(value, generic.StreamObject) and _is_jpeg(value):
        value._encoded_data = jpeg_without_metadata(value.encoded_data)
        value._data = None


def _get(value: generic.DictionaryObject, name: str) -> Any:
    """The item itself, where the dictionary holds only a reference to it; `get` gives that."""
    try:
        return value[name]
    except KeyError:
        return None


def _is_jpeg(stream: generic.StreamObject) -> bool:
    found = _get(stream, "/Filter")
    return found == "/DCTDecode" or (
        isinstance(found, generic.ArrayObject) and list(found) == ["/DCTDecode"]
    )


def jpeg_without_metadata(data: bytes) -> bytes:
    """The picture bit by bit, without the segments that tell of camera, place and person."""
    if data[:2] != b"\xff\xd8":
        return data
    kept, place = [data[:2]], 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == START_OF_SCAN:
            break
        length = 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker not in JPEG_TRACES:
            kept.append(data[place : place + length])
        place += length
    return b"".join([*kept, data[place:]])
