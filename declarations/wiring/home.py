"""The home page in the menu."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from common.addresses import address
from people import navigation
from people.models import User


def menu(user: User) -> Iterator[navigation.Item]:
    yield navigation.Item(_("Home"), address("declarations:home"), "home", order=10)


def wire() -> None:
    navigation.register(menu)
