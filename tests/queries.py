"""How many queries a call costs."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(call: Callable[[], object]) -> int:
    """After a first call, which fills what is asked once a process, the smaller of two: what is
    asked once a minute (holidays, limits, the scale) may fall into one of them."""
    call()
    return min(_count(call), _count(call))


def _count(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def count_page_queries(call: Callable[[], object]) -> int:
    """As `count_queries`, for a page: the request's own savepoint exists only in tests.

    Outside them `ATOMIC_REQUESTS` begins a transaction there, which is no query.
    """
    return count_queries(call) - 2
