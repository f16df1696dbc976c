"""F1: a register of interests."""

import datetime
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import tanggal_lazy
from declarations.models import InterestRegister
from notices.reminders import Reminder
from notices.services import notify
from people import hierarchy
from people.models import RoleGrant, User
from people.roles import Role

KINDS = {
    "register.to_check": _("A register of interests waits to be checked"),
    "register.to_acknowledge": _("A register of interests waits to be acknowledged"),
    "register.returned": _("A register of interests was sent back"),
    "register.accepted": _("A register of interests was accepted"),
    "register.due": _("Your register of interests is due"),
}

# Days before the due day on which people are reminded; afterwards once a week.
REMIND_BEFORE = (14, 7, 3, 1, 0)
REMIND_EVERY = 7


def tell_sent(register: InterestRegister) -> None:
    """The officers of the OPD, and the superior who acknowledges."""
    address = register.get_absolute_url()
    key = f"{register.pk}:{register.document_id}"
    for officer in officers_of(register):
        notify(
            officer,
            kind="register.to_check",
            title=_("A register of interests waits to be checked"),
            body=_("Look whether it is complete, then accept it or send sections back."),
            url=address,
            dedupe_key=f"register.to_check:{key}",
        )
    superior = hierarchy.superior_of(register.declarant, timezone.localdate())
    if superior is not None:
        notify(
            superior,
            kind="register.to_acknowledge",
            title=_("A register of interests waits to be acknowledged"),
            body=_("Somebody of your staff signed a register of interests; you sign below it."),
            url=address,
            dedupe_key=f"register.to_acknowledge:{key}",
        )


def officers_of(register: InterestRegister) -> Iterable[User]:
    grants = RoleGrant.objects.running(on=timezone.localdate()).filter(
        role=Role.OPD_OFFICER, opd=register.opd_id
    )
    return User.objects.active().filter(
        pk__in=grants.exclude(user=register.declarant_id).values("user")
    )


def tell_returned(register: InterestRegister, round_number: int) -> None:
    notify(
        register.declarant,
        kind="register.returned",
        title=_("Your register of interests was sent back"),
        body=_("Log in to see which sections need something; the others stay as they are."),
        url=register.get_absolute_url(),
        dedupe_key=f"register.returned:{register.pk}:{round_number}",
    )


def tell_accepted(register: InterestRegister, *, within: Promise) -> None:
    """`within`: how soon a change is to be reported."""
    notify(
        register.declarant,
        kind="register.accepted",
        title=_("Your register of interests was accepted"),
        body=format_lazy(
            _("It is complete. When something changes, report it within {limit}."), limit=within
        ),
        url=register.get_absolute_url(),
        dedupe_key=f"register.accepted:{register.pk}",
    )


def tell_acknowledged(register: InterestRegister) -> None:
    notify(
        register.declarant,
        kind="register.accepted",
        title=_("Your superior acknowledged your register of interests"),
        url=register.get_absolute_url(),
        email=False,
        dedupe_key=f"register.acknowledged:{register.pk}:{register.document_id}",
    )


def tell_expired(register: InterestRegister) -> None:
    notify(
        register.declarant,
        kind="register.due",
        title=_("Your register of interests has expired"),
        body=_("The yearly window has ended without a new one. Sign a new one now."),
        url=reverse("declarations:register_start"),
        dedupe_key=f"register.expired:{register.pk}",
    )


def reminder(
    user: User, *, key: str, due_on: datetime.date, on: datetime.date, url: str
) -> Reminder:
    is_late = due_on < on
    title = (
        _("Your register of interests is overdue since {day}")
        if is_late
        else _("Your register of interests is due on {day}")
    )
    return Reminder(
        user,
        key=key,
        kind="register.due",
        title=format_lazy(title, day=tanggal_lazy(due_on)),
        body=_("Last year's answers come back; most people only sign that nothing changed."),
        url=url,
    )


def is_day_to_remind(due_on: datetime.date, on: datetime.date) -> bool:
    left = (due_on - on).days
    return left in REMIND_BEFORE if left >= 0 else -left % REMIND_EVERY == 0
