"""A statement's paper: frozen content in, PDF/A-3A and PDF/UA-1 bytes out.

The same input gives the same bytes in every process of one installation. Style sheets,
fonts and template are prepared once a process (`Press`); nothing is fetched from anywhere.
"""

import atexit
import base64
import contextlib
import datetime
import functools
import gc
import io
import json
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import segno
from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from statements import memory

FOLDER = Path(__file__).resolve().parent
ATTACHMENT_NAME = "pernyataan.json"
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
# 9 points at a line height of 1.3, in millimetres.
CAPTION_LINE = 4.2
IDENTITY = (
    ("name", "Nama"),
    ("nip", "NIP"),
    ("grade", "Pangkat/Golongan"),
    ("post", "Jabatan"),
    ("unit", "Unit kerja"),
    ("opd", "Perangkat daerah"),
)


@dataclass(frozen=True, slots=True)
class Footer:
    """What the paper says of its own signatures; each signer brings the truth about itself."""

    kind: str
    text: str


INTERNAL_FOOTER = Footer(
    kind="Tanda tangan elektronik tidak tersertifikasi.",
    text=(
        "Dokumen ini disetujui dan ditandatangani secara elektronik di dalam Portal COI dengan"
        " sertifikat internal pemerintah provinsi, bukan sertifikat dari penyelenggara"
        " sertifikasi elektronik Indonesia."
    ),
)


def render(
    content_text: str,
    *,
    code: str,
    created_at: datetime.datetime,
    footer: Footer = INTERNAL_FOOTER,
) -> bytes:
    """The unsigned PDF of one frozen content, with the content itself attached."""
    return press().print(content_text, code=code, created_at=created_at, footer=footer)


def verification_address() -> str:
    """Where a reader checks a document: short, on the paper and in the QR code."""
    return f"{settings.PUBLIC_URL}/verifikasi/"


def qr_image(code: str) -> str:
    """Upper case keeps the code in the alphanumeric mode: a version 3, readable at 26 mm."""
    picture = io.BytesIO()
    symbol = segno.make_qr(f"{verification_address()}{code}".upper(), error="m")
    symbol.save(picture, kind="png", scale=4, border=2)
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


@functools.cache
def press() -> "Press":
    # Fonts are given back while the libraries that hold them are still loaded.
    atexit.register(press.cache_clear)
    return Press()


class Press:
    """Everything that is prepared once a process. Pango is not for threads: one at a time."""

    def __init__(self) -> None:
        # Here, not above: a machine without Pango still serves every other page.
        from cssselect2 import ElementWrapper  # noqa: PLC0415 -- comes with WeasyPrint
        from weasyprint import CSS, HTML  # noqa: PLC0415 -- needs native libraries
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 -- same

        from statements.fetching import ShippedFilesOnly  # noqa: PLC0415 -- same
        from statements.quickening import quicken  # noqa: PLC0415 -- same

        quicken()
        self._lock = threading.Lock()
        self._fetcher = ShippedFilesOnly()
        self._fonts = FontConfiguration()
        base, style = (
            CSS(
                string=(FOLDER / "stylesheets" / name).read_text(),
                font_config=self._fonts,
                url_fetcher=self._fetcher,
            )
            for name in ("base.css", "statement.css")
        )
        self._styles = [style]

        class Paper(HTML):
            def __init__(self, *, string: str, url_fetcher: ShippedFilesOnly) -> None:
                try:
                    tree = read_markup(string)
                except ElementTree.ParseError:
                    # U+FFFF, say: WeasyPrint's own reader takes what XML refuses.
                    super().__init__(string=string, url_fetcher=url_fetcher)
                    return
                self.base_url, self.media_type = None, "print"
                self.url_fetcher = url_fetcher
                self.wrapper_element = ElementWrapper.from_html_root(tree, content_language=None)
                self.etree_element = tree

            def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
                return [base]

            def _ph_stylesheets(self) -> list[CSS]:
                return []

        self._html = Paper
        self._template = get_template("statements/pdf/statement.html")

    def print(
        self, content_text: str, *, code: str, created_at: datetime.datetime, footer: Footer
    ) -> bytes:
        from weasyprint import Attachment  # noqa: PLC0415 -- needs native libraries

        from statements.finishing import Finisher  # noqa: PLC0415 -- same

        content = json.loads(content_text)
        instant = created_at.astimezone(datetime.UTC).replace(microsecond=0)
        attachment = Attachment(
            string=content_text.encode(),
            name=ATTACHMENT_NAME,
            description="Isi pernyataan yang dibekukan saat ditandatangani",
            created=instant,
            modified=instant,
            relationship="Source",
        )
        slots = [item["slot"] for item in content["signatures"]]
        names = {item["slot"]: item.get("name", "") for item in content["signatures"]}
        page = self._template.template.render(
            _context(content, code=code, instant=instant, footer=footer)
        )
        with self._lock, _without_collector():
            html = self._html(string=page, url_fetcher=self._fetcher)
            return html.write_pdf(
                stylesheets=self._styles,
                font_config=self._fonts,
                finisher=Finisher(slots, names),
                attachments=[attachment],
                pdf_variant="pdf/a-3a",
            )


def read_markup(page: str) -> ElementTree.Element:
    """The template is written as XML, which is read ten times as fast as HTML.

    Line breaks between elements are dropped: each would become a box of its own.
    """
    root = ElementTree.fromstring(page)  # noqa: S314 -- our own template, its texts escaped
    for element in root.iter():
        if element.tail and "\n" in element.tail and element.tail.isspace():
            element.tail = None
        if len(element) and element.text and "\n" in element.text and element.text.isspace():
            element.text = None
    return root


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Layout makes very many objects and the collector walks them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        memory.tidy()
    finally:
        if was_enabled:
            gc.enable()


def _context(
    content: dict[str, Any], *, code: str, instant: datetime.datetime, footer: Footer
) -> Any:
    from django.template import Context  # noqa: PLC0415 -- beside its only use

    person = content["person"]
    signatures = content["signatures"]
    slots = [{**item, "is_first": item is signatures[0]} for item in reversed(signatures)]
    return Context(
        {
            "c": content,
            "code": code,
            "code_groups": " ".join(code[i : i + 4] for i in range(0, len(code), 4)),
            "address": verification_address(),
            "instant": instant.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "identity": [(label, person[key]) for key, label in IDENTITY if person.get(key)],
            "place": content.get("place") or settings.PROVINCE["place"],
            "date": indonesian_date(content["date"]),
            "slots": slots,
            "caption_height": caption_height(signatures),
            "changes": _has_changes(content),
            "qr": qr_image(code),
            "footer": footer,
        },
        use_l10n=False,
    )


def caption_height(signatures: list[dict[str, str]]) -> float:
    """Millimetres for the longest caption with its post, so that all boxes stand on one line."""
    letters = 44 if len(signatures) < 3 else 26
    most = max(
        sum(len(textwrap.wrap(item.get(key) or "", letters)) for key in ("caption", "post"))
        for item in signatures
    )
    return max(2, most) * CAPTION_LINE + 1


def _has_changes(content: dict[str, Any]) -> bool:
    return any(
        row.get("change")
        for section in content.get("sections", ())
        for block in section.get("blocks", ())
        for row in block.get("rows", ())
    )


def indonesian_date(iso: str) -> str:
    """`2026-11-23` as the paper writes it: 23 November 2026."""
    day = datetime.date.fromisoformat(iso)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def indonesian_time(moment: datetime.datetime) -> str:
    local = timezone.localtime(moment, datetime.timezone(datetime.timedelta(hours=7)))
    return f"{indonesian_date(local.date().isoformat())} pukul {local:%H.%M} WIB"
