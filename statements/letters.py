"""Which characters the paper can show: those of the fonts that are shipped with it.

Anything else would come from whatever fonts the machine has, or be left out of what is signed.
"""

import functools
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FONTS = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf")
FOLDER = Path(__file__).resolve().parent / "fonts"


@functools.cache
def letters() -> frozenset[str]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- most processes never need it

    known = [TTFont(FOLDER / name).getBestCmap().keys() for name in FONTS]
    return frozenset(map(chr, frozenset.intersection(*map(frozenset, known)))) | {"\n"}


def validate_printable(text: str) -> None:
    """For what will stand in a signed document."""
    unknown = dict.fromkeys(character for character in text if character not in letters())
    if unknown:
        raise ValidationError(
            _("The signed document can't show %(characters)s. Write it otherwise, please."),
            code="unprintable",
            params={"characters": " ".join(list(unknown)[:10])},
        )
