"""Canonical JSON: one text for one meaning, so that a hash can stand for the content.

Sorted keys, no spaces, UTF-8, NFC. Floats are refused (their text depends on who writes
them), and so is everything that JSON cannot say exactly.
"""

import hashlib
import json
import unicodedata
from typing import Any

MAX_BYTES = 512 * 1024
MAX_DEPTH = 32
# Beyond this JavaScript and many parsers round silently.
MAX_INTEGER = 2**53 - 1


class CanonicalError(ValueError):
    """The content cannot be frozen; the path says where."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def canonical_json(content: dict[str, Any]) -> str:
    """The one text of `content`; raises `CanonicalError` for what has no exact text."""
    normal = _normal(content, "$", 0)
    text = json.dumps(
        normal, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    if len(text.encode()) > MAX_BYTES:
        raise CanonicalError("$", f"more than {MAX_BYTES} bytes")
    return text


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_canonical(data: bytes) -> bool:
    """Whether `data` is the canonical text of what it says."""
    try:
        content = json.loads(data.decode(), object_pairs_hook=_no_repeated_keys)
        return isinstance(content, dict) and canonical_json(content).encode() == data
    except (ValueError, RecursionError):
        return False


def _no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is repeated")
    return result


def _normal(value: Any, path: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise CanonicalError(path, "nested too deeply")
    # `bool` is an `int`: the order of the tests matters.
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise CanonicalError(path, "a number beyond 2^53; write it as text")
        return int(value)
    if isinstance(value, dict):
        return _mapping(value, path, depth)
    if isinstance(value, list | tuple):
        return [_normal(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
    if isinstance(value, float):
        raise CanonicalError(path, "a float; write a whole number or text")
    raise CanonicalError(path, f"{type(value).__name__} has no place in JSON")


def _mapping(value: dict[Any, Any], path: str, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise CanonicalError(path, "a key that is not text")
        name = _text(key, f"{path}.{key[:40]!r}")
        if name in result:
            raise CanonicalError(f"{path}.{name[:40]}", "two keys that are the same text")
        result[name] = _normal(item, f"{path}.{name[:40]}", depth + 1)
    return result


def _text(value: str, path: str) -> str:
    # str() drops subclasses such as SafeString.
    text = unicodedata.normalize("NFC", str(value))
    for character in text:
        if character in "\n\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise CanonicalError(path, f"the control character U+{ord(character):04X}")
    return text
