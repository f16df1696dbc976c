"""Events that are kept even from readers of everything, for lists and single events alike.

An upper app says in `AppConfig.ready()` which events a reader must not know of, because they may
be about that reader:

    veils.register(lambda user: Q(target_type="review.conflictreport", target_id__in=…))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import Q

    from people.models import User

Veil = Callable[["User"], "Q"]
_veils: list[Veil] = []


def register(veil: Veil) -> None:
    if veil not in _veils:
        _veils.append(veil)


def all_of() -> tuple[Veil, ...]:
    return tuple(_veils)
