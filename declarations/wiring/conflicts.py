"""F3: menu, home page, reminders, passing on by the clock, who reads the documents."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from declarations import panels, tasks
from declarations.models import ConflictDeclaration
from declarations.policies import conflicts as policies
from declarations.services import escalation
from declarations.views.conflicts.home import conflict_panels
from jobs import schedule
from notices import reminders
from people import navigation
from people.models import User
from statements.policies import register_viewer


def menu(user: User) -> Iterator[navigation.Item]:
    yield navigation.Item(
        _("Declarations of conflict"), address("declarations:conflict_list"), "conflict", order=24
    )


def may_view(user: User, document: Any) -> bool:
    """Who may see the declaration may see its document."""
    conflict = ConflictDeclaration.objects.defer("draft").filter(document=document.pk).first()
    return conflict is not None and policies.can_view.test(user, conflict)


def visible_documents(user: User) -> Q:
    seen = ConflictDeclaration.objects.visible_to(user)
    return Q(pk__in=seen.filter(document__isnull=False).values("document"))


def wire() -> None:
    navigation.register(menu)
    panels.register(conflict_panels)
    reminders.register("declarations.data_due", escalation.find_data_due)
    schedule.register(
        "declarations.escalate_conflicts",
        tasks.escalate_conflicts,
        every=datetime.timedelta(minutes=10),
    )
    schedule.register(
        "declarations.escalate_any_conflict",
        tasks.escalate_any_conflict,
        daily_at=datetime.time(1, 45),
    )
    register_viewer("F3", may_view, visible_documents)
