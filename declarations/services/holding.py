"""What keeps a declaration without a conflict open after the superior's decision.

Source: fact sheet of the domain, section 4.2: it is closed when it is not flagged, or when the
Inspectorate found it in order. Who looks at flags is an app above.
"""

from collections.abc import Callable

from declarations.models import ConflictDeclaration

Holder = Callable[[ConflictDeclaration], bool]
_holders: list[Holder] = []


def register(holder: Holder) -> None:
    """`holder(conflict)` says that somebody still looks at it. Use in `AppConfig.ready()`."""
    if holder not in _holders:
        _holders.append(holder)


def is_held(conflict: ConflictDeclaration) -> bool:
    return any(holder(conflict) for holder in _holders)
