"""The map against reality: the province, one OPD, and the rows behind each number."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from common.keyset import KeysetListView
from common.views import filter_form, one_of
from declarations.models.conflicts import ConflictKind
from mapping.models.rows import McspArea
from mapping.services import area_once
from review import presentation
from review.forms import MEASURES, RowsForm
from review.services import peers, reality, rows
from review.views.base import ReviewMixin, rows_url


class ProvinceView(ReviewMixin, TemplateView):
    permission_required = "review.view_province"
    template_name = "review/province.html"

    def get_context_data(self, **kwargs):
        user, on = self.request.user, self.on
        chosen = self.filters.cleaned_data["ukuran"]
        measure, measure_label = MEASURES[chosen]
        found = reality.province_reality(year=self.year, user=user, on=on)
        opds = {line.opd.pk: line.opd for line in found.lines}
        return super().get_context_data(
            **kwargs,
            filters=self.filters,
            year=self.year,
            measure_label=measure_label,
            reality=found,
            columns=presentation.columns(),
            matrix=presentation.matrix(found, measure=measure, kind=chosen, year=self.year),
            lacking=[
                item | {"url": rows_url(item["opd"].pk, "konflik", self.year, area=item["key"])}
                for item in found.lacking
            ],
            peers=presentation.peers_picture(peers.comparison(on=on), opds),
        )


class MethodView(ReviewMixin, TemplateView):
    """How silent units are found: method, sources and limits, for everybody who may see points."""

    permission_required = "mapping.list_riskmap"
    template_name = "review/method.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, results=presentation.silence_results())


class OpdView(ReviewMixin, TemplateView):
    permission_required = "review.view_opd"
    template_name = "review/opd.html"

    def get_permission_object(self):
        return self.opd

    def get_context_data(self, **kwargs):
        found = reality.opd_reality(self.opd, year=self.year, user=self.request.user, on=self.on)
        oversees = self.request.user.has_perm("review.view_province")
        comparison = peers.comparison(on=self.on)
        return super().get_context_data(
            **kwargs,
            opd=self.opd,
            filters=self.filters,
            year=self.year,
            reality=found,
            areas=[
                (area, self._urls(area.key, area.area.row_key, template=area.area.template_id))
                for area in found.areas
            ],
            lacking=[(item, self._urls(item.key)["conflicts"]) for item in found.lacking],
            urls=self._urls(""),
            oversees=oversees,
            peers=presentation.peers_picture(
                comparison, {self.opd.pk: self.opd}, shows_counts=oversees
            ),
        )

    def _urls(self, key: str, row_key: Any = None, *, template: Any = None) -> dict[str, str]:
        link = {"area": key} if key else {}
        control = {"area": str(row_key)} if row_key else link
        return {
            "conflicts": rows_url(self.opd.pk, "konflik", self.year, **link),
            "statements": rows_url(self.opd.pk, "pernyataan", self.year, **link),
            "overdue": rows_url(self.opd.pk, "pengendalian", self.year, **control),
        }


class RowsView(ReviewMixin, KeysetListView):
    """Exactly the rows that a number counted."""

    permission_required = "review.view_opd"
    template_name = "review/rows.html"

    def get_permission_object(self):
        return self.opd

    @cached_property
    def kind(self) -> str:
        return one_of(self.request.GET.get("jenis"), MEASURES, "konflik")

    @property
    def area(self) -> str:
        return self.request.GET.get("area", "")[:40]

    @property
    def mcsp(self) -> str:
        return one_of(self.request.GET.get("mcsp"), reality.COLUMNS, "")

    @cached_property
    def narrowed(self) -> dict[str, Any]:
        """`sejak` and `macam`; nonsense in them narrows nothing."""
        return filter_form(self.request, RowsForm).cleaned_data

    def get_ordering(self):
        return ("due_on", "pk") if self.kind == "pengendalian" else ("-sent_at", "-pk")

    def get_queryset(self):
        if self.kind == "pengendalian":
            return self._controls()
        source = rows.conflicts if self.kind == "konflik" else rows.statements
        since, kind = self.narrowed["sejak"], self.narrowed["macam"]
        year = None if since else self.year
        found = source(self.request.user, opd=self.opd, year=year).for_list()
        if since:
            found = rows.sent_since(found, since)
        if kind and self.kind == "konflik":
            found = found.filter(conflict_kind=kind)
        if self.area:
            found = rows.in_area(found, self.area)
        return rows.in_mcsp(found, self.mcsp) if self.mcsp else found

    def _controls(self):
        found = rows.overdue_controls(self.request.user, opd=self.opd, on=self.on).for_list()
        if self.area:
            found = rows.controls_of_key(found, self.area)
        return (
            rows.controls_in(found, map__opd=self.opd, mcsp_area=self.mcsp) if self.mcsp else found
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            opd=self.opd,
            kind=self.kind,
            heading=MEASURES[self.kind][1],
            year=self.year,
            since=self.narrowed["sejak"],
            case_kind=ConflictKind(self.narrowed["macam"]).label if self.narrowed["macam"] else "",
            area=self._area_words(),
        )

    def _area_words(self) -> str:
        if self.mcsp and self.mcsp != rows.NO_AREA:
            return str(McspArea(self.mcsp).label)
        if rows.NO_AREA in (self.mcsp, self.area):
            return _("No area named")
        found = area_once(self.opd, self.area) if self.area else None
        return found.label if found else ""
