"""What may stand in a job's arguments: ids, dates, codes, switches; nothing about a person.

Arguments lie in the queue for weeks and are shown to the system administrator, who may
not read declarations. So the queue refuses what looks like a name, an address or a
number that names a person, instead of trusting each caller.
"""

import re
from typing import Any

from django_tasks.exceptions import InvalidTaskError

PLAIN = re.compile(r"[A-Za-z0-9_.:/+-]{0,100}")
PERSON_NUMBER = re.compile(r"\d{15,}")
MAX_ITEMS = 1_000


def check_payload(value: Any) -> None:
    """Raise `InvalidTaskError` unless `value` holds only ids, codes, dates and switches."""
    match value:
        case None | bool() | float():
            return
        case int():
            if abs(value) >= 10**15:
                raise InvalidTaskError("A number this long may name a person: pass the row's id.")
        case str():
            # Groups of digits in a UUID stay below 15; an 18-digit NIP doesn't.
            if not PLAIN.fullmatch(value) or PERSON_NUMBER.search(value):
                raise InvalidTaskError("Job arguments are ids, dates and codes, not text.")
        case list() | tuple():
            if len(value) > MAX_ITEMS:
                raise InvalidTaskError(f"More than {MAX_ITEMS} items in a job's argument.")
            for item in value:
                check_payload(item)
        case dict():
            check_payload(list(value.keys()))
            check_payload(list(value.values()))
        case _:
            raise InvalidTaskError(f"{type(value).__name__} can't be a job's argument.")
