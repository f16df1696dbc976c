"""How often something may happen: counters in the shared cache, one statement for all windows.

Views that count run outside a transaction, so that a counter never waits for another request's
end. The cache's own counters would need eight statements where this needs one; the entries look
like the cache's own, so that its housekeeping throws old ones away.
"""

import datetime
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from django.core.cache import cache
from django.db import connection

SALT_SECONDS = 24 * 3600
_COUNT = """
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


def may_happen(name: str, rates: Iterable[tuple[int, int]]) -> bool:
    """Counts one; False when any of `rates` (at most so many, in so many seconds) is exceeded."""
    most = {f"{name}:{seconds}": number for number, seconds in rates}
    lengths = [datetime.timedelta(seconds=int(key.rsplit(":", 1)[1])) for key in most]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [list(most), lengths])
        return all(count <= most[key] for key, count in cursor.fetchall())


def blurred(address: str) -> str:
    """A name for `address` that nobody can turn back: its salt is forgotten after a day."""
    salt = cache.get_or_set("rates:salt", secrets.token_hex(32), SALT_SECONDS)
    return hmac.new(str(salt).encode(), address.encode(), hashlib.sha256).hexdigest()[:32]
