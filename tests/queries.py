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
