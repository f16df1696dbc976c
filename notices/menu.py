"""Entries of the menu for the notices and for the apps below that don't know the menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.addresses import address
from notices.services import unread_count
from people.navigation import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from people.models import User


def items(user: User) -> Iterable[Item]:
    yield Item(
        _("My notices"),
        address("notices:list"),
        "bell",
        number=unread_count,
        order=70,
    )
    if user.has_perm("audit.view_auditevent"):
        yield Item(_("Audit trail"), address("audit:list"), "audit", order=90)
    if user.has_perm("jobs.view_job"):
        yield Item(_("System jobs"), address("jobs:list"), "system", order=91)
    if user.has_perm("notices.view_outbox"):
        yield Item(_("Outgoing e-mail"), address("notices:outbox"), "mail", order=92)
