"""Receipt codes: the reporter's only way back, 140 random bits that nobody here can read.

A code follows from a token that the page of the form carries, so that a form sent twice gives the
same code twice and one report. The portal keeps a keyed hash of the code, never the token.
"""

import datetime
import hashlib
import hmac
import secrets

from django.core import signing

from common.encryption import Keyring
from people.services.activation import ALPHABET, display, normalise

__all__ = ["InvalidTokenError", "code_of", "digests", "display", "is_well_formed", "new_token"]

LENGTH = 28  # of 32 characters each: 140 bits
CHECK_LENGTH = 4
TOKEN_BYTES = 20
TOKEN_AGE = datetime.timedelta(days=1)
SALT = "review.report"

_ring = Keyring("REPORT_CODE_KEYS", purpose="receipt codes")


class InvalidTokenError(Exception):
    """The page wasn't ours, or was open for longer than a day."""


def new_token() -> str:
    return signing.dumps(secrets.token_hex(TOKEN_BYTES), salt=SALT)


def code_of(token: str) -> str:
    """The code that belongs to a page; the last group checks the others."""
    try:
        seed = signing.loads(token, salt=SALT, max_age=TOKEN_AGE)
    except signing.BadSignature as error:
        raise InvalidTokenError from error
    body = _characters(_hmac(_ring.keys[0], f"code\0{seed}"), LENGTH)
    return body + _check(body)


def is_well_formed(typed: str) -> bool:
    """Whether the typed code can be one at all; a slip of the pen is told at once."""
    code = normalise(typed)
    return (
        len(code) == LENGTH + CHECK_LENGTH
        and set(code) <= set(ALPHABET)
        and hmac.compare_digest(_check(code[:LENGTH]), code[LENGTH:])
    )


def digests(typed: str) -> list[str]:
    """What is looked for: the hash of a code under each key, the newest first."""
    code = normalise(typed)
    return [_hmac(key, f"digest\0{code}").hex() for key in _ring.keys]


def fingerprint(data: bytes) -> str:
    """Tells the same file again, to nobody who doesn't hold the key."""
    return hmac.new(_ring.keys[-1].encode(), data, hashlib.sha256).hexdigest()


def _hmac(key: str, text: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def _check(body: str) -> str:
    return _characters(hashlib.sha256(body.encode()).digest(), CHECK_LENGTH)


def _characters(digest: bytes, length: int) -> str:
    number = int.from_bytes(digest, "big")
    return "".join(ALPHABET[(number >> 5 * place) & 31] for place in range(length))
