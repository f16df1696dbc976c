"""Encryption of the few secrets that must be read back: seeds of second factors."""

from common.encryption import Keyring, UndecipherableError

__all__ = ["UndecipherableError", "decrypt", "encrypt"]

_ring = Keyring("FIELD_KEYS", purpose="field encryption")


def encrypt(text: str) -> str:
    return _ring.encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    return _ring.decrypt(text.encode()).decode()
