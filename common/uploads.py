"""Files that people send: what is accepted, how it is checked, under which name it is stored.

A file is judged by its first bytes, never by the type the browser states. Pictures are decoded
within a pixel limit and written anew, which leaves place and camera data behind; anything that a
browser could run (SVG, HTML, Office macros) isn't accepted at all. The stored name is random, the
name people gave is only text. No virus scanner is asked here: `UploadRules.scan` is the place, and
a scanner that fails refuses the file.
"""

import io
import secrets
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from common.text import clean_text

MEGABYTE = 1024 * 1024
JPEG_QUALITY = 85
LONGEST_SIDE = 12_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its endings, the type it is served as, its first bytes."""

    name: str
    extensions: tuple[str, ...]
    content_type: str
    magic: tuple[bytes, ...]
    is_image: bool = False


PDF = Kind("PDF", (".pdf",), "application/pdf", (b"%PDF-",))
JPEG = Kind("JPEG", (".jpg", ".jpeg"), "image/jpeg", (b"\xff\xd8\xff",), is_image=True)
PNG = Kind("PNG", (".png",), "image/png", (b"\x89PNG\r\n\x1a\n",), is_image=True)
XLSX = Kind(
    "XLSX",
    (".xlsx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    (b"PK\x03\x04",),
)
CSV = Kind("CSV", (".csv",), "text/csv", ())


@dataclass(frozen=True, slots=True)
class UploadRules:
    """What one file field accepts; `scan` may raise `ValidationError` after all other checks."""

    kinds: tuple[Kind, ...] = (PDF, JPEG, PNG)
    max_bytes: int = 5 * MEGABYTE
    max_pixels: int = 40_000_000
    scan: Callable[[UploadedFile], None] | None = field(default=None, compare=False)

    @property
    def accept(self) -> str:
        """For the `accept` attribute of the input."""
        return ",".join(extension for kind in self.kinds for extension in kind.extensions)

    @property
    def names(self) -> str:
        return ", ".join(kind.name for kind in self.kinds)


EVIDENCE = UploadRules()
SPREADSHEET = UploadRules(kinds=(CSV, XLSX), max_bytes=10 * MEGABYTE)


def check_upload(upload: UploadedFile, rules: UploadRules = EVIDENCE) -> Kind:
    """The kind of `upload`, or `ValidationError` saying what is wrong and what is accepted."""
    if not upload.size:
        raise ValidationError(_("The file is empty."), code="empty")
    if upload.size > rules.max_bytes:
        raise ValidationError(
            _("The file has %(size)s; %(limit)s are the limit."),
            code="too_big",
            params={
                "size": filesizeformat(upload.size),
                "limit": filesizeformat(rules.max_bytes),
            },
        )
    kind = _kind_by_extension(upload.name or "", rules)
    _check_magic(upload, kind)
    if kind.is_image:
        _check_picture(upload, rules)
    if rules.scan is not None:
        rules.scan(upload)
    upload.seek(0)
    return kind


def _kind_by_extension(name: str, rules: UploadRules) -> Kind:
    extension = PurePath(name).suffix.lower()
    for kind in rules.kinds:
        if extension in kind.extensions:
            return kind
    raise ValidationError(
        _("This kind of file isn't accepted. Send one of: %(names)s."),
        code="extension",
        params={"names": rules.names},
    )


def _check_magic(upload: UploadedFile, kind: Kind) -> None:
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0)
    looks_right = head.startswith(kind.magic) if kind.magic else b"\x00" not in head[:512]
    if not looks_right and not (kind is CSV and head[:2] in (b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError(
            _("The file isn't really a %(kind)s. Open it, save it as %(kind)s and send it again."),
            code="disguised",
            params={"kind": kind.name},
        )


def _check_picture(upload: UploadedFile, rules: UploadRules) -> None:
    """Header first: a picture of 900 megapixels can be a file of 100 kilobytes."""
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(upload, formats=("JPEG", "PNG")) as picture:
                width, height = picture.size
                if width * height > rules.max_pixels or max(width, height) > LONGEST_SIDE:
                    raise Image.DecompressionBombError
                picture.verify()
    except Image.DecompressionBombError as error:
        raise ValidationError(
            _("The picture has too many pixels; %(limit)s million are the limit."),
            code="pixels",
            params={"limit": rules.max_pixels // 1_000_000},
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError(_("The picture is damaged."), code="damaged") from error


def prepare_upload(upload: UploadedFile, rules: UploadRules = EVIDENCE) -> ContentFile:
    """The checked file, ready to be stored: random name, pictures re-encoded without metadata.

    The kind is on `.kind`, the name people gave, cleaned, on `.original_name`.
    """
    kind = check_upload(upload, rules)
    content = _reencode(upload, kind) if kind.is_image else upload.read()
    prepared = ContentFile(content, name=random_name(kind))
    prepared.kind = kind
    prepared.original_name = original_name(upload)
    return prepared


def _reencode(upload: UploadedFile, kind: Kind) -> bytes:
    upload.seek(0)
    try:
        with Image.open(upload, formats=(kind.name,)) as picture:
            picture.load()
            orientation = picture.getexif().get(0x0112, 1)
            plain = picture.convert("RGB" if kind is JPEG or picture.mode != "RGBA" else "RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(_("The picture is damaged."), code="damaged") from error
    turn = _TURNS.get(orientation)
    if turn is not None:
        plain = plain.transpose(turn)
    target = io.BytesIO()
    plain.info = {}
    plain.save(target, kind.name, quality=JPEG_QUALITY, optimize=True)
    return target.getvalue()


_TURNS = {
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_270,
    8: Image.Transpose.ROTATE_90,
}


def random_name(kind: Kind) -> str:
    """128 random bits, spread over folders; nothing of the sender's name is in it."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:]}{kind.extensions[0]}"


def original_name(upload: UploadedFile) -> str:
    """The name people gave, as text to show: no path, no invisible characters."""
    name = (upload.name or "").replace("\\", "/").rsplit("/", 1)[-1]
    try:
        return clean_text(name[-120:], limit=120) or str(_("file"))
    except ValidationError:
        return str(_("file"))


def check_quota(*, used: int, adding: int, limit: int) -> None:
    """`used` bytes are stored, `adding` come, `limit` is the most one owner may have."""
    if used + adding > limit:
        raise ValidationError(
            _("No room is left for this file: %(left)s of %(limit)s are free."),
            code="quota",
            params={
                "left": filesizeformat(max(0, limit - used)),
                "limit": filesizeformat(limit),
            },
        )
