"""The only files a statement may draw in: those shipped with the portal.

WeasyPrint's own fetcher would follow `http:` and `file:` from any text that escaped the
template's escaping; this one knows two fonts, one picture and the QR code's data address.
"""

import base64
import binascii
from pathlib import Path
from typing import Any

from django.conf import settings
from weasyprint.urls import URLFetcher, URLFetcherResponse

FOLDER = Path(__file__).resolve().parent
QR_PREFIX = "data:image/png;base64,"
EMBLEMS = ("components/_emblem_print.svg", "statements/_emblem.svg")


class FetchRefusedError(ValueError):
    """The paper asked for something that is not shipped with it."""


class ShippedFilesOnly(URLFetcher):
    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        fonts = FOLDER / "fonts"
        self._files = {
            f"font:{path.name}": (path.read_bytes(), "font/ttf") for path in fonts.glob("*.ttf")
        }
        templates = Path(settings.BASE_DIR) / "templates"
        emblem = next(templates / name for name in EMBLEMS if (templates / name).exists())
        self._files["asset:emblem.svg"] = (emblem.read_bytes(), "image/svg+xml")

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url in self._files:
            data, kind = self._files[url]
        elif url.startswith(QR_PREFIX):
            try:
                data = base64.b64decode(url.removeprefix(QR_PREFIX), validate=True)
            except binascii.Error as error:
                raise FetchRefusedError("a damaged data address") from error
            kind = "image/png"
        else:
            raise FetchRefusedError(f"not shipped with the portal: {url[:80]}")
        return URLFetcherResponse(url, data, {"Content-Type": kind})
