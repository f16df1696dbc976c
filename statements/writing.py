"""The bytes of a finished PDF, each object made once.

pydyf's own writer makes every object twice, compressing included (once for the file, once for
its identifier). This one also leaves the objects that a signature reads out of the compressed
object stream, which pyHanko would take apart anew for each of them.
"""

import functools
import hashlib
import zlib
from typing import Any, BinaryIO

import pydyf

LEVEL = 6  # 9 takes twice the time for one hundredth of the size
HEADER = b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"


def compress(data: bytes) -> bytes:
    return zlib.compress(data, LEVEL)


@functools.lru_cache(maxsize=4)
def compress_once(data: bytes) -> bytes:
    """What is the same in every file (the colour profile)."""
    return compress(data)


def write(pdf: pydyf.PDF, output: BinaryIO, *_options: Any) -> None:
    """In place of `pydyf.PDF.write`: PDF 1.7 with an object stream and an identifier."""
    pdf.add_object(pdf.info)
    plain: dict[int, bytes] = {}
    packed: dict[int, bytes] = {}
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream):
            plain[item.number] = _stream(item)
        elif item.free != "f":
            (plain if _is_read_by_signatures(item, pdf) else packed)[item.number] = item.data
    number = len(pdf.objects)
    plain[number] = _object_stream(packed)
    identifier = hashlib.sha256(b"".join(plain.values())).hexdigest()[:32].encode()
    places = {n: (2, number, index) for index, n in enumerate(packed)}
    places |= {n: (1, offset, 0) for n, offset in _write_objects(output, plain).items()}
    places |= {0: (0, 0, 65535), number + 1: (1, output.tell(), 0)}
    extra = {
        "Root": pdf.catalog.reference,
        "Info": pdf.info.reference,
        "ID": pydyf.Array((b"<%s>" % identifier, b"<%s>" % identifier)),
    }
    _write_table(output, places, extra)


def _is_read_by_signatures(item: pydyf.Object, pdf: pydyf.PDF) -> bool:
    if item is pdf.catalog or item is pdf.info:
        return True
    return isinstance(item, dict) and item.get("Subtype") == "/Widget"


def _stream(item: pydyf.Stream) -> bytes:
    data = b"\n".join(pydyf._to_bytes(part) for part in item.stream)
    if not item.compress:
        return _filled(data, item.extra, filtered=False)
    is_profile = "N" in item.extra
    return _filled(compress_once(data) if is_profile else compress(data), item.extra)


def _filled(data: bytes, extra: dict, *, filtered: bool = True) -> bytes:
    head = pydyf.Dictionary(extra | ({"Filter": "/FlateDecode"} if filtered else {}))
    head["Length"] = len(data)
    return b"\n".join((head.data, b"stream", data, b"endstream"))


def _object_stream(packed: dict[int, bytes]) -> bytes:
    index, position = [], 0
    for number, data in packed.items():
        index.append(b"%d %d" % (number, position))
        position += len(data) + 1
    head = b" ".join(index) + b"\n"
    extra = {"Type": "/ObjStm", "N": len(packed), "First": len(head)}
    return _filled(compress(head + b"\n".join(packed.values())), extra)


def _write_objects(output: BinaryIO, objects: dict[int, bytes]) -> dict[int, int]:
    """Where each object begins."""
    output.write(HEADER)
    offsets = {}
    for number, data in objects.items():
        offsets[number] = output.tell()
        output.write(b"%d 0 obj\n%s\nendobj\n" % (number, data))
    return offsets


def _write_table(
    output: BinaryIO, places: dict[int, tuple[int, int, int]], extra: dict[str, Any]
) -> None:
    """The cross-reference stream, itself the last object, and the end of the file."""
    number, position = len(places) - 1, output.tell()
    table = b"".join(
        kind.to_bytes(1, "big") + first.to_bytes(4, "big") + second.to_bytes(2, "big")
        for kind, first, second in (places[n] for n in range(len(places)))
    )
    widths = {"Index": pydyf.Array((0, len(places))), "W": pydyf.Array((1, 4, 2))}
    body = _filled(compress(table), {"Type": "/XRef", "Size": len(places)} | widths | extra)
    output.write(b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, body, position))
