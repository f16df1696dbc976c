"""The paper: same input, same bytes; nothing fetched; names right; marks of PDF/A and PDF/UA."""

import datetime
import io
import shutil
import subprocess

import pytest
from django.core.exceptions import ValidationError
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader

from statements import pdf
from statements.canonical import canonical_json
from statements.fetching import FetchRefusedError, ShippedFilesOnly
from statements.letters import validate_printable
from tests.statements.samples import NAMES, content

AT = datetime.datetime(2026, 11, 23, 7, 5, tzinfo=datetime.UTC)
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBER = "F2/2026/04.02/000123"


def rendered(**changes):
    text = canonical_json(content(number=NUMBER, **changes))
    return pdf.render(text, code=CODE, created_at=AT), text


def words(data):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


def test_the_same_content_gives_the_same_bytes():
    assert rendered()[0] == rendered()[0]


def test_the_short_cuts_in_weasyprint_change_no_byte(monkeypatch):
    from weasyprint.css import ComputedStyle
    from weasyprint.layout import percent

    from statements import quickening

    quick = [rendered(rows=30, slots=slots)[0] for slots in (1, 2, 3)]
    assert ComputedStyle.__missing__ is quickening.quick_style
    monkeypatch.setattr(ComputedStyle, "__missing__", quickening.slow_style)
    monkeypatch.setattr(percent, "resolve_one_percentage", quickening.slow_length)

    assert [rendered(rows=30, slots=slots)[0] for slots in (1, 2, 3)] == quick


def test_what_xml_refuses_is_read_as_html():
    """A code point that is no character, in an old record: the paper comes out all the same."""
    data, _text = rendered(name="Siti \uffff Aminah")

    # A glyph that no font has confuses the reader of this test, not the paper.
    assert "Aminah" in " ".join(words(data)).replace("\0", "")


def test_the_text_and_its_line_breaks_survive_the_reading_as_xml():
    data, _text = rendered(
        statement=["A < B & C > D \"E\" 'F'"],
        sections=[{"title": "T", "blocks": [{"type": "paragraph", "text": "satu\ndua\n<br>"}]}],
    )
    text = " ".join(words(data))

    assert "A < B & C > D \"E\" 'F'" in text
    assert "satu dua <br>" in text


def test_the_file_is_whole_for_a_strict_reader():
    """Our own writer: every object is where the table says, and the file's end is its end."""
    data, _text = rendered(rows=40, slots=3)
    reader = PdfFileReader(io.BytesIO(data), strict=True)

    assert data.startswith(b"%PDF-1.7\n")
    assert data.endswith(b"%%EOF\n")
    for number in range(1, int(reader.trailer["/Size"])):
        assert reader.get_object(generic.Reference(number, 0, reader)) is not None
    assert len(reader.trailer["/ID"]) == 2


def test_the_content_is_attached_byte_for_byte():
    data, text = rendered()
    reader = PdfReader(io.BytesIO(data))

    assert reader.attachments == {"pernyataan.json": [text.encode()]}
    assert reader.root_object["/AF"][0].get_object()["/AFRelationship"] == "/Source"


def test_the_marks_of_pdf_a_and_pdf_ua():
    reader = PdfReader(io.BytesIO(rendered()[0]))
    xmp = reader.root_object["/Metadata"].get_object().get_data().decode()

    assert 'pdfaid:part="3"' in xmp
    assert 'pdfaid:conformance="A"' in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert reader.root_object["/MarkInfo"]["/Marked"] == "true" or reader.root_object["/MarkInfo"]
    assert reader.root_object["/Lang"] == "id"


@pytest.mark.parametrize("name", [*NAMES, "Łucja Đorđević", "I Gusti Ngurah Rai, S.T., M.T."])
def test_names_are_printed_right(name):
    data, _text = rendered(name=name)

    assert name in " ".join(words(data))


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_each_slot_is_an_empty_tagged_field_and_the_last_of_several_locks(slots):
    reader = PdfReader(io.BytesIO(rendered(slots=slots)[0]))
    fields = [field.get_object() for field in reader.root_object["/AcroForm"]["/Fields"]]

    assert [str(field["/T"]) for field in fields] == ["declarant", "superior", "head"][:slots]
    assert all(field["/FT"] == "/Sig" and "/V" not in field for field in fields)
    assert all("/StructParent" in field for field in fields)
    locks = ["/Lock" in field for field in fields]
    assert locks == [False] * (slots - 1) + [slots > 1]


def test_a_long_table_repeats_its_head_and_loses_no_row():
    pages = words(rendered(rows=90)[0])

    assert len(pages) >= 3
    assert sum("No. Nama pihak" in page for page in pages) >= 3
    assert all(f"PT Contoh Sejahtera {i} " in " ".join(pages) for i in range(90))
    for number, page in enumerate(pages, 1):
        assert f"Halaman {number} dari {len(pages)}" in page
        assert NUMBER in page


def test_a_word_without_spaces_stays_on_the_paper():
    section = {"title": "T", "blocks": [{"type": "fields", "rows": [
        {"label": "Uraian", "value": "X" * 300},
    ]}]}  # fmt: skip
    data, _text = rendered(sections=[section])
    page = PdfReader(io.BytesIO(data)).pages[0].extract_text()

    assert page.count("X") >= 300
    assert max(line.count("X") for line in page.splitlines()) < 90


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_a_long_post_stands_above_the_box_of_the_signature(slots):
    whole = content(number=NUMBER, rows=0, slots=slots)
    whole["signatures"][0]["post"] = "Kepala " + "Perencanaan dan Pelaporan " * 6 + "akhir"
    data = pdf.render(canonical_json(whole), code=CODE, created_at=AT)
    page = PdfReader(io.BytesIO(data)).pages[-1]
    baselines = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, *_: (
            baselines.append(tm[5] * cm[3] + cm[5]) if "akhir" in text else None
        )
    )
    top = max(float(field.get_object()["/Rect"][3]) for field in page["/Annots"])

    assert baselines
    assert baselines[-1] > top


def test_a_long_text_does_not_leave_a_page_empty():
    rows = [{"label": str(i), "value": "kata " * 10} for i in range(12)]
    rows.append({"label": "Uraian", "value": "kata " * 700})
    section = {"title": "T", "blocks": [{"type": "fields", "rows": rows}]}
    data, _text = rendered(rows=0, sections=[section])

    assert words(data)[0].count("kata") > 200


@pytest.mark.parametrize("text", ["北京", "≥ 25%", "Suharto 😀", "محمد"])
def test_what_the_paper_cannot_show_is_refused_with_the_characters(text):
    with pytest.raises(ValidationError) as refused:
        validate_printable(text)
    assert text[0] in refused.value.messages[0] or "😀" in refused.value.messages[0]


@pytest.mark.parametrize("text", [*NAMES, "Ñandú Łukasz Ž", "satu\ndua – “tiga” • ½ €"])
def test_what_people_write_can_be_shown(text):
    validate_printable(text)


def test_changes_are_told_in_words():
    text = " ".join(words(rendered()[0]))

    assert "Berubah: Rp1.250.000.000" in text
    assert "Sebelumnya: Rp1.000.000.000" in text
    assert "Baru" in text
    assert "Dihapus" in text
    assert "Nihil" in text


def test_the_footer_is_truthful():
    text = " ".join(words(rendered()[0]))

    assert "tidak tersertifikasi" in text
    assert "BSrE" not in text
    assert "tidak dapat diverifikasi dengan sendirinya" in text


def test_markup_in_a_name_is_only_text():
    """With the default fetcher and without escaping, this would embed a local file."""
    name = '<link rel=attachment href="file:///etc/passwd"><img src="http://127.0.0.1:9/x">'
    data, _text = rendered(name=name)
    reader = PdfReader(io.BytesIO(data))

    assert list(reader.attachments) == ["pernyataan.json"]
    assert "file:///etc/passwd" in " ".join(words(data))
    addresses = [
        annotation.get_object().get("/A")
        for page in reader.pages
        for annotation in page.get("/Annots", ())
    ]
    assert addresses == [None]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "https://example.org/x.png",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "data:text/html,hello",
        "data:image/png;base64,***",
        "font:../../etc/passwd",
        "asset:other.svg",
    ],
)
def test_the_fetcher_refuses_everything_else(url):
    with pytest.raises(FetchRefusedError):
        ShippedFilesOnly().fetch(url)


def test_markup_that_slipped_through_stops_the_rendering():
    """Were the escaping ever lost, the paper fails instead of fetching."""
    from weasyprint.urls import FatalURLFetchingError

    press = pdf.press()
    for markup in (
        "<img src='http://127.0.0.1:1/'>",
        "<style>@import url(file:///etc/passwd)</style>",
        "<link rel=attachment href='file:///etc/passwd'>",
    ):
        html = press._html(string=f"<p>{markup}", url_fetcher=press._fetcher)
        with pytest.raises(FatalURLFetchingError):
            html.write_pdf(pdf_variant="pdf/a-3a", font_config=press._fonts)


def test_the_qr_code_is_a_small_picture_in_capitals():
    assert pdf.qr_image(CODE).startswith("data:image/png;base64,")


@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="poppler is not installed")
def test_every_font_is_embedded(tmp_path):
    path = tmp_path / "statement.pdf"
    path.write_bytes(rendered()[0])

    lines = subprocess.run(
        ["pdffonts", str(path)], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]

    assert len(lines) == 2
    assert all(line.split()[-5] == "yes" for line in lines)


def test_dates_are_written_out():
    assert pdf.indonesian_date("2026-08-07") == "7 Agustus 2026"
    assert pdf.indonesian_time(AT) == "23 November 2026 pukul 14.05 WIB"
