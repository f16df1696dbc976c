"""Versions of a scale: begun as a copy, edited, put in force with a reason, never changed again.

Maps keep the scale that they were begun with; only new maps take the one in force.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from mapping.models import RiskArea, RiskScale
from mapping.scale_checks import STEPS, faults, is_ranking
from mapping.services.errors import MapError
from people.models import User

CHANGE = "mapping.change_riskscale"
CONTENT = ("name", "likelihood_labels", "impact_labels", "cells", "bands")


@transaction.atomic
def start_version(source: RiskScale, *, note: str, by: User) -> RiskScale:
    """A draft that begins as a copy of `source`; one draft of a scale at a time."""
    _require_right(by)
    versions = list(_locked().filter(code=source.code))
    if any(each.state == RiskScale.State.DRAFT for each in versions):
        raise MapError(_("This scale already has a draft; edit or discard that one."))
    scale = RiskScale(
        code=source.code, version=max(each.version for each in versions) + 1, note=note,
        valid_from=timezone.localdate(), created_at=timezone.now(), created_by=by,
        **{name: getattr(source, name) for name in CONTENT},
    )  # fmt: skip
    scale.save()
    record("riskscale.start", by=by, target=scale, copied_from=source.version, note=note)
    return scale


@transaction.atomic
def save_version(
    scale: RiskScale, values: dict[str, Any], *, revision: int, by: User
) -> RiskScale:
    """Store an edited draft as a whole; `ValidationError` by field when it makes no sense."""
    _require_right(by)
    locked = _draft(scale)
    if locked.revision != revision:
        raise MapError(
            _("Somebody changed this draft meanwhile. Look at it again, then repeat your change.")
        )
    if all(getattr(locked, name) == values[name] for name in CONTENT):
        return locked
    before = {name: getattr(locked, name) for name in CONTENT}
    for name in CONTENT:
        setattr(locked, name, values[name])
    _check(locked)
    locked.revision += 1
    locked.save(update_fields=[*CONTENT, "revision"])
    changed = [name for name in CONTENT if before[name] != values[name]]
    record("riskscale.change", by=by, target=locked, changed=changed, revision=locked.revision)
    return locked


@transaction.atomic
def discard_version(scale: RiskScale, *, reason: str, by: User) -> None:
    _require_right(by)
    locked = _draft(scale)
    record("riskscale.discard", by=by, target=locked, reason=reason)
    locked.delete()


@transaction.atomic
def put_in_force(scale: RiskScale, *, reason: str, by: User) -> RiskScale:
    """New maps use this scale from now on; a draft is published by it and never changes again.

    All scales are locked, so of two who do it at once the second one's choice stands, and the
    trail says both.
    """
    _require_right(by)
    rows = list(_locked())
    locked = next((each for each in rows if each.pk == scale.pk), None)
    if locked is None:
        raise MapError(_("This version is not a draft any more."))
    if locked.is_default:
        raise MapError(_("This scale is in force already."))
    former = next((each for each in rows if each.is_default), None)
    if former is not None:
        former.is_default = False
        former.save(update_fields=["is_default"])
    if locked.state == RiskScale.State.DRAFT:
        _check(locked)
        locked.state = RiskScale.State.PUBLISHED
        locked.published_at, locked.published_by = timezone.now(), by
        locked.valid_from = timezone.localdate()
    locked.is_default = True
    locked.save()
    record(
        "riskscale.enforce", by=by, target=locked, reason=reason,
        former=str(former) if former else "",
    )  # fmt: skip
    return locked


def _check(scale: RiskScale) -> None:
    """The kind stays with the code: where each number stood once, each stands once."""
    published = RiskScale.objects.filter(code=scale.code, state=RiskScale.State.PUBLISHED)
    first = published.order_by("version").first()
    ranking = is_ranking(first.cells) if first is not None else False
    if found := faults(cells=scale.cells, bands=scale.bands, is_ranking=ranking):
        grouped: dict[str, list[str]] = {}
        for fault in found:
            grouped.setdefault(fault.field or "__all__", []).append(fault.message)
        raise ValidationError(grouped)


def _locked() -> Any:
    return RiskScale.objects.select_for_update().order_by("pk")


def _draft(scale: RiskScale) -> RiskScale:
    locked = _locked().filter(pk=scale.pk).first()
    if locked is None or locked.state != RiskScale.State.DRAFT:
        raise MapError(_("This version is not a draft any more."))
    return locked


def _require_right(by: User) -> None:
    if not by.has_perm(CHANGE):
        raise PermissionDenied


# --- What would change -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the table, beside the same cell of the other scale."""

    likelihood: int
    impact: int
    number: int
    band: dict[str, Any]
    band_number: int
    before: int
    band_before: dict[str, Any]
    rows: int

    @property
    def is_changed(self) -> bool:
        return self.number != self.before or self.is_moved

    @property
    def is_moved(self) -> bool:
        """Into another level, whatever the number."""
        return self.band["level"] != self.band_before["level"]


def places(scale: RiskScale, before: RiskScale) -> list[list[Place]]:
    """The table of `scale`, the likeliest line first, with the rows of maps in force."""
    areas = RiskArea.objects.in_force().order_by()
    columns = ("likelihood", "impact", "residual_likelihood", "residual_impact")
    counted: Counter[tuple[int, int]] = Counter()
    for *steps, count in areas.values_list(*columns).annotate(count=Count("pk")):
        likelihood, impact, left_likelihood, left_impact = steps
        counted[left_likelihood or likelihood, left_impact or impact] += count
    return [
        [_place(scale, before, likelihood, impact, counted) for impact in STEPS]
        for likelihood in reversed(STEPS)
    ]


def _place(
    scale: RiskScale, before: RiskScale, likelihood: int, impact: int,
    counted: Counter[tuple[int, int]],
) -> Place:  # fmt: skip
    number = scale.magnitude(likelihood, impact)
    old = before.magnitude(likelihood, impact)
    band = scale.band(number)
    return Place(
        likelihood, impact, number, band, scale.bands.index(band) + 1, old, before.band(old),
        counted[likelihood, impact],
    )  # fmt: skip
