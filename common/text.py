"""Cleaning of what people type or paste, before anything else looks at it.

Refused with a message: NUL and control characters, lone surrogates, private-use and unassigned
characters. Taken away silently, because nobody sees them: zero-width and bidirectional marks
(Unicode category Cf), which let `gpj.exe` read as `exe.jpg`. The rest becomes NFC, with spaces
collapsed. Digits of other scripts are turned into ASCII digits only where a number is expected
(`ascii_digits`); in a text they stay what they are.
"""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DEFAULT_LIMIT = 2_000
NAME_LIMIT = 150
SPACES = re.compile(r"[^\S\n]+")
BLANK_LINES = re.compile(r"\n{3,}")
# Everything a personal or company name in Indonesia is written with, titles included.
NAME_CHARACTERS = re.compile(r"[\w .,'’ʼ`´\-/()&]+")
NAME_FIRST = re.compile(r"[^\W_]|['’(]")
TYPOGRAPHIC_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "´": "'", "‘": "'"})


def clean_text(
    value: object, *, multiline: bool = False, limit: int | None = DEFAULT_LIMIT
) -> str:
    """`value` as one clean text; raises `ValidationError` when it can't be accepted.

    Line breaks are kept (as \\n) only with `multiline`; otherwise they count as spaces.
    """
    text = "" if value is None else str(value)
    if limit is not None and len(text) > 4 * limit + 1_000:
        raise ValidationError(*too_long(limit))  # Before any work that grows with the text.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    # Line and paragraph separators count as line breaks, the byte order mark as nothing.
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x0b", "\n")
    kept = []
    for character in text:
        if character == "\n":
            kept.append("\n" if multiline else " ")
            continue
        category = unicodedata.category(character)
        if category == "Cf" or character == "\u034f":
            continue
        if category in ("Cc", "Cs", "Co", "Cn"):
            raise ValidationError(
                _("The text holds a character that cannot be stored (%(code)s). Type it anew."),
                code="control_character",
                params={"code": f"U+{ord(character):04X}"},
            )
        kept.append(character)
    text = unicodedata.normalize("NFC", "".join(kept))
    text = SPACES.sub(" ", text)
    if multiline:
        text = "\n".join(line.strip() for line in text.split("\n"))
        text = BLANK_LINES.sub("\n\n", text)
    text = text.strip()
    if limit is not None and len(text) > limit:
        raise ValidationError(*too_long(limit, len(text)))
    return text


def too_long(limit: int, length: int | None = None) -> tuple:
    if length is None:
        message = _("The text is too long; %(limit)s characters are the limit.")
    else:
        message = _("The text has %(length)s characters; %(limit)s are the limit.")
    return message, "too_long", {"limit": limit, "length": length}


def clean_name(value: object, *, limit: int = NAME_LIMIT) -> str:
    """A name of a person or a company: one word is enough, a letter is needed.

    `Suharto`, `Ma'ruf`, `Siti binti A.`, `Dr. H. Ahmad Fauzi, S.H., M.Si.`, `CV Tiga 88 & Rekan`.
    """
    text = clean_text(value, limit=limit).translate(TYPOGRAPHIC_APOSTROPHES)
    if not text:
        return text
    if not any(unicodedata.category(character).startswith("L") for character in text):
        raise ValidationError(_("A name needs at least one letter."), code="no_letter")
    if not NAME_CHARACTERS.fullmatch(_without_marks(text)) or not NAME_FIRST.match(text):
        raise ValidationError(
            _("Write the name with letters, digits, spaces and . , ' - / ( ) & only."),
            code="name_character",
        )
    if re.search(r"[.,'\-/&()]{4,}", text.replace(" ", "")):
        raise ValidationError(_("The name has too many signs in a row."), code="name_signs")
    return text


def _without_marks(text: str) -> str:
    """Combining marks aren't `\\w`, and some scripts can't be written without them."""
    return "".join(character for character in text if not unicodedata.combining(character))


def ascii_digits(value: object, *, keep: str = "") -> str:
    """The digits of `value`, of whatever script, without the spaces and signs people add.

    Characters of `keep` stay; anything else stays too, for the caller's check to refuse.
    """
    text = clean_text(value, limit=200)
    digits = (
        str(unicodedata.digit(character, character)) if character.isdigit() else character
        for character in text
    )
    return "".join(
        character for character in digits if character in keep or character not in " .-–/'"
    )


def is_storable(text: str) -> bool:
    """Whether PostgreSQL could hold `text` at all: neither NUL nor a lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
