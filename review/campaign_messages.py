"""What a campaign tells a person, in one notice."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from common.templatetags.ui import tanggal_lazy
from notices.models import Notice
from notices.services import notify
from people.models import User
from review.models import Campaign

KIND = "review.campaign"


def tell(
    campaign: Campaign, recipient: User, *, is_own: bool, others: int, on: datetime.date
) -> Notice:
    """`others` is the number of people whose superior or head the recipient is."""
    title = _own_title(campaign, on) if is_own else _others_title(others)
    parts = [_others_title(others)] if is_own and others else []
    if is_own:
        parts.append(
            _("Last year's answers come back; most people only sign that nothing changed.")
        )
    if others:
        parts.append(_("You are told as their superior or as head of their OPD. Talk to them."))
    return notify(
        recipient,
        kind=KIND,
        title=title,
        body=format_lazy("\n\n".join("{}" for _part in parts), *parts),
        url=reverse("declarations:register_start" if is_own else "declarations:home"),
        dedupe_key=f"campaign:{campaign.pk}:{on}",
    )


def _own_title(campaign: Campaign, on: datetime.date) -> Any:
    title = (
        _("Your register of interests is overdue since {day}")
        if campaign.due_on < on
        else _("Your register of interests is due on {day}")
    )
    return format_lazy(title, day=tanggal_lazy(campaign.due_on))


def _others_title(number: int) -> Any:
    words = ngettext_lazy(
        "{number} person has not signed the register of interests",
        "{number} people have not signed the register of interests",
        number,
    )
    return format_lazy(words, number=number)
