"""Locking and moving: the two steps that all transitions share."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _

from audit.services import record
from declarations.states import Transition
from people.models import User

Subject = TypeVar("Subject", bound=models.Model)


class TransitionError(Exception):
    """The thing can't take this step now; the text is for the user."""


def lock(subject: Subject, transition: Transition, *, by: User | None) -> Subject:
    """The row as it is now, held until the transaction ends.

    `by=None` is the system itself, which no policy concerns. Raises PermissionDenied, or
    TransitionError when the state has changed meanwhile.
    """
    locked: Any = lock_row(subject)
    if by is not None and not by.has_perm(transition.permission, locked):
        raise PermissionDenied
    if locked.state not in transition.sources:
        raise TransitionError(
            _("This is not possible any more; the state is now “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    return locked


def check_revision(subject: Any, revision: int | None) -> None:
    """Nobody signs what they have not seen: `revision` is the draft that the page showed."""
    if revision is not None and revision != subject.revision:
        raise TransitionError(_("The answers were changed in another window; check them again."))


def lock_row(subject: Subject) -> Subject:
    return type(subject)._default_manager.select_for_update(of=("self",)).get(pk=subject.pk)


def move(
    subject: Any,
    transition: Transition,
    *,
    by: User | None,
    reason: str = "",
    data: dict[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Write the new state and `changes`, and record the event `<model>.<transition>`."""
    before = subject.state
    for field, value in changes.items():
        setattr(subject, field, value)
    subject.state = transition.target
    fields = ["state", *changes]
    if any(field.name == "updated_at" for field in subject._meta.concrete_fields):
        fields.append("updated_at")
    subject.save(update_fields=fields)
    record(
        f"{transition.model}.{transition.name}",
        by=by,
        target=subject,
        before=str(before),
        after=str(transition.target),
        reason=reason,
        **(data or {}),
    )
