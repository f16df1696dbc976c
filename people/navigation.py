"""The entries of the main menu: `people` brings its own, the apps above register theirs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from common.addresses import address
from people.roles import Role

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True, slots=True)
class Item:
    """One entry. `count` is a number to show beside it (None: no number), `order` sorts."""

    label: Any
    url: str
    icon: str = ""
    active: bool = False
    count: int | None = None
    order: int = 50


Source = Callable[["User"], Iterable[Item]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """`source(user)` gives the entries of one app for that person. Use in `AppConfig.ready()`.

    A page has few queries to spend: what isn't a number asks the database nothing.
    """
    if source not in _sources:
        _sources.append(source)
    return source


def items_for(user: "User", path: str) -> list[Item]:
    items = sorted((item for source in _sources for item in source(user)), key=_position)
    current = max((item.url for item in items if _leads_to(item.url, path)), key=len, default=None)
    return [replace(item, active=True) if item.url == current else item for item in items]


def _position(item: Item) -> tuple[int, str]:
    return item.order, str(item.label)


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def own_items(user: "User") -> Iterable[Item]:
    """What `people` itself offers; the profile and the account stand in the user's menu."""
    if user.has_any_role(*MANAGERS):
        yield Item(_("People"), address("people:list"), "people", order=80)
        yield Item(_("Organisation"), address("people:opd_list"), "building", order=81)
    if user.has_any_role(Role.SYSTEM_ADMINISTRATOR, Role.HR_ADMINISTRATOR):
        yield Item(_("Holidays"), address("people:holiday_list"), "calendar", order=82)


MANAGERS = (
    Role.HR_ADMINISTRATOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.CHIEF_INSPECTOR,
    Role.AUDITOR,
)
