"""Rules: the list, one rule with its versions, the lab, a change; the sample of nil registers."""

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, ListView, TemplateView, View
from rules.contrib.views import PermissionRequiredMixin

from audit.services import record
from common.spreadsheets import write_csv
from common.views import InvalidFormMixin
from review import flag_forms as forms
from review.dashboard_presentation import LEVELS as LEVEL_WORDS
from review.models import Flag, NilSample, RuleVersion
from review.rules import RULES, Rule
from review.sampling import LEVELS, SAMPLE
from review.services import rule_lab, rule_settings, samples
from review.views.publications import attachment
from review.workflow.samples import draw_sample

SHOWN_VERSIONS = 50
GROUP_TITLES = {
    "A": gettext_lazy("Inside one register of interests"),
    "B": gettext_lazy("Against earlier registers"),
    "C": gettext_lazy("Against the parties of decisions"),
    "D": gettext_lazy("People and posts"),
    "E": gettext_lazy("OPDs and risk maps"),
    "F": gettext_lazy("How conflicts are handled"),
    "L": gettext_lazy("Level of the risk area"),
    "Q": gettext_lazy("What always goes to review"),
}


class RuleListView(PermissionRequiredMixin, TemplateView):
    """Every rule with its weight, how many flags it has, and how the judged ones came out."""

    permission_required = "review.view_rule"
    template_name = "review/rules/list.html"

    def get_context_data(self, **kwargs):
        versions = {version.rule: version for version in RuleVersion.objects.current()}
        counts = {row["rule"]: row for row in _counts(self.request.user)}
        rows = [
            {"rule": rule, "version": versions[code], "counts": counts.get(code, {})}
            for code, rule in sorted(RULES.items(), key=lambda item: _place(item[0]))
            if code in versions
        ]
        return super().get_context_data(**kwargs, rows=rows, groups=_grouped(rows), sample=SAMPLE)


def _place(code: str) -> tuple[str, int, str]:
    """A2 before A11."""
    letter, number, name = re.fullmatch(r"([A-Z])(\d+)_(.*)", code).groups()
    return letter, int(number), name


def _grouped(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, list] = {}
    for row in rows:
        groups.setdefault(row["rule"].code[0], []).append(row)
    return [
        {
            "letter": letter,
            "title": GROUP_TITLES[letter],
            "rows": found,
            "open": sum(row["counts"].get("open", 0) for row in found),
        }
        for letter, found in groups.items()
    ]


def _counts(user: Any) -> Any:
    seen = Flag.objects.visible_to(user).order_by()
    return seen.values("rule").annotate(
        open=Count("pk", filter=Q(state="open")),
        confirmed=Count("pk", filter=Q(state="confirmed")),
        dismissed=Count("pk", filter=Q(state="dismissed")),
    )


class RuleMixin(PermissionRequiredMixin):
    permission_required = "review.view_rule"

    @cached_property
    def rule(self) -> Rule:
        try:
            return rule_settings.rule_of(self.kwargs["code"])
        except KeyError:
            raise Http404 from None

    @cached_property
    def version(self) -> RuleVersion:
        return get_object_or_404(RuleVersion.objects.current(), rule=self.rule.code)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            rule=self.rule,
            version=self.version,
            is_sample=self.rule is SAMPLE,
            may_change=self.request.user.has_perm("review.change_rule"),
        )


class RuleDetailView(RuleMixin, TemplateView):
    template_name = "review/rules/detail.html"

    def get_context_data(self, **kwargs):
        versions = RuleVersion.objects.filter(rule=self.rule.code).select_related("created_by")
        values = {**self.rule.defaults, **self.version.parameters}
        return super().get_context_data(
            **kwargs,
            versions=list(versions[:SHOWN_VERSIONS]),
            sentence=_blanked(self.rule.sentence),
            clears=_blanked(" ".join(self.rule.clears)),
            parameters=[(p.label, _shown(values[p.name])) for p in self.rule.parameters],
        )


def _blanked(sentence: str) -> str:
    """The sentence without the names of what it is filled with."""
    return re.sub(r"\{[^{}]*\}", "…", sentence)


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


class LabView(RuleMixin, TemplateView):
    """What other settings would do. The trial stands in the address; nothing is written."""

    template_name = "review/rules/lab.html"

    def get_context_data(self, **kwargs):
        if self.rule is SAMPLE:
            raise Http404
        data = self.request.GET if "weight" in self.request.GET else None
        form = forms.LabForm(data, rule=self.rule, version=self.version)
        result = self.forecast(form) if form.is_bound and form.is_valid() else None
        return super().get_context_data(
            **kwargs, form=form, result=result, query=self.request.GET.urlencode()
        )

    def forecast(self, form: forms.LabForm) -> rule_lab.Forecast:
        data = form.cleaned_data
        return rule_lab.forecast(
            self.rule,
            weight=data["weight"],
            parameters=data["parameters"],
            is_enabled=data["is_enabled"],
            at=timezone.now(),
            user=self.request.user,
        )


class RuleChangeView(RuleMixin, InvalidFormMixin, FormView):
    """A new version with a reason; the lab hands its trial over in the address."""

    permission_required = "review.change_rule"
    template_name = "people/action.html"
    form_class = forms.RuleForm

    def get_form_kwargs(self) -> dict[str, Any]:
        tried = {name: value for name, value in self.request.GET.items() if name != "seen"}
        if tried:
            tried["is_enabled"] = "is_enabled" in tried
        return super().get_form_kwargs() | {
            "rule": self.rule, "version": self.version, "initial": tried,
        }  # fmt: skip

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        try:
            rule_settings.change_rule(
                self.rule.code,
                weight=data["weight"],
                parameters=data["parameters"],
                is_enabled=data["is_enabled"],
                reason=data["reason"],
                seen=data["seen"],
                by=self.request.user,
            )
        except rule_settings.RuleError as error:
            form.add_error(None, str(error))
            response = self.form_invalid(form)
            response.status_code = 409
            return response
        messages.success(self.request, _("The rule is changed; its flags follow in a moment."))
        return redirect("review:rule_detail", self.rule.code)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            title=_("Change the rule"),
            lead=_("The change is a new version. Old flags keep the version they were made with."),
            button=_("Put into force"),
            subject=self.rule.title,
            back_url=reverse("review:rule_detail", args=[self.rule.code]),
        )


class SampleListView(PermissionRequiredMixin, ListView):
    permission_required = "review.view_rule"
    template_name = "review/rules/samples.html"
    context_object_name = "samples"

    def get_queryset(self):
        rows = NilSample.objects.select_related("drawn_by").defer("population")
        return rows.order_by("-drawn_at")[:50]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs, may_draw=self.request.user.has_perm("review.draw_nilsample"), rule=SAMPLE
        )


class SampleDetailView(PermissionRequiredMixin, DetailView):
    """The draw as numbers; the drawn people are cases, seen by who may work on them."""

    permission_required = "review.view_rule"
    template_name = "review/rules/sample.html"
    queryset = NilSample.objects.select_related("drawn_by", "rates")
    context_object_name = "sample"

    def get_context_data(self, **kwargs):
        counts = self.object.counts
        levels = [
            (LEVEL_WORDS.get(level, _("Without a level")), *counts.get(level, (0, 0)))
            for level in LEVELS
        ]
        return super().get_context_data(
            **kwargs,
            levels=levels,
            is_same=samples.draw_again(self.object),
            may_list=self.request.user.has_perm("review.list_nilsample"),
        )


class SamplePopulationView(PermissionRequiredMixin, View):
    """What could be drawn, without names: for who draws again with a program of their own."""

    permission_required = "review.list_nilsample"
    http_method_names = ("get",)

    def get(self, request, *args, **kwargs):
        sample = get_object_or_404(NilSample, pk=self.kwargs["pk"])
        data = b"".join(write_csv(("Daftar", "Tingkat", "Urutan"), samples.listed(sample)))
        record("nilsample.export", by=request.user, target=sample)
        return attachment(data, "text/csv; charset=utf-8", f"sampel-{sample.seed[:8]}.csv")


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SampleDrawView(PermissionRequiredMixin, InvalidFormMixin, FormView):
    """Not in one transaction: the seed is on record before anything is drawn."""

    permission_required = "review.draw_nilsample"
    template_name = "people/action.html"
    form_class = forms.DrawForm
    title = gettext_lazy("Draw a sample of nil registers")

    def get_initial(self):
        return {"year": timezone.localdate().year}

    def form_valid(self, form: Any) -> HttpResponse:
        sample = draw_sample(
            year=form.cleaned_data["year"], by=self.request.user, at=timezone.now()
        )
        messages.success(self.request, _("The sample is drawn, and its cases are on the queue."))
        return redirect("review:sample_detail", sample.pk)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            title=self.title,
            lead=_("The seed is written to the audit trail first, so anybody can draw it again."),
            button=self.title,
            back_url=reverse("review:sample_list"),
        )
