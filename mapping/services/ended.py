"""A map whose OPD has ended or became part of another: what is still possible, and where to go on.

A merger archives what was being worked on, so an archived map that was never approved is one
whose rows went over.
"""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mapping.models import RiskMap
from mapping.services.errors import MapError
from mapping.states import MapState
from people.models import Opd, User


def why_ended(risk_map: RiskMap) -> str:
    """Words for the person when the OPD of a map is no more; else nothing."""
    opd = risk_map.opd
    went_over = risk_map.state == MapState.ARCHIVED and not risk_map.was_approved
    if went_over:
        heir = opd.successor or _heir(risk_map)
        names = {"opd": opd.name, "heir": heir.name if heir else ""}
        if heir is None:
            return _("%(opd)s was merged; its map was archived and stays readable.") % names
        return (
            _(
                "%(opd)s became part of %(heir)s. The rows of this map are in the map of "
                "%(heir)s now; go on there."
            )
            % names
        )
    if opd.valid_until is None or opd.valid_until >= timezone.localdate():
        return ""
    return _(
        "%(opd)s has ended, so its map stands still. Its rows are kept; an administrator carries "
        "them over to the OPD that takes its place."
    ) % {"opd": opd.name}


def refuse_ended(risk_map: RiskMap) -> None:
    """Raises MapError: nobody draws, signs or reviews the map of an OPD that is no more."""
    if words := why_ended(risk_map):
        raise MapError(words)


def carried_to(risk_map: RiskMap, *, viewer: User) -> RiskMap | None:
    """Where `viewer` goes on: the newest map of another OPD that they draw and that took over
    rows of this one. One query."""
    took_over = Q(areas__row_key__in=risk_map.areas.values("row_key"))
    if risk_map.opd.successor_id is not None:
        took_over |= Q(opd=risk_map.opd.successor_id)
    found = RiskMap.objects.of_opds_drawn_by(viewer).exclude(opd=risk_map.opd_id)
    return found.filter(took_over).select_related("opd").order_by("-year", "-version").first()


def _heir(risk_map: RiskMap) -> Opd | None:
    keys = risk_map.areas.values("row_key")
    found = Opd.objects.filter(risk_maps__areas__row_key__in=keys).exclude(pk=risk_map.opd_id)
    return found.order_by("-risk_maps__pk").first()
