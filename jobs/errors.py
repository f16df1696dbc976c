"""An error as the system administrator may see it: where it happened, and nobody's data.

No source lines and no values of variables are kept; the message loses what stands in
quotes and brackets, numbers that may name a person and addresses.
"""

import re
import traceback
from pathlib import Path

from django.conf import settings

LONGEST_MESSAGE = 500
MOST_FRAMES = 20
SCRUBS = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\)=\([^)]*\)"), ")=([value])"),  # PostgreSQL: Key (nip)=(1985…) already exists
    (re.compile(r"DETAIL:.*", re.DOTALL), "DETAIL: [removed]"),
    (re.compile(r"(['\"“‘])(?:(?!\1).){2,}?(?:\1|[”’])", re.DOTALL), "[text]"),
    (re.compile(r"(?:https?://|/)\S*(?:token|code|key|aktivasi|reset)\S*"), "[address]"),
    (re.compile(r"\d[\d .-]{4,}\d"), "[number]"),
)


def scrub(text: str) -> str:
    for pattern, replacement in SCRUBS:
        text = pattern.sub(replacement, text)
    return text[:LONGEST_MESSAGE]


def describe(error: BaseException) -> str:
    """Frames (file, line, function) from the outside in, then the scrubbed message."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    lines = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([*lines, f"{type(error).__name__}: {scrub(str(error))}"])


def class_path(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _short(filename: str) -> str:
    path = Path(filename)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    if path.is_relative_to(settings.BASE_DIR):
        return str(path.relative_to(settings.BASE_DIR))
    return path.name
