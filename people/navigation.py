"""The entries of the main menu: `people` brings its own, the apps above register theirs."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from people.models import User
from people.prepared import kept_by_roles
from people.roles import Role


class Item(NamedTuple):
    """One entry; `order` sorts. `number` asks what to count for a person, shown as `count`."""

    label: Any
    url: str
    icon: str = ""
    active: bool = False
    count: int | None = None
    order: int = 50
    number: Callable[[User], int] | None = None
    hidden_at_zero: bool = False


Source = Callable[[User], Iterable[Item]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """`source(user)` gives the entries of one app for that person. Use in `AppConfig.ready()`.

    What it gives is kept for everybody with the same roles and OPDs (`people.prepared`); only
    the numbers are asked on every page.
    """
    if source not in _sources:
        _sources.append(source)
    return source


@kept_by_roles
def _entries(user: User, _language: str | None) -> tuple[Item, ...]:
    """In order, with their words in the language."""
    items = [item for source in _sources for item in source(user)]
    return tuple(sorted((item._replace(label=str(item.label)) for item in items), key=_position))


def _position(item: Item) -> tuple[int, str]:
    return item.order, item.label


def items_for(user: User, path: str) -> list[Item]:
    items = []
    current = ""
    for item in _entries(user, get_language()):
        if item.number is None:
            items.append(item)
        elif (count := item.number(user)) or not item.hidden_at_zero:
            items.append(item._replace(count=count))
        else:
            continue
        if len(item.url) > len(current) and _leads_to(item.url, path):
            current = item.url
    return [item._replace(active=True) if item.url == current else item for item in items]


def _leads_to(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def own_items(user: User) -> Iterable[Item]:
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
