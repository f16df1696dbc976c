"""What a reader sees in a signature's box.

Drawn with the font that the unsigned file already carries in its form (`finishing`), so the
file stays PDF/A and a signature adds half a kilobyte; pyHanko's own stamp would bring an
unembedded Courier.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import AppearanceContent, ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp.base import BaseStampStyle

from statements.finishing import FONT_RESOURCE, appearance_font
from statements.pdf import indonesian_time

EPOCH = datetime.datetime.fromtimestamp(0, datetime.UTC)
LEFT, RIGHT = 9.0, 4.0
SMALL, LARGE, LEAST = 6.4, 8.6, 4.0
INK, SOFT, GOLD = b"0.086 0.125 0.173 rg", b"0.29 0.333 0.388 rg", b"0.788 0.588 0.180 rg"


@dataclass(frozen=True)
class SignatureDrawing(BaseStampStyle):
    name: str = ""
    moment: datetime.datetime = EPOCH

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]
    ) -> "_Drawing":
        return _Drawing(writer, box, self)


class _Drawing(AppearanceContent):
    def __init__(
        self, writer: BasePdfFileWriter, box: BoxConstraints, style: SignatureDrawing
    ) -> None:
        super().__init__(writer=writer, box=box)
        self._style = style

    def render(self) -> bytes:
        writer = self._ensure_writer
        fonts = writer.root["/AcroForm"]["/DR"]["/Font"]
        self.set_resource(
            category=ResourceType.FONT,
            name=pdf_name(f"/{FONT_RESOURCE}"),
            value=_reference(fonts, writer),
        )
        width, height = float(self.box.width), float(self.box.height)
        lines = [
            (SMALL, SOFT, "Ditandatangani secara elektronik oleh"),
            (LARGE, INK, self._style.name),
            (SMALL, SOFT, indonesian_time(self._style.moment)),
        ]
        drawn = [b"q", GOLD, b"3 5 2 %.2f re f" % (height - 10)]
        baseline = height / 2 + 9
        for size, ink, text in lines:
            drawn.append(_line(text, size, ink, baseline, width - LEFT - RIGHT))
            baseline -= 11.5
        drawn.append(b"Q")
        return b"\n".join(drawn)


def _line(text: str, size: float, ink: bytes, baseline: float, room: float) -> bytes:
    """One line, made smaller until it fits; the last resort is to cut it."""
    font = appearance_font()
    wanted = font.width(text, size)
    if wanted > room:
        size = max(LEAST, size * room / wanted)
        while font.width(text, size) > room and len(text) > 1:
            text = text[:-2].rstrip() + "…"
    return b"BT %s /%s %.2f Tf %.2f %.2f Td %s Tj ET" % (
        ink,
        FONT_RESOURCE.encode(),
        size,
        LEFT,
        baseline,
        font.encode(text),
    )


def _reference(fonts: Any, writer: BasePdfFileWriter) -> generic.IndirectObject:
    found = fonts.raw_get(pdf_name(f"/{FONT_RESOURCE}"))
    return generic.IndirectObject(found.idnum, found.generation, writer)
