"""F1: menu, home page, reminders, the end of the yearly window, who reads the documents."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from declarations import panels, tasks
from declarations.models import InterestRegister
from declarations.policies import registers as policies
from declarations.services import compliance
from declarations.services.desk import desk_of
from declarations.views.registers.home import register_panels
from jobs import schedule
from notices import reminders
from people import navigation
from people.models import User
from statements.policies import register_viewer


def menu(user: User) -> Iterator[navigation.Item]:
    yield navigation.Item(
        _("Register of interests"), address("declarations:register_list"), "list", order=20
    )
    if user.has_perm("declarations.list_registers"):
        yield navigation.Item(
            _("Registers of others"), address("declarations:register_browse"), "folder", order=50
        )
    if user.has_perm("declarations.list_checks"):
        yield navigation.Item(
            _("Registers to check"),
            address("declarations:register_checks"),
            "tasks",
            number=lambda person: desk_of(person).to_check,
            order=40,
        )
    if user.has_perm("declarations.list_acknowledgements"):
        yield navigation.Item(
            _("Registers to acknowledge"),
            address("declarations:register_acknowledgements"),
            "sign",
            number=lambda person: desk_of(person).to_acknowledge,
            order=41,
        )


def may_view(user: User, document: Any) -> bool:
    """Who may see the register may see its document (not those that were sent back)."""
    register = InterestRegister.objects.defer("draft").filter(document=document.pk).first()
    return register is not None and policies.can_view.test(user, register)


def visible_documents(user: User) -> Q:
    seen = InterestRegister.objects.visible_to(user)
    return Q(pk__in=seen.filter(document__isnull=False).values("document"))


def wire() -> None:
    navigation.register(menu)
    panels.register(register_panels)
    reminders.register("declarations.registers_due", compliance.find_registers_due)
    register_viewer("F1", may_view, visible_documents)
    schedule.register(
        "declarations.expire_registers", tasks.expire_registers, daily_at=datetime.time(1, 15)
    )
