"""What makes a scale usable: pure rules over its cells, bands, words and colours.

Each fault names the field of the editing page that it belongs to ("" for none).
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

STEPS = range(1, 6)
LARGEST = 25
LEVELS = ("SANGAT_RENDAH", "RENDAH", "SEDANG", "TINGGI", "SANGAT_TINGGI")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
# Words on a colour are black or white, whichever reads better: at least the root of 21, so 4.58
# to 1, on any colour, more than WCAG 2.2 (1.4.3) asks for. So no colour is refused for it.
INK, PAPER = "#000000", "#ffffff"
# Neighbouring levels, as distance in CIELAB (CIE 1976); about ten times what an eye can tell.
DISTANCE = 20.0


class Fault(NamedTuple):
    field: str
    message: str


Cells = Sequence[Sequence[int]]
Bands = Sequence[dict[str, Any]]


def faults(*, cells: Cells, bands: Bands, is_ranking: bool) -> list[Fault]:
    """All that is wrong; `is_ranking`: each number from 1 to 25 stands once."""
    found = [*_rising(cells), *_bands(bands)]
    if is_ranking:
        found += _each_once(cells)
    if not found:
        found += _every_band_used(cells, bands)
    return found + _colours(bands)


def is_ranking(cells: Cells) -> bool:
    return sorted(number for line in cells for number in line) == list(range(1, LARGEST + 1))


def _rising(cells: Cells) -> list[Fault]:
    """More likely, or graver, is never the smaller or the same number."""
    found = []
    for likelihood in STEPS:
        for impact in STEPS:
            number = cells[likelihood - 1][impact - 1]
            below = cells[likelihood - 2][impact - 1] if likelihood > 1 else 0
            left = cells[likelihood - 1][impact - 2] if impact > 1 else 0
            if number <= max(below, left):
                text = _(
                    "Likelihood %(likelihood)s, impact %(impact)s: %(number)s has to be larger "
                    "than its neighbours with less likelihood or less impact (%(largest)s)."
                ) % {
                    "likelihood": likelihood, "impact": impact, "number": number,
                    "largest": max(below, left),
                }  # fmt: skip
                found.append(Fault(f"cell_{likelihood}_{impact}", text))
    return found


def _each_once(cells: Cells) -> list[Fault]:
    counted = Counter(number for line in cells for number in line)
    twice = sorted(number for number, count in counted.items() if count > 1)
    missing = [number for number in range(1, LARGEST + 1) if number not in counted]
    if not twice and not missing:
        return []
    text = _(
        "In this scale each number from 1 to 25 stands once. Twice: %(twice)s. "
        "Missing: %(missing)s."
    ) % {"twice": _listed(twice), "missing": _listed(missing)}
    return [Fault("", text)]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers)) or "–"


def _bands(bands: Bands) -> list[Fault]:
    """Each begins where the one before ends, so they can neither overlap nor leave a gap."""
    found = []
    for number, (before, band) in enumerate(pairwise(bands), 2):
        if band["upto"] <= before["upto"]:
            text = _("This level has to end above %(end)s, where the level before it ends.")
            found.append(Fault(f"upto_{number}", text % {"end": before["upto"]}))
    if bands[-1]["upto"] != LARGEST:
        found.append(Fault("upto_5", _("The highest level ends at 25.")))
    return found


def _every_band_used(cells: Cells, bands: Bands) -> list[Fault]:
    numbers, first, found = [number for line in cells for number in line], 1, []
    for number, band in enumerate(bands, 1):
        if not any(first <= each <= band["upto"] for each in numbers):
            text = _("No cell of the table has a number of this level (%(first)s–%(last)s).")
            fault = text % {"first": first, "last": band["upto"]}
            found.append(Fault(f"upto_{number}", fault))
        first = band["upto"] + 1
    return found


# --- Colours ---------------------------------------------------------------------------------


def _colours(bands: Bands) -> list[Fault]:
    found = []
    for number, band in enumerate(bands, 1):
        if not COLOUR.fullmatch(band["colour"]):
            text = _("Write the colour as # and six hexadecimal digits, such as #2F6FB0.")
            found.append(Fault(f"colour_{number}", text))
    if found:
        return found
    for number, (before, band) in enumerate(pairwise(bands), 2):
        if distance(before["colour"], band["colour"]) < DISTANCE:
            text = _("This colour is too close to that of the level before it.")
            found.append(Fault(f"colour_{number}", text))
    return found


def ink_on(colour: str) -> str:
    """Dark or white words, whichever is easier to read on it."""
    return max((INK, PAPER), key=lambda ground: contrast(colour, ground))


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _linear(colour: str) -> list[float]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def distance(one: str, other: str) -> float:
    """How far apart two colours are seen, in CIELAB under D65."""
    pairs = zip(_lab(one), _lab(other), strict=True)
    return sum((first - second) ** 2 for first, second in pairs) ** 0.5


def _lab(colour: str) -> tuple[float, float, float]:
    red, green, blue = _linear(colour)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    x, y, z = (_curve(part) for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _curve(part: float) -> float:
    return part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
