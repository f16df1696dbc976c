"""The administrator's pages in the menu."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from common.addresses import address
from people import navigation
from people.models import User


def menu(user: User) -> Iterator[navigation.Item]:
    if user.has_perm("declarations.view_configuration"):
        yield navigation.Item(
            _("Forms and lists"), address("declarations:configuration"), "settings", order=85
        )


def wire() -> None:
    navigation.register(menu)
