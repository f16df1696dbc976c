"""Markup put together by hand, escaped as Django's `format_html` does, in fewer steps."""

import re
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_needs_escaping = re.compile("[&<>\"']").search
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escaped(value: Any) -> str:
    """As Django's `conditional_escape`; most texts of a page need nothing."""
    kind = type(value)
    if kind is SafeString:
        return value
    if kind is str:
        return value.translate(_ENTITIES) if _needs_escaping(value) else value
    return conditional_escape(value)


def markup(template: str, *parts: Any) -> SafeString:
    """`template` with the parts in its `{}`, each escaped unless it is markup already."""
    return SafeString(template.format(*[escaped(part) for part in parts]))
