"""The map against reality, for the Inspectorate and for one OPD; the desk of its head."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import InvalidCursorError, KeysetListView, paginate
from common.views import filter_form, one_of
from declarations.services.compliance import yearly_due_on
from declarations.services.desk import desk_of
from mapping.models.rows import McspArea
from people.models import Opd, User
from review import presentation, silence
from review.services import desk, nudges, peers, reality, rows

YEARS_BACK = 3
MEASURES = {
    "konflik": ("conflicts", gettext_lazy("Declared conflicts")),
    "pernyataan": ("statements", gettext_lazy("Signed statements")),
    "pengendalian": ("overdue", gettext_lazy("Overdue controls")),
}
PEOPLE = {
    "belum": (("none", "open"), gettext_lazy("Not yet signed")),
    "terlambat": (("late",), gettext_lazy("Signed late")),
    "semua": ((), gettext_lazy("All obliged")),
}


class YearForm(forms.Form):
    """The year that is counted; the map is always the one in force."""

    tahun = forms.TypedChoiceField(label=gettext_lazy("Year"), required=False, coerce=int)
    ukuran = forms.ChoiceField(
        label=gettext_lazy("Figure"),
        required=False,
        choices=[(key, label) for key, (_name, label) in MEASURES.items()],
        initial="konflik",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localdate().year
        years = range(now, now - YEARS_BACK, -1)
        self.fields["tahun"].choices = [(str(year), str(year)) for year in years]
        self.fields["tahun"].initial = now


class ReviewMixin(PermissionRequiredMixin):
    """The day and the chosen year; with a key in the address, an OPD that the user may see."""

    @cached_property
    def on(self):
        return timezone.localdate()

    @cached_property
    def filters(self):
        return filter_form(self.request, YearForm)

    @property
    def year(self) -> int:
        return self.filters.cleaned_data["tahun"]

    @cached_property
    def opd(self):
        opd = get_object_or_404(Opd, pk=self.kwargs["pk"])
        if not self.request.user.has_perm("review.view_opd", opd):
            raise Http404
        return opd


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
            fraction=silence.FRACTION,
        )


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
            fraction=silence.FRACTION,
        )

    def _urls(self, key: str, row_key: Any = None, *, template: Any = None) -> dict[str, str]:
        link = {"area": key} if key else {}
        control = {"area": str(row_key)} if row_key else link
        return {
            "conflicts": rows_url(self.opd.pk, "konflik", self.year, **link),
            "statements": rows_url(self.opd.pk, "pernyataan", self.year, **link),
            "overdue": rows_url(self.opd.pk, "pengendalian", self.year, **control),
        }


def rows_url(opd: int, kind: str, year: int, **which: str) -> str:
    query = urlencode({"jenis": kind, "tahun": year, **which})
    return f"{reverse('review:opd_rows', args=[opd])}?{query}"


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

    def get_ordering(self):
        return ("due_on", "pk") if self.kind == "pengendalian" else ("-sent_at", "-pk")

    def get_queryset(self):
        if self.kind == "pengendalian":
            return self._controls()
        source = rows.conflicts if self.kind == "konflik" else rows.statements
        found = source(self.request.user, opd=self.opd, year=self.year).for_list()
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
            area=self._area_words(),
        )

    def _area_words(self) -> str:
        if self.mcsp and self.mcsp != rows.NO_AREA:
            return str(McspArea(self.mcsp).label)
        if rows.NO_AREA in (self.mcsp, self.area):
            return _("No area named")
        return self.area if len(self.area) <= 20 else ""


class DeskView(ReviewMixin, TemplateView):
    """For the head of an OPD: who has declared, where the heat is, what to do this week."""

    permission_required = "review.view_desk"
    template_name = "review/desk.html"

    @cached_property
    def opds(self):
        headed = {
            each.post.opd_id: each.post.opd
            for each in self.request.user.standing.assignments
            if each.post.is_opd_head
        }
        return sorted(headed.values(), key=lambda opd: opd.code)

    @cached_property
    def opd(self):
        wanted = self.request.GET.get("opd")
        if not wanted:
            return self.opds[0]
        found = next((opd for opd in self.opds if str(opd.pk) == wanted), None)
        if found is None:
            raise Http404
        return found

    @property
    def group(self) -> str:
        return one_of(self.request.GET.get("siapa"), PEOPLE, "belum")

    def get_context_data(self, **kwargs):
        opd, on, user = self.opd, self.on, self.request.user
        due_on = yearly_due_on(on.year, on=on)
        compliance = desk.compliance_of(opd, year=on.year, on=on)
        return super().get_context_data(
            **kwargs,
            opd=opd,
            opds=self._opd_tabs(),
            on=on,
            due_on=due_on,
            is_late=on > due_on,
            compliance=compliance,
            compliance_bar=presentation.compliance_bar(compliance),
            desk=desk_of(user, on=on),
            week=desk.week_of(opd, on=on),
            overdue_url=rows_url(opd.pk, "pengendalian", on.year),
            hottest=[
                {
                    "area": area,
                    "words": area.words_of_level(area.current_level),
                    "url": rows_url(opd.pk, "pengendalian", on.year, area=str(area.row_key)),
                }
                for area in desk.hottest(opd, on=on)
            ],
            page=self._people(),
            groups=self._group_tabs(),
            group=self.group,
        )

    def _people(self):
        people = desk.people_of(self.opd, year=self.on.year, on=self.on)
        if words := PEOPLE[self.group][0]:
            people = people.filter(standing_word__in=words)
        try:
            return paginate(
                people,
                ordering=("name", "pk"),
                page_size=25,
                query=self.request.GET,
                path=self.request.path,
            )
        except InvalidCursorError as error:
            raise Http404(_("This page of the list does not exist.")) from error

    def _opd_tabs(self):
        if len(self.opds) < 2:
            return []
        return [
            {
                "label": opd.short_name,
                "url": f"{self.request.path}?{urlencode({'opd': opd.pk})}",
                "active": opd.pk == self.opd.pk,
            }
            for opd in self.opds
        ]

    def _group_tabs(self):
        return [
            {
                "label": label,
                "url": f"{self.request.path}?{urlencode({'opd': self.opd.pk, 'siapa': key})}",
                "active": key == self.group,
            }
            for key, (_words, label) in PEOPLE.items()
        ]


class RemindView(ReviewMixin, View):
    """One click: reminds one person of the OPD, once a day."""

    permission_required = "review.add_nudge"
    http_method_names = ["post"]

    def get_permission_object(self):
        return self.opd

    def post(self, request, *args, **kwargs):
        people = desk.people_of(self.opd, year=self.on.year, on=self.on)
        person = get_object_or_404(people, pk=self.kwargs["user"])
        try:
            nudges.remind(
                User.objects.get(pk=person.pk), opd=self.opd, on=self.on, by=request.user
            )
        except nudges.NudgeError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("%(name)s was reminded.") % {"name": person.full_name})
        return redirect(f"{reverse('review:desk')}?{urlencode({'opd': self.opd.pk})}#orang")
