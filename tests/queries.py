"""How many queries a call costs."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(call: Callable[[], object]) -> int:
    """The second call counts: the first one fills what is asked once a process."""
    call()
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def count_page_queries(call: Callable[[], object]) -> int:
    """As `count_queries`, for a page: the request's own savepoint exists only in tests.

    Outside them `ATOMIC_REQUESTS` begins a transaction there, which is no query.
    """
    return count_queries(call) - 2
