"""Two short cuts inside WeasyPrint that change no byte of what it makes.

A statement asks for some nine thousand style values and works out as many lengths; nearly all
are inherited, initial or plain pixels, for which WeasyPrint walks through every rule of the
cascade. Here they are answered at once, everything else by WeasyPrint itself. This knows
WeasyPrint's inside: its version is pinned, and a test compares the bytes with and without.
"""

import functools
from typing import Any

from weasyprint.css import ComputedStyle, computed_values, properties
from weasyprint.layout import percent

Dimension = type(properties.ZERO_PIXELS)
# Values that depend on others, or that another property may stand for.
SPECIAL = {"position", "float", "display", "page", "direction"}
PHYSICAL = frozenset(computed_values.PHYSICAL_FUNCTIONS)
LOGICAL = frozenset(
    function(block="ttb", inline=inline)
    for function in computed_values.PHYSICAL_FUNCTIONS.values()
    for inline in ("ltr", "rtl")
)


def _is_plain(key: str) -> bool:
    return key not in SPECIAL and not key.startswith(("text_decoration_", "__"))


INHERITED = frozenset(filter(_is_plain, properties.INHERITED)) - PHYSICAL
INITIAL = {
    key: value
    for key, value in properties.INITIAL_VALUES.items()
    if _is_plain(key)
    and key not in properties.INHERITED
    and key not in properties.INITIAL_NOT_COMPUTED
}

slow_style = ComputedStyle.__missing__
slow_length = percent.resolve_one_percentage


def quick_style(self: ComputedStyle, key: str) -> Any:
    if key in self.cascaded:
        return slow_style(self, key)
    if key in INHERITED and self.parent_style is not None:
        value = self.parent_style[key]
    elif key in INITIAL and (key not in PHYSICAL or LOGICAL.isdisjoint(self.cascaded)):
        value = INITIAL[key]
    else:
        return slow_style(self, key)
    self[key] = value
    return value


def quick_length(box: Any, name: str, refer_to: float) -> None:
    value = box.style[name]
    if value.__class__ is Dimension and value.unit == "px":
        setattr(box, name, value.value)
    else:
        slow_length(box, name, refer_to)


@functools.cache
def quicken() -> None:
    ComputedStyle.__missing__ = quick_style
    percent.resolve_one_percentage = quick_length
