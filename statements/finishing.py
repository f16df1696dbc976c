"""The last touches on a statement's PDF, between WeasyPrint and the signatures.

`<a href="sig:NAME">` boxes become empty, tagged signature fields; the file says that it is
PDF/UA-1 beside PDF/A-3A; the font of the visible signatures goes into the form's resources,
whole, so that a later signature adds a few lines of drawing and no font.
"""

import functools
import zlib
from pathlib import Path
from typing import Any

import pydyf
from fontTools.ttLib import TTFont

from statements import writing

FONT_FILE = Path(__file__).resolve().parent / "fonts" / "NotoSans-Appearance.ttf"
FONT_RESOURCE = "CoiSans"
FIELD_PREFIX = "sig:"
# The print flag and the lock flag: a signature field is not moved or resized.
WIDGET_FLAGS = 132

PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema\
</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/\
</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property>\
<rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal\
</pdfaProperty:category><pdfaProperty:description>PDF/UA part number</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>"""


class Finisher:
    """WeasyPrint's `finisher` hook for one document with these signature slots, in order."""

    def __init__(self, slots: list[str], names: dict[str, str]) -> None:
        self.slots = slots
        self.names = names

    def __call__(self, document: Any, pdf: pydyf.PDF) -> None:
        mark_pdf_ua(pdf)
        drop_empty_resources(pdf)
        fields = self._make_fields(pdf)
        if sorted(fields) != sorted(self.slots):
            raise ValueError("The signature boxes on the paper are not those of the document.")
        pdf.catalog["AcroForm"] = pydyf.Dictionary(
            {
                "Fields": pydyf.Array([fields[slot].reference for slot in self.slots]),
                "SigFlags": 3,
                "DR": pydyf.Dictionary(
                    {"Font": pydyf.Dictionary({FONT_RESOURCE: add_font(pdf).reference})}
                ),
            }
        )
        pdf.write = functools.partial(writing.write, pdf)

    def _make_fields(self, pdf: pydyf.PDF) -> dict[str, pydyf.Dictionary]:
        links, pages, references, elements = _survey(pdf)
        blank = pydyf.Stream(
            [b""],
            {
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": pydyf.Array([0, 0, 1, 1]),
                "Resources": pydyf.Dictionary({}),
            },
        )
        pdf.add_object(blank)
        for slot, widget in links.items():
            page = next(p for p in pages if widget.reference in p.get("Annots", ()))
            self._make_widget(pdf, slot, widget, page, blank)
            if widget.number in references:
                reference = references[widget.number].reference
                for element in elements:
                    if reference in element["K"]:
                        _tag_as_field(pdf, widget, reference, element)
        return links

    def _make_widget(
        self,
        pdf: pydyf.PDF,
        slot: str,
        widget: pydyf.Dictionary,
        page: pydyf.Dictionary,
        blank: pydyf.Stream,
    ) -> None:
        x1, y1, x2, y2 = widget["Rect"]
        kept = {key: widget[key] for key in ("StructParent",) if key in widget}
        widget.clear()
        widget.update(
            {
                "Type": "/Annot",
                "Subtype": "/Widget",
                "FT": "/Sig",
                "T": pydyf.String(slot),
                "TU": pydyf.String(f"Tanda tangan {self.names.get(slot) or slot}"),
                "F": WIDGET_FLAGS,
                "P": page.reference,
                "Rect": pydyf.Array([min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)]),
                "AP": pydyf.Dictionary({"N": blank.reference}),
                **kept,
            }
        )
        if len(self.slots) > 1 and slot == self.slots[-1]:
            # The last signature closes the document; a single one certifies "no changes".
            lock = pydyf.Dictionary({"Type": "/SigFieldLock", "Action": "/All", "P": 1})
            pdf.add_object(lock)
            widget["Lock"] = lock.reference


def _tag_as_field(
    pdf: pydyf.PDF, widget: pydyf.Dictionary, reference: bytes, link: pydyf.Dictionary
) -> None:
    """A form element of its own within what was the link, for it may hold the field alone.

    ISO 14289-1, 7.18.4; the box that is drawn on the page stays in the link's element.
    """
    form = pydyf.Dictionary(
        {"Type": "/StructElem", "S": "/Form", "K": pydyf.Array([reference]), "P": link.reference}
    )
    pdf.add_object(form)
    link["S"] = "/Div"
    link["K"] = pydyf.Array([form.reference if kid == reference else kid for kid in link["K"]])
    tree = pdf.objects[_number(pdf.catalog["StructTreeRoot"])]
    numbers = pdf.objects[_number(tree["ParentTree"])]["Nums"]
    numbers[numbers.index(widget["StructParent"]) + 1] = form.reference


def mark_pdf_ua(pdf: pydyf.PDF) -> None:
    metadata = pdf.objects[_number(pdf.catalog["Metadata"])]
    text = b"\n".join(metadata.stream)
    metadata.stream = [text.replace(b"</rdf:RDF>", PDF_UA + b"</rdf:RDF>", 1)]


def drop_empty_resources(pdf: pydyf.PDF) -> None:
    for item in pdf.objects:
        if isinstance(item, dict) and "ExtGState" in item:
            for key in ("ExtGState", "XObject", "Pattern", "Shading"):
                if key in item and not item[key]:
                    del item[key]


def _survey(pdf: pydyf.PDF) -> tuple[dict, list, dict, list]:
    """The boxes to turn into fields, and what speaks of them: pages, references, tags."""
    links: dict[str, pydyf.Dictionary] = {}
    pages, elements = [], []
    references: dict[int, pydyf.Dictionary] = {}
    for item in pdf.objects:
        if not isinstance(item, dict):
            continue
        kind = item.get("Type")
        if kind == "/Page":
            pages.append(item)
        elif kind == "/OBJR":
            references[_number(item["Obj"])] = item
        elif kind == "/StructElem" and item["S"] == "/Link":
            elements.append(item)
        elif kind == "/Annot" and item.get("Subtype") == "/Link" and "A" in item:
            address = str(item["A"]["URI"].string)
            if address.startswith(FIELD_PREFIX):
                links[address.removeprefix(FIELD_PREFIX)] = item
    return links, pages, references, elements


def _number(reference: bytes | str) -> int:
    return int((reference if isinstance(reference, bytes) else reference.encode()).split()[0])


class AppearanceFont:
    """The font of the visible signatures: glyph numbers and widths, read once a process."""

    def __init__(self) -> None:
        data = FONT_FILE.read_bytes()
        font = TTFont(FONT_FILE)
        order = {name: number for number, name in enumerate(font.getGlyphOrder())}
        self.scale = 1000 / font["head"].unitsPerEm
        self.glyphs = {code: order[name] for code, name in font.getBestCmap().items()}
        metrics = font["hmtx"].metrics
        self.widths = [round(metrics[name][0] * self.scale) for name in font.getGlyphOrder()]
        self.widths_array = b"[0 [%s]]" % " ".join(map(str, self.widths)).encode()
        self.box = [
            round(v * self.scale)
            for v in (font["head"].xMin, font["head"].yMin, font["head"].xMax, font["head"].yMax)
        ]
        self.ascent = round(font["hhea"].ascent * self.scale)
        self.descent = round(font["hhea"].descent * self.scale)
        self.compressed = zlib.compress(data, 9)
        self.length = len(data)

    def encode(self, text: str) -> bytes:
        """`text` as the hexadecimal string of a `Tj`; a letter we lack becomes a question mark."""
        missing = self.glyphs[ord("?")]
        return b"<%s>" % b"".join(b"%04X" % self.glyphs.get(ord(c), missing) for c in text)

    def width(self, text: str, size: float) -> float:
        missing = self.glyphs[ord("?")]
        return sum(self.widths[self.glyphs.get(ord(c), missing)] for c in text) * size / 1000

    @functools.cached_property
    def to_unicode(self) -> bytes:
        """Compressed."""
        pairs = sorted((glyph, code) for code, glyph in self.glyphs.items())
        lines = []
        for start in range(0, len(pairs), 100):
            part = pairs[start : start + 100]
            lines.append(f"{len(part)} beginbfchar")
            lines += [f"<{glyph:04X}> <{code:04X}>" for glyph, code in part]
            lines.append("endbfchar")
        text = "\n".join(
            [
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
                "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
                "1 begincodespacerange <0000> <FFFF> endcodespacerange",
                *lines,
                "endcmap CMapName currentdict /CMap defineresource pop end end",
            ]
        )
        return writing.compress(text.encode())


@functools.cache
def appearance_font() -> AppearanceFont:
    return AppearanceFont()


def add_font(pdf: pydyf.PDF) -> pydyf.Dictionary:
    font = appearance_font()
    name = "/COISGN+NotoSans-Regular"
    data = pydyf.Stream([font.compressed], {"Filter": "/FlateDecode", "Length1": font.length})
    unicode_map = pydyf.Stream([font.to_unicode], {"Filter": "/FlateDecode"})
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": name,
            "FontFamily": pydyf.String("Noto Sans"),
            "Flags": 4,
            "FontBBox": pydyf.Array(font.box),
            "ItalicAngle": 0,
            "Ascent": font.ascent,
            "Descent": font.descent,
            "CapHeight": 714,
            "StemV": 80,
        }
    )
    descendant = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": pydyf.Dictionary(
                {
                    "Registry": pydyf.String("Adobe"),
                    "Ordering": pydyf.String("Identity"),
                    "Supplement": 0,
                }
            ),
            "CIDToGIDMap": "/Identity",
            "W": font.widths_array,
        }
    )
    whole = pydyf.Dictionary(
        {"Type": "/Font", "Subtype": "/Type0", "BaseFont": name, "Encoding": "/Identity-H"}
    )
    for item in (data, unicode_map, descriptor, descendant, whole):
        pdf.add_object(item)
    descriptor["FontFile2"] = data.reference
    descendant["FontDescriptor"] = descriptor.reference
    whole["DescendantFonts"] = pydyf.Array([descendant.reference])
    whole["ToUnicode"] = unicode_map.reference
    return whole
