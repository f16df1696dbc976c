"""Questions that every service asks first."""

from typing import Any

from django.core.exceptions import PermissionDenied

from people.models import User


def require(by: User | None, permission: str, target: Any = None) -> None:
    """`by=None` is the system itself: the command line or a scheduled task."""
    if by is not None and not by.has_perm(permission, target):
        raise PermissionDenied


def locked(user: User) -> User:
    """The row as it is now, held until the transaction ends."""
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)
