"""Notices of the risk map: who hears of which step."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import tanggal_lazy
from mapping.holders import holders
from mapping.models import Control, RiskMap
from notices import kinds
from notices.services import notify
from people.models import Assignment, Opd, RoleGrant, User
from people.roles import Role

KINDS = {
    "riskmap.signed": _("A risk map waits for your review"),
    "riskmap.returned": _("A risk map came back"),
    "riskmap.approved": _("A risk map was approved"),
    "riskmap.control": _("A control of a risk area concerns you"),
}


def register_all() -> None:
    for name, label in KINDS.items():
        kinds.register(name, label)


def tell_signed(risk_map: RiskMap) -> None:
    _tell(
        reviewers_of(risk_map),
        risk_map,
        kind="riskmap.signed",
        title=format_lazy(
            _("The risk map of {opd} waits for review"), opd=risk_map.opd.short_name
        ),
        body=_("Log in to the portal to review it."),
    )


def tell_returned(risk_map: RiskMap) -> None:
    _tell(
        people_of(risk_map),
        risk_map,
        kind="riskmap.returned",
        title=_("The risk map of your OPD came back for correction"),
        body=_("Log in to the portal to read the comments on its rows."),
    )


def tell_approved(risk_map: RiskMap) -> None:
    _tell(
        people_of(risk_map),
        risk_map,
        kind="riskmap.approved",
        title=_("The risk map of your OPD was approved"),
        body=_("It is in force now. Posts that it names are obliged to declare."),
    )


def tell_control(control: Control) -> None:
    """The person in charge hears of a new control."""
    found = holders({control.owner_post_id}, on=timezone.localdate())
    for user in found.get(control.owner_post_id, ()):
        notify(
            user,
            kind="riskmap.control",
            title=_("You are in charge of a control of a risk area"),
            body=format_lazy(
                _("It is due on {day}. Log in to the portal to see it."),
                day=tanggal_lazy(control.due_on),
            ),
            url=control.get_absolute_url(),
            dedupe_key=f"riskmap.control:{control.pk}",
        )


def reviewers_of(risk_map: RiskMap) -> list[User]:
    """Inspectors who don't belong to the OPD; of the Inspectorate's map the regional secretary."""
    on = timezone.localdate()
    if risk_map.opd.kind == Opd.Kind.INSPECTORATE:
        return list(
            User.objects.active()
            .filter(
                assignments__in=_running(on).filter(
                    post__is_opd_head=True,
                    post__opd__kind=Opd.Kind.REGIONAL_SECRETARIAT,
                )
            )
            .distinct()
        )
    granted = RoleGrant.objects.running(on=on).filter(
        role__in=[Role.INSPECTOR, Role.CHIEF_INSPECTOR]
    )
    return list(
        User.objects.active()
        .filter(pk__in=granted.values("user"))
        .exclude(pk__in=User.objects.in_opd(risk_map.opd, on=on).values("pk"))
    )


def people_of(risk_map: RiskMap) -> list[User]:
    """The head and the officers of the OPD, and who signed."""
    on = timezone.localdate()
    heads = _running(on).filter(post__opd=risk_map.opd, post__is_opd_head=True)
    officers = RoleGrant.objects.running(on=on).filter(role=Role.OPD_OFFICER, opd=risk_map.opd)
    return list(
        User.objects.active().filter(pk__in=heads.values("user").union(officers.values("user")))
    )


def _running(on: Any) -> Any:
    return Assignment.objects.running(on=on)


def _tell(users: Iterable[User], risk_map: RiskMap, *, kind: str, title: Any, body: Any) -> None:
    for user in users:
        notify(
            user,
            kind=kind,
            title=title,
            body=body,
            url=risk_map.get_absolute_url(),
            dedupe_key=f"{kind}:{risk_map.pk}:{risk_map.revision}:{risk_map.state}",
        )
