"""Ways to forge a signed statement, each as a function of a genuine file to a bad one."""

import io
import re
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

ATTACKS: dict[str, Callable[[bytes], bytes]] = {}


def attack(function: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    ATTACKS[function.__name__] = function
    return function


def contents(data: bytes) -> re.Match[bytes]:
    return list(re.finditer(rb"/Contents\s*<([0-9a-fA-F]{2000,})>", data))[-1]


def updated(data: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """`data` with an incremental update, as an editor would append one."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def flip(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


@attack
def one_bit_in_the_page(data):
    return flip(data, 1500)


@attack
def one_bit_in_the_signature(data):
    return flip(data, contents(data).start(1) + 600)


@attack
def one_bit_in_the_last_trailer(data):
    return flip(data, data.rindex(b"startxref") - 20)


@attack
def text_before_the_header(data):
    return b"\n" + data


@attack
def text_after_the_end(data):
    return data + b"hidden"


@attack
def a_second_end_marker(data):
    return data + b"\n%%EOF\n"


@attack
def spaces_after_the_end(data):
    return data + b" " * 10


@attack
def bytes_in_the_padding(data):
    end = contents(data).end(1)
    return data[: end - 8] + b"deadbeef" + data[end:]


@attack
def a_comment_in_the_gap(data):
    """The gap keeps its length, but holds more than one string."""
    end = contents(data).end(1)
    return data[: end - 8] + b">%hiddn<"[:8] + data[end:]


@attack
def spaces_in_the_gap(data):
    end = contents(data).end(1)
    return data[: end - 4] + b"    " + data[end:]


@attack
def a_byte_range_of_zero(data):
    found = list(re.finditer(rb"/ByteRange\s*\[([^\]]*)\]", data))[-1]
    numbers = found.group(1)
    return data[: found.start(1)] + b"0 1 2 3".ljust(len(numbers)) + data[found.end(1) :]


@attack
def a_wider_gap(data):
    """The second range begins later: what lies between is nobody's."""
    found = list(re.finditer(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]", data))[-1]
    start, length, after, rest = (int(number) for number in found.groups())
    old = found.group(0)
    new = b"/ByteRange [%d %d %d %d]" % (start, length, after + 10, rest - 10)
    return data.replace(old, new.ljust(len(old)))


@attack
def a_hidden_byte_range(data):
    return updated(
        data,
        lambda writer: writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Sig"),
                    pdf_name("/ByteRange"): generic.ArrayObject(
                        [generic.NumberObject(n) for n in (0, 1, 2, 3)]
                    ),
                }
            )
        ),
    )


@attack
def another_page_content(data):
    def change(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        stream = generic.StreamObject(stream_data=b"BT /F1 40 Tf 100 400 Td (PALSU) Tj ET")
        page[pdf_name("/Contents")] = writer.add_object(stream)
        writer.update_container(page)

    return updated(data, change)


@attack
def an_added_page(data):
    def change(writer):
        pages = writer.root["/Pages"]
        pages["/Kids"].append(pages["/Kids"].raw_get(0))
        pages[pdf_name("/Count")] = generic.NumberObject(int(pages["/Count"]) + 1)
        writer.update_container(pages)

    return updated(data, change)


@attack
def an_annotation_over_the_text(data):
    def change(writer):
        page = writer.root["/Pages"]["/Kids"][0]
        note = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/FreeText"),
                pdf_name("/Contents"): generic.TextStringObject("PALSU"),
                pdf_name("/Rect"): generic.ArrayObject(
                    [generic.NumberObject(n) for n in (50, 50, 500, 700)]
                ),
            }
        )
        annotations = generic.ArrayObject(list(page.get("/Annots", ())))
        annotations.append(writer.add_object(note))
        page[pdf_name("/Annots")] = annotations
        writer.update_container(page)

    return updated(data, change)


@attack
def another_attachment(data):
    def change(writer):
        names = writer.root["/Names"]["/EmbeddedFiles"]
        specification = names["/Names"][1]
        stream = generic.StreamObject(stream_data=b'{"number":"palsu"}')
        specification["/EF"][pdf_name("/F")] = writer.add_object(stream)
        writer.update_container(specification["/EF"])

    return updated(data, change)


@attack
def another_appearance_of_a_signed_field(data):
    def change(writer):
        field = writer.root["/AcroForm"]["/Fields"][0]
        stream = generic.StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): generic.ArrayObject(
                    [generic.NumberObject(n) for n in (0, 0, 100, 50)]
                ),
            },
            stream_data=b"1 0 0 rg 0 0 100 50 re f",
        )
        field["/AP"][pdf_name("/N")] = writer.add_object(stream)
        writer.update_container(field)

    return updated(data, change)


@attack
def another_title(data):
    def change(writer):
        info = writer.trailer["/Info"]
        info[pdf_name("/Title")] = generic.TextStringObject("PALSU")
        writer.update_container(info)

    return updated(data, change)


@attack
def other_metadata(data):
    def change(writer):
        metadata = writer.root["/Metadata"]
        metadata._data = metadata.data.replace(b"PERNYATAAN", b"PENGAKUAN.")
        metadata._encoded_data = None
        writer.update_container(metadata)

    return updated(data, change)


@attack
def a_script_when_opened(data):
    def change(writer):
        writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(
            {
                pdf_name("/S"): pdf_name("/JavaScript"),
                pdf_name("/JS"): generic.TextStringObject("app.alert(1)"),
            }
        )
        writer.update_root()

    return updated(data, change)


@attack
def a_signature_taken_out(data):
    def change(writer):
        field = writer.root["/AcroForm"]["/Fields"][0]
        del field[pdf_name("/V")]
        writer.update_container(field)

    return updated(data, change)


@attack
def the_form_taken_out(data):
    def change(writer):
        del writer.root[pdf_name("/AcroForm")]
        writer.update_root()

    return updated(data, change)


@attack
def optional_content_that_hides(data):
    def change(writer):
        writer.root[pdf_name("/OCProperties")] = generic.DictionaryObject()
        writer.update_root()

    return updated(data, change)


@attack
def written_anew(data):
    """Opened and saved by a tool: the same pages, other bytes."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(data)))
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@attack
def only_the_beginning(data):
    return data[: len(data) // 2]


@attack
def an_empty_update(data):
    """Nothing but a new cross-reference section: harmless, yet not what was signed."""
    return updated(data, lambda writer: writer.add_object(generic.NullObject()))
