"""Addresses of pages that are the same for everybody."""

from functools import cache

from django.urls import get_script_prefix, get_urlconf, reverse


def address(name: str) -> str:
    """As `reverse(name)`, worked out once a process: a menu asks for a dozen on every page."""
    return _address(name, get_urlconf(), get_script_prefix())


@cache
def _address(name: str, _urlconf: str | None, _prefix: str) -> str:
    return reverse(name)
