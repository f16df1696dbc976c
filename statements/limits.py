"""How often one address may ask the public page, and how many files are checked at once.

The counters lie in the shared cache; the views that use them run outside a transaction, so
that a counter never waits for another request's end.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

RATES = {
    # Guessing a 128-bit code is hopeless anyway; this keeps machines from the register.
    "verify_code": "60/m/ip,600/h/ip",
    "verify_file": "10/m/ip,60/h/ip",
}
PLACES = 2
PLACE_SECONDS = 60


def may_ask(request: HttpRequest, action: str) -> bool:
    return bool(
        ratelimit.consume(request, app="statements", action=action, config=RATES, limit_get=True)
    )


@contextmanager
def place_to_check() -> Iterator[bool]:
    """One of the few places where a stranger's file is taken apart; False when all are taken."""
    token = secrets.token_hex(8)
    for number in range(PLACES):
        key = f"statements:checking:{number}"
        if cache.add(key, token, PLACE_SECONDS):
            try:
                yield True
            finally:
                if cache.get(key) == token:
                    cache.delete(key)
            return
    yield False
