"""The pages of `review` in the menu."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from common.addresses import address
from people import navigation

if TYPE_CHECKING:
    from people.models import User


def items(user: "User") -> Iterator[navigation.Item]:
    if user.has_perm("review.view_desk"):
        yield navigation.Item(_("My OPD"), address("review:desk"), "dashboard", order=45)
    if user.has_perm("review.view_province"):
        yield navigation.Item(
            _("Map against reality"), address("review:province"), "compare", order=56
        )
    if user.has_perm("review.view_registeredact"):
        yield navigation.Item(
            _("Decrees and contracts"), address("review:act_list"), "document", order=57
        )
