"""Addresses of pages, worked out once a process where Django would do it again each time."""

import uuid
from functools import cache, lru_cache

from django.urls import get_script_prefix, get_urlconf, reverse

# Stand where a key goes while an address is worked out; nothing has these.
PLACES = {uuid.UUID: uuid.UUID("5e0b6a36-58a1-4b3c-9f7e-6c1d2e3f4a5b"), int: 5_016_380_158_143_097}


def address(name: str, key: uuid.UUID | int | None = None, *parts: str) -> str:
    """As `reverse` with the key and the parts as `args`: a list asks for one in every row."""
    if key is None:
        return _address(name, get_urlconf(), get_script_prefix())
    kind = type(key)
    if kind not in PLACES or (kind is int and key < 0):
        return reverse(name, args=[key, *parts])
    before, after = _around(name, kind, parts, get_urlconf(), get_script_prefix())
    return f"{before}{key}{after}"


@cache
def _address(name: str, _urlconf: str | None, _prefix: str) -> str:
    return reverse(name)


@lru_cache(maxsize=2048)
def _around(
    name: str, kind: type, parts: tuple[str, ...], _urlconf: str | None, _prefix: str
) -> tuple[str, str]:
    before, after = reverse(name, args=[PLACES[kind], *parts]).split(str(PLACES[kind]))
    return before, after
