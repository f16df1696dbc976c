"""The map as it is now, held until the transaction ends."""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from mapping.models import RiskMap
from mapping.services.ended import refuse_ended
from mapping.services.errors import MapError
from people.models import User


def lock_map(risk_map: RiskMap | int) -> RiskMap:
    return (
        RiskMap.objects.select_for_update(of=("self",))
        .select_related("opd__successor", "scale")
        .get(pk=getattr(risk_map, "pk", risk_map))
    )


def lock_for_change(risk_map: RiskMap | int, *, by: User) -> RiskMap:
    """For a write to the map's rows, so that none slips in behind the signature."""
    risk_map = lock_map(risk_map)
    if not by.has_perm("mapping.change_riskmap", risk_map):
        raise PermissionDenied
    refuse_ended(risk_map)
    if not risk_map.is_editable:
        raise MapError(
            _("This map can't be changed any more; its state is now “%(state)s”.")
            % {"state": risk_map.get_state_display()}
        )
    return risk_map


def count_change(risk_map: RiskMap) -> None:
    RiskMap.objects.filter(pk=risk_map.pk).update(revision=F("revision") + 1)
    risk_map.revision += 1
