"""Encryption of the few secrets that must be read back: seeds of second factors."""

import base64
import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class UndecipherableError(Exception):
    """None of the keys opens it: a key was dropped too early, or the row was tampered with."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured(
            "Each key of COI_FIELD_KEYS is 32 random bytes in URL-safe base64."
        ) from error


def _keys() -> tuple[str, ...]:
    """The newest key first. Without a setting development derives one; production must set it."""
    if settings.FIELD_KEYS:
        return tuple(settings.FIELD_KEYS)
    if not settings.IS_DEVELOPMENT:
        raise ImproperlyConfigured("Set COI_FIELD_KEYS.")
    digest = hashlib.sha256(b"field encryption\0" + settings.SECRET_KEY.encode()).digest()
    return (base64.urlsafe_b64encode(digest).decode(),)


def encrypt(text: str) -> str:
    return _cipher(_keys()).encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    try:
        return _cipher(_keys()).decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise UndecipherableError from error
