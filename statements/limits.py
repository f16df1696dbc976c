"""How often one address may ask the public page, and how many files are checked at once.

The counters lie in the shared cache; the views that use them run outside a transaction, so
that a counter never waits for another request's end.
"""

import datetime
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest

# At most so many in so many seconds, for one address.
RATES = {
    # Guessing a 128-bit code is hopeless anyway; this keeps machines from the register.
    "verify_code": ((60, 60), (600, 3600)),
    "verify_file": ((10, 60), (60, 3600)),
}
PLACES = 2
PLACE_SECONDS = 60


# One statement for all windows of one question, where the cache's own counters need eight for
# each. The entries look like the cache's own, so that its housekeeping throws old ones away.
COUNT = """
    INSERT INTO cache_entries (cache_key, value, expires)
    SELECT window_key, '1', now() + window_length
      FROM unnest(%s::text[], %s::interval[]) AS windows (window_key, window_length)
        ON CONFLICT (cache_key) DO UPDATE SET
           value = CASE WHEN cache_entries.expires <= now() THEN '1'
                        ELSE (cache_entries.value::int + 1)::text END,
           expires = CASE WHEN cache_entries.expires <= now() THEN excluded.expires
                          ELSE cache_entries.expires END
    RETURNING cache_key, value::int
"""


def may_ask(request: HttpRequest, action: str) -> bool:
    address = get_adapter().get_client_ip(request)
    most = {f"statements:{action}:{address}:{secs}": number for number, secs in RATES[action]}
    lengths = [datetime.timedelta(seconds=seconds) for _number, seconds in RATES[action]]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [list(most), lengths])
        return all(count <= most[key] for key, count in cursor.fetchall())


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
