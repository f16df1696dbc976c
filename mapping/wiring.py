"""What the risk map hangs on to elsewhere: menu, reminders, who reads its documents."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from mapping.documents import KIND
from mapping.models import RiskMap
from mapping.services.controls import find_controls_due
from notices import reminders
from people import navigation
from people.models import User
from statements.policies import register_viewer


def may_view(user: User, document: Any) -> bool:
    """Who may see the map may see its document."""
    risk_map = RiskMap.objects.select_related("opd").filter(document=document.pk).first()
    return risk_map is not None and user.has_perm("mapping.view_riskmap", risk_map)


def visible_documents(user: User) -> Q:
    seen = RiskMap.objects.visible_to(user).filter(document__isnull=False)
    return Q(pk__in=seen.values("document"))


def menu(user: User) -> Iterator[navigation.Item]:
    if user.standing.opd_ids or user.standing.officer_opd_ids:
        yield navigation.Item(_("Risk maps"), address("mapping:list"), "map", order=44)
    if user.has_perm("mapping.merge_riskmaps"):
        yield navigation.Item(_("Merge OPDs"), address("mapping:merge"), "compare", order=84)


def wire() -> None:
    navigation.register(menu)
    reminders.register("mapping.controls_due", find_controls_due)
    register_viewer(KIND, may_view, visible_documents)
