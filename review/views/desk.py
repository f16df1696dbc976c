"""For the head of an OPD: who has declared, where the heat is, what to do this week."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from common.keyset import InvalidCursorError, paginate
from common.views import one_of
from declarations.services.compliance import yearly_due_on
from declarations.services.desk import desk_of
from people.models import User
from review import presentation
from review.services import desk, nudges
from review.views.base import ReviewMixin, rows_url

PEOPLE = {
    "belum": (("none", "open"), gettext_lazy("Not yet signed")),
    "terlambat": (("late",), gettext_lazy("Signed late")),
    "semua": ((), gettext_lazy("All obliged")),
}


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
