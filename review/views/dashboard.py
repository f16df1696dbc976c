"""The province on one page, and the rows behind each of its figures."""

import datetime
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from common.keyset import KeysetListView
from common.views import one_of
from people.models import Opd
from review import dashboard_presentation as presentation
from review import silence
from review.models import Flag
from review.services import dashboard, dashboard_rows
from review.services.dashboard_rows import STANDINGS
from review.views.base import ReviewMixin

TOP_FLAGS = 5
KINDS = {
    "orang": gettext_lazy("People obliged to declare"),
    "konflik": gettext_lazy("Open conflicts"),
    "putusan": gettext_lazy("Decided conflicts"),
    "rencana": gettext_lazy("Control plans that are late"),
    "bulan": gettext_lazy("Signed in one month"),
}
ORDER = {
    "orang": ("user__name", "pk"),
    "putusan": ("-decided_at", "-pk"),
    "rencana": ("-created_at", "-pk"),
}
WORDS = {
    "semua": gettext_lazy("All obliged"),
    "tepat": gettext_lazy("Signed in time"),
    "sah": gettext_lazy("Accepted and in time"),
    "terlambat": gettext_lazy("Signed late"),
    "belum": gettext_lazy("Not yet signed"),
    "sudah": gettext_lazy("Signed"),
}
IN_TIME = {"tepat": True, "lewat": False}


class DashboardView(ReviewMixin, TemplateView):
    """Everything is counted for who sees the whole province; flags as far as one may see them."""

    permission_required = "review.view_dashboard"
    template_name = "review/dashboard.html"

    def get_context_data(self, **kwargs):
        found = dashboard.figures(year=self.year, on=self.on)
        return super().get_context_data(
            **kwargs,
            filters=self.filters,
            figures=found,
            total=presentation.opd_cells(found.total, year=self.year, opd=None)
            if found.total
            else None,
            lines=[
                presentation.opd_cells(line, year=self.year, opd=line.opd.pk)
                for line in found.lines
            ],
            lowest=presentation.lowest_words(found),
            compliance_chart=presentation.compliance_chart(found),
            levels=presentation.levels_of(found.sources),
            sources=presentation.source_lines(found.sources),
            sources_chart=presentation.sources_chart(found.sources),
            days_chart=presentation.days_chart(found),
            trend_charts=presentation.trend_charts(found),
            trend=presentation.trend_lines(found),
            latest=presentation.latest_words(found),
            forms=presentation.FORMS.values(),
            flags=list(self._flags().live().for_list().by_weight()[:TOP_FLAGS]),
            flag_cells=presentation.flag_cells(dashboard.flags_seen(found, by=self.request.user)),
            silent=[
                (estimate, opd)
                for estimate, opd in found.silent
                if estimate.silent >= silence.WORTH_A_LOOK
            ],
        )

    def _flags(self):
        return Flag.objects.visible_to(self.request.user)


class DashboardRowsView(ReviewMixin, KeysetListView):
    """The rows that one figure counted, as far as the person may read them."""

    permission_required = "review.view_dashboard"
    template_name = "review/dashboard_rows.html"

    @cached_property
    def kind(self) -> str:
        return one_of(self.request.GET.get("jenis"), KINDS, "orang")

    @cached_property
    def opd(self) -> Opd | None:
        wanted = self.request.GET.get("opd")
        if not wanted:
            return None
        found = Opd.objects.filter(pk=wanted).first() if _is_number(wanted) else None
        if found is None:
            raise BadRequest("Unknown OPD.")
        return found

    @cached_property
    def standing(self) -> str:
        return one_of(self.request.GET.get("siapa"), STANDINGS, "semua")

    @cached_property
    def timing(self) -> str:
        return one_of(self.request.GET.get("waktu"), IN_TIME, "")

    @cached_property
    def form(self) -> str:
        return one_of(self.request.GET.get("formulir"), dashboard_rows.FORMS, "F1")

    @cached_property
    def month(self) -> datetime.date:
        wanted = self.request.GET.get("bulan") or f"{self.on:%Y-%m}"
        try:
            month = datetime.date.fromisoformat(f"{wanted}-01")
        except ValueError as error:
            raise BadRequest("Unknown month.") from error
        if not 2000 <= month.year <= 2100:
            raise BadRequest("Unknown month.")
        return month

    def get_ordering(self):
        return ORDER.get(self.kind, ("-sent_at", "-pk"))

    def get_queryset(self):
        user, opd = self.request.user, self.opd.pk if self.opd else None
        match self.kind:
            case "orang":
                return dashboard_rows.people(
                    user, year=self.year, on=self.on, standing=self.standing, opd=opd
                )
            case "konflik":
                return dashboard_rows.open_conflicts(
                    user, opd=opd, source=self._short("sumber"), level=self._short("level")
                ).for_list()
            case "putusan":
                return dashboard_rows.decisions(
                    user, year=self.year, in_time=IN_TIME.get(self.timing), opd=opd
                ).for_list()
            case "rencana":
                return dashboard_rows.late_plans(user, on=self.on, opd=opd).for_list()
        found = dashboard_rows.signed_in_month(user, form=self.form, month=self.month)
        return found.for_list()

    def _short(self, name: str) -> str:
        return self.request.GET.get(name, "")[:20].replace("\x00", "")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            kind=self.kind,
            heading=presentation.FORMS[self.form] if self.kind == "bulan" else KINDS[self.kind],
            details=[str(part) for part in self._details() if part],
        )

    def _details(self) -> list[Any]:
        level = self._short("level")
        words = presentation.LEVELS.get(level, level)
        of_kind = {
            "orang": [self.year, WORDS[self.standing]],
            "konflik": [
                self._short("sumber"),
                _("Not judged yet") if level == dashboard_rows.NO_LEVEL else words,
            ],
            "putusan": [
                self.year,
                {"tepat": _("in time"), "lewat": _("after the limit")}.get(self.timing, ""),
            ],
            "bulan": [presentation.month_name(self.month)],
        }
        return [self.opd.short_name if self.opd else "", *of_kind.get(self.kind, [])]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
