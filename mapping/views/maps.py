"""Lists of maps, one map with its heat and its rows, the printed sheet, the history."""

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import PartMixin, filter_form
from mapping import heat, workflow
from mapping.forms import MapFilter, RowFilter, StartForm
from mapping.models import RiskArea, RiskMap
from mapping.scales import level_number, words
from mapping.services import MapError, changed_since, start_map
from mapping.services.ended import why_ended
from mapping.views.base import MapMixin


class MapListView(PermissionRequiredMixin, PartMixin, KeysetListView):
    """The maps one may see, the newest first; above them what waits for oneself."""

    permission_required = "mapping.list_riskmap"
    template_name = "mapping/list.html"
    part = "table"
    context_object_name = "maps"
    ordering = ("-year", "-pk")

    def get_permission_object(self) -> None:
        return None

    @cached_property
    def filters(self) -> MapFilter:
        return filter_form(self.request, MapFilter)

    def get_queryset(self):
        rows = RiskMap.objects.visible_to(self.request.user).select_related("opd")
        wanted = self.filters.cleaned_data
        if wanted["tahun"]:
            rows = rows.filter(year=wanted["tahun"])
        if wanted["keadaan"]:
            rows = rows.filter(state=wanted["keadaan"])
        if wanted["opd"]:
            rows = rows.filter(opd__name__icontains=wanted["opd"])
        return rows.with_counts(on=timezone.localdate())

    def get_context_data(self, **kwargs):
        user = self.request.user
        reviews = user.has_any_role("inspector", "chief_inspector", "opd_head")
        waiting = RiskMap.objects.to_review_by(user).select_related("opd").order_by("signed_at")
        return super().get_context_data(
            **kwargs,
            filters=self.filters,
            is_filtered=any(self.filters.cleaned_data.values()),
            waiting=list(waiting[:20]) if reviews else [],
            may_start=user.has_perm("mapping.add_riskmap"),
            may_see_province=user.has_perm("mapping.view_province"),
            may_see_scales=user.has_perm("mapping.view_riskscale"),
        )


class StartView(PermissionRequiredMixin, View):
    """Begin the map of a year: empty or from last year's."""

    permission_required = "mapping.add_riskmap"
    raise_exception = True

    def get_permission_object(self) -> None:
        return None

    def get(self, request):
        return self.page(StartForm(user=request.user))

    def post(self, request):
        form = StartForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.page(form, status=422)
        try:
            risk_map = start_map(by=request.user, **form.cleaned_data)
        except MapError as error:
            form.add_error(None, str(error))
            return self.page(form, status=422)
        messages.success(request, _("The map was begun. Add the areas that fit your OPD."))
        return redirect(risk_map)

    def page(self, form, *, status=200):
        return render(self.request, "mapping/start.html", {"form": form}, status=status)


class MapDetailView(MapMixin, View):
    """The heart: heat map, movements, rows with filters, what is still to do."""

    template_name = "mapping/detail.html"

    def get(self, request, *args, **kwargs):
        today = timezone.localdate()
        rows = self.rows()
        filters = self.filters()
        shown = _matching(rows, filters.cleaned_data)
        user, risk_map = request.user, self.map
        draws = user.has_perm("mapping.change_riskmap", risk_map)
        ended = why_ended(risk_map)
        may_change = risk_map.is_editable and not ended
        context = {
            "map": risk_map,
            "rows": [_line(risk_map, row) for row in shown],
            "row_count": len(rows),
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
            "cell": filters.cleaned_data["sel"],
            "legend": heat.legend(risk_map.scale),
            "impacts": heat.impacts(risk_map.scale),
            "inherent": heat.table(risk_map.scale, rows, kind=heat.INHERENT),
            "residual": heat.table(risk_map.scale, rows, kind=heat.RESIDUAL),
            "movements": heat.movements(risk_map.scale, rows),
            "draws": draws,
            "ended": ended,
            "may_change": draws and may_change,
            "may_sign": may_change and user.has_perm("mapping.sign_riskmap", risk_map),
            "may_reopen": risk_map.is_in_force
            and not ended
            and user.has_perm("mapping.reopen_riskmap", risk_map),
            "may_review": risk_map.state in ("signed", "under_review")
            and not ended
            and user.has_perm("mapping.review_riskmap", risk_map),
            "overdue_count": sum(row.overdue_count for row in rows),
            "missing": [],
            "since": None,
        }
        if context["may_change"]:
            context["missing"] = workflow.missing_before_signing(risk_map, rows)
            context["since"] = changed_since(risk_map, rows, on=today, viewer=user)
        return render(request, self.template_name, context)

    def rows(self) -> list[RiskArea]:
        return list(
            self.map.areas.for_map()
            .with_overdue_controls(on=timezone.localdate())
            .with_open_comments()
        )

    def filters(self) -> RowFilter:
        levels = [(band["level"], words(band)) for band in reversed(self.map.scale.bands)]
        return filter_form(self.request, RowFilter, levels=levels)


def _matching(rows: list[RiskArea], wanted: dict[str, Any]) -> list[RiskArea]:
    if wanted["sel"]:
        rows = heat.filtered(rows, wanted["sel"])
    if text := (wanted["q"] or "").casefold():
        rows = [row for row in rows if text in f"{row} {row.conflict_form}".casefold()]
    if wanted["mcsp"]:
        rows = [row for row in rows if row.mcsp_area == wanted["mcsp"]]
    if wanted["tingkat"]:
        rows = [row for row in rows if row.current_level == wanted["tingkat"]]
    if wanted["status"]:
        rows = [row for row in rows if row.status == wanted["status"]]
    if wanted["perhatian"] == "kurang":
        rows = [row for row in rows if row.owner_post_id is None or row.due_on is None]
    elif wanted["perhatian"] == "terlambat":
        rows = [row for row in rows if row.overdue_count]
    elif wanted["perhatian"] == "catatan":
        rows = [row for row in rows if row.open_comments]
    return rows


def _line(risk_map: RiskMap, row: RiskArea) -> dict[str, Any]:
    """A row with the words and bands of its levels, so that the template asks nothing."""
    scale = risk_map.scale
    return {
        "row": row,
        "code": row.template.code if row.template else "",
        "band": level_number(scale, row.level),
        "label": _label(scale, row.level),
        "residual_band": level_number(scale, row.residual_level),
        "residual_label": _label(scale, row.residual_level) if row.residual_level else "",
        "is_incomplete": row.owner_post_id is None or row.due_on is None,
    }


def _label(scale: Any, level: str) -> str:
    number = level_number(scale, level)
    return words(scale.bands[number - 1]) if number else level


class SheetView(MapDetailView):
    """The same map on one sheet of A4."""

    template_name = "mapping/sheet.html"


class HistoryView(MapMixin, View):
    """The versions of the year's maps, and what happened to this one."""

    def get(self, request, *args, **kwargs):
        versions = (
            RiskMap.objects.visible_to(request.user)
            .filter(opd=self.map.opd)
            .select_related("document", "approved_by", "signed_by", "opd")
            .defer("document__content")
            .order_by("-year", "-version")[:60]
        )
        context = {"map": self.map, "versions": versions}
        return render(request, "mapping/history.html", context)
