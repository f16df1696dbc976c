"""The queue of the Inspectorate: filters in the address, many at once, the next one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import PartMixin, filter_form
from people import calendar
from people.models import User
from people.proof import ask_for_proof, fresh_proof
from review import case_queue_forms as forms
from review.models import Case, CasePresence, Flag, SavedFilter
from review.services import case_filters, presence
from review.workflow import case_bulk

SOON = 2


def chosen_cases(user: User, chosen: dict[str, Any]) -> Any:
    """The cases that a filter asks for, of those that `user` may see."""
    today = timezone.localdate()
    rows = Case.objects.visible_to(user)
    match chosen["keadaan"]:
        case forms.FREE:
            rows = rows.free()
        case forms.MINE:
            rows = rows.held_by(user)
        case forms.TO_DECIDE:
            rows = rows.filter(state="recommended")
        case forms.FOLLOWED_UP:
            rows = rows.filter(state="decided")
        case forms.CLOSED:
            rows = rows.filter(state="closed")
        case forms.OPEN:
            rows = rows.open()
    if chosen["waktu"] == "terlambat":
        rows = rows.overdue(on=today)
    elif chosen["waktu"] == "segera":
        rows = rows.open().filter(due_on__lte=calendar.add_working_days(today, SOON))
    if chosen["asal"]:
        rows = rows.filter(origin=chosen["asal"])
    if chosen["opd"]:
        rows = rows.filter(opd=chosen["opd"])
    return rows.about(chosen["q"]) if chosen["q"] else rows


class CaseListView(PermissionRequiredMixin, PartMixin, KeysetListView):
    """What waits, the most important first, each with its weightiest finding."""

    permission_required = "review.list_case"
    template_name = "review/cases/list.html"
    part = "table"
    context_object_name = "cases"
    paginate_by = 15

    @cached_property
    def filters(self) -> forms.CaseFilterForm:
        return filter_form(self.request, forms.CaseFilterForm)

    def get_ordering(self):
        return forms.ORDERS[self.filters.cleaned_data["urut"]][0]

    def get_queryset(self):
        rows = chosen_cases(self.request.user, self.filters.cleaned_data).for_list()
        seen = timezone.now() - presence.LIVES
        looking = CasePresence.objects.filter(case=OuterRef("pk"), seen_at__gt=seen)
        looking = looking.exclude(user=self.request.user).order_by("user_id")
        return rows.annotate(looked_at_by=Subquery(looking.values("user__name")[:1]))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, today = self.request.user, timezone.localdate()
        # Asked for the page alone: within the query of the list it spoils the plan of the joins.
        findings = Flag.objects.visible_to(user).weightiest_of(context["cases"])
        for case in context["cases"]:
            case.finding = findings.get(case.pk)
            case.days_left = calendar.working_days_left(case.due_on, today)
            case.is_late = case.is_open and case.due_on < today
        chosen = self.filters.cleaned_data
        return context | {
            "filters": self.filters,
            "is_filtered": any(self.request.GET.get(name) for name in case_filters.KEPT),
            "saved": case_filters.of(user),
            "name_form": forms.FilterNameForm(),
            "may_work": user.has_perm("review.work_on_cases"),
            "bulk": forms.BulkForm(leads=user.has_perm("review.lead_cases")),
            "query": self.request.GET.urlencode(),
            "shown": chosen["keadaan"],
            "quick": self.quick(chosen["keadaan"]),
        }

    def quick(self, active: str) -> list[dict[str, Any]]:
        labels = dict(self.filters.fields["keadaan"].choices)
        return [
            {
                "label": labels[key],
                "url": f"{self.request.path}?keadaan={key}",
                "active": key == active,
            }
            for key in (forms.OPEN, forms.MINE, forms.FREE, forms.TO_DECIDE, forms.CLOSED)
        ]


class NextCaseView(PermissionRequiredMixin, View):
    """The next one to work on: to decide, on one's desk, on nobody's desk, in that order."""

    permission_required = "review.work_on_cases"

    def get(self, request, *args, **kwargs):
        case = self.find(request.user)
        if case is None:
            messages.info(request, _("Nothing waits for you. Well done."))
            return redirect("review:case_list")
        return redirect(case)

    def find(self, user: User) -> Case | None:
        steps = Case.objects.waiting_for(user)
        return next((case for step in steps if (case := step.first()) is not None), None)


class BulkView(PermissionRequiredMixin, View):
    """One step on the ticked cases; each has a result of its own."""

    permission_required = "review.work_on_cases"
    http_method_names = ("post",)
    template_name = "review/cases/bulk.html"

    def post(self, request, *args, **kwargs):
        leads = request.user.has_perm("review.lead_cases")
        form = forms.BulkForm(request.POST, leads=leads)
        keys = case_bulk.known_keys(request.POST.getlist("kasus"))
        if not keys:
            form.add_error(None, _("Tick at least one case."))
        elif len(keys) > form.MOST:
            form.add_error(None, _("Tick %(most)s cases at most.") % {"most": form.MOST})
        if not form.is_valid():
            return self.page(form, keys, [], status=422)
        proof = fresh_proof(request)
        if form.cleaned_data["tindakan"] == form.DECIDE and proof is None:
            messages.info(request, _("Confirm that it is you, then press the button once more."))
            return ask_for_proof(request, self.queue_url())
        results = case_bulk.run(
            form.cleaned_data["tindakan"],
            keys,
            by=request.user,
            reasons=form.cleaned_data["alasan"],
            proof=proof,
        )
        return self.page(form, keys, results)

    def queue_url(self) -> str:
        return f"{reverse('review:case_list')}?keadaan={forms.TO_DECIDE}"

    def page(self, form: Any, keys: list, results: list, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "keys": keys,
            "results": results,
            "done": sum(result.is_done for result in results),
        }
        return render(self.request, self.template_name, context, status=status)


class SaveFilterView(PermissionRequiredMixin, View):
    """Keeps the filters of the address under a name, for oneself."""

    permission_required = "review.work_on_cases"
    http_method_names = ("post",)

    def post(self, request, *args, **kwargs):
        form = forms.FilterNameForm(request.POST)
        if not form.is_valid():
            messages.warning(request, _("Give the filter a short name."))
            return redirect("review:case_list")
        try:
            saved = case_filters.save(
                by=request.user, name=form.cleaned_data["name"], query=request.POST
            )
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return redirect("review:case_list")
        messages.success(request, _("The filter was kept."))
        return redirect(f"{reverse('review:case_list')}?{saved.query}")


class RemoveFilterView(PermissionRequiredMixin, View):
    permission_required = "review.work_on_cases"
    http_method_names = ("post",)

    def post(self, request, *args, **kwargs):
        saved = get_object_or_404(SavedFilter, user=request.user, pk=self.kwargs["pk"])
        case_filters.remove(saved, by=request.user)
        messages.success(request, _("The filter was removed."))
        return redirect("review:case_list")
