"""Encryption of what must be read back: a ring of keys, and sealed envelopes below it.

A key is 32 random bytes in URL-safe base64. The newest stands first: it encrypts, all of them
decrypt. What is large or belongs together lies in an envelope: a key of its own seals it, and only
that key is encrypted by the ring, so that a new ring key means wrapping keys anew, not texts.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class UndecipherableError(Exception):
    """None of the keys opens it: a key was dropped too early, or the row was tampered with."""


class Keyring:
    """The keys of one purpose, from the setting that holds them.

    Without a setting development derives one from the secret key; production must set it.
    """

    def __init__(self, setting: str, *, purpose: str) -> None:
        self.setting, self.purpose = setting, purpose

    @property
    def keys(self) -> tuple[str, ...]:
        if found := tuple(getattr(settings, self.setting)):
            return found
        if not settings.IS_DEVELOPMENT:
            raise ImproperlyConfigured(f"Set COI_{self.setting}.")
        secret = f"{self.purpose}\0{settings.SECRET_KEY}".encode()
        return (base64.urlsafe_b64encode(hashlib.sha256(secret).digest()).decode(),)

    @property
    def _cipher(self) -> MultiFernet:
        try:
            return _multi_fernet(self.keys)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"Each key of COI_{self.setting} is 32 random bytes in URL-safe base64."
            ) from error

    def encrypt(self, data: bytes) -> bytes:
        return self._cipher.encrypt(data)

    def decrypt(self, token: bytes) -> bytes:
        try:
            return self._cipher.decrypt(token)
        except InvalidToken as error:
            raise UndecipherableError from error

    def is_newest(self, token: bytes) -> bool:
        """Was it encrypted with the first key?"""
        try:
            Fernet(self.keys[0]).decrypt(token)
        except InvalidToken:
            return False
        return True


@lru_cache(maxsize=8)
def _multi_fernet(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def is_key(text: str) -> bool:
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


class Envelope:
    """A key of its own for one thing; `wrapped` is that key, encrypted by the ring."""

    def __init__(self, ring: Keyring, wrapped: bytes) -> None:
        self.wrapped = bytes(wrapped)
        self._fernet = Fernet(ring.decrypt(self.wrapped))

    @classmethod
    def new(cls, ring: Keyring) -> "Envelope":
        return cls(ring, ring.encrypt(Fernet.generate_key()))

    def seal(self, data: bytes) -> bytes:
        return self._fernet.encrypt(data)

    def seal_text(self, text: str) -> bytes:
        return self.seal(text.encode())

    def unseal(self, token: bytes) -> bytes:
        try:
            return self._fernet.decrypt(bytes(token))
        except InvalidToken as error:
            raise UndecipherableError from error

    def unseal_text(self, token: bytes) -> str:
        return self.unseal(token).decode()
