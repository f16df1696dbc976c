"""Who reads somebody else's paper leaves a trace, in the transaction of the page."""

from typing import Any

from django.core.exceptions import PermissionDenied

from audit.services import record
from people.models import User


def note_reading(subject: Any, *, by: User, authors: tuple[Any, ...]) -> None:
    """`authors` are the keys of those whose own paper it is; they leave no event."""
    name = subject._meta.model_name
    if not by.has_perm(f"declarations.view_{name}", subject):
        raise PermissionDenied
    if by.pk not in authors:
        record(f"{name}.view", by=by, target=subject)
