"""How often one address may ask the public page, and how many files are checked at once.

The counters lie in the shared cache; the views that use them run outside a transaction, so
that a counter never waits for another request's end.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from common import rates

# At most so many in so many seconds, for one address.
RATES = {
    # Guessing a 128-bit code is hopeless anyway; this keeps machines from the register.
    "verify_code": ((60, 60), (600, 3600)),
    "verify_file": ((10, 60), (60, 3600)),
}
PLACES = 2
PLACE_SECONDS = 60


def may_ask(request: HttpRequest, action: str) -> bool:
    address = get_adapter().get_client_ip(request)
    return rates.may_happen(f"statements:{action}:{address}", RATES[action])


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
