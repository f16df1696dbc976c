"""The Inspectorate's side of reports from others: list, report, steps, messages, files."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView
from rules.contrib.views import PermissionRequiredMixin

from common.encryption import UndecipherableError
from common.errors import conflict as conflict_page
from common.keyset import KeysetListView
from common.views import InvalidFormMixin, download, filter_form
from people.models import User
from review import report_policies
from review import report_presentation as presentation
from review.models import ConflictReport, ReportFile
from review.report_forms import (
    IdentityForm,
    MessageForm,
    ReportFilter,
    StepForm,
    SubjectForm,
)
from review.report_states import REPORT_TRANSITIONS, SubjectStanding
from review.services import report_files, report_subjects, reports
from review.services.report_errors import ReportError
from review.workflow import reports as workflow

TRANSITIONS = {transition.name: transition for transition in REPORT_TRANSITIONS}


class ReportListView(PermissionRequiredMixin, KeysetListView):
    """Those that the person may handle, newest first."""

    permission_required = "review.list_conflictreport"
    raise_exception = True
    template_name = "review/reports/list.html"
    context_object_name = "reports"
    ordering = ("-received_at", "-pk")

    @cached_property
    def filters(self):
        return filter_form(self.request, ReportFilter)

    def get_queryset(self):
        asked = self.filters.cleaned_data
        return (
            ConflictReport.objects.visible_to(self.request.user)
            .filtered(
                state=asked["keadaan"] or "",
                kind=asked["jenis"] or "",
                text=asked["nomor"] or "",
                on=timezone.localdate(),
            )
            .for_list()
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        on = timezone.localdate()
        rows = [(report, presentation.clocks_of(report, on=on)) for report in context["reports"]]
        is_filtered = any(self.filters.cleaned_data.values())
        context["is_secretary"] = not self.request.user.has_perm("review.work_on_cases")
        return context | {"filters": self.filters, "rows": rows, "is_filtered": is_filtered}


class ReportMixin(PermissionRequiredMixin):
    """404 for a report that the person must not know of, 403 for a step that isn't theirs."""

    permission_required = "review.view_conflictreport"
    raise_exception = True

    @cached_property
    def report(self) -> ConflictReport:
        visible = ConflictReport.objects.visible_to(self.request.user)
        related = visible.select_related("reported_opd", "form_version", "verified_by", "case")
        report = get_object_or_404(related, pk=self.kwargs["pk"])
        report_policies.remember(self.request.user, report)
        return report

    def get_permission_object(self):
        return self.report

    def back(self):
        """To the report, or to the list when it is out of reach by now."""
        visible = ConflictReport.objects.visible_to(self.request.user)
        if visible.filter(pk=self.report.pk).exists():
            return redirect(self.report)
        messages.info(self.request, _("Others handle this report from here on."))
        return redirect("review:report_list")

    def refused(self, error: Exception):
        return conflict_page(self.request, text=str(error), url=self.report.get_absolute_url())


class ReportDetailView(ReportMixin, TemplateView):
    """The whole report in clear; each look is an event."""

    template_name = "review/reports/detail.html"

    def get_context_data(self, **kwargs):
        report, user, now = self.report, self.request.user, timezone.now()
        said = presentation.messages_of(report)
        has_news = any(message.is_new for message in said)
        reports.note_reading(report, has_news=has_news, by=user, at=now)
        return super().get_context_data(
            **kwargs,
            report=report,
            clocks=presentation.clocks_of(report, on=timezone.localdate(now)),
            sections=presentation.answers_in_words(report, get_language() or "id"),
            files=presentation.files_of(report),
            said=said,
            steps=presentation.steps_of(report),
            subjects=presentation.subjects_of(report),
            may_mark=report.state in ("verifying", "examining"),
            subject_form=SubjectForm(),
            message_form=MessageForm(),
            buttons=self._buttons(),
            may_open_identity=report.is_named
            and user.has_perm("review.view_reporteridentity", report),
        )

    def _buttons(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "label": label}
            for name, label in presentation.STEP_BUTTONS.items()
            if self.report.state in TRANSITIONS[name].sources
            and self.request.user.has_perm(TRANSITIONS[name].permission, self.report)
        ]


class ReportStepView(ReportMixin, InvalidFormMixin, FormView):
    """One step of a report, with its note and what the reporter is told."""

    form_class = StepForm
    template_name = "review/reports/step.html"

    def get_permission_required(self):
        if self.kwargs["move"] not in TRANSITIONS:
            raise Http404
        return [TRANSITIONS[self.kwargs["move"]].permission]

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        return kwargs | {"step": self.kwargs["move"], "report": self.report}

    def get(self, request, *args, **kwargs):
        if self.kwargs["move"] == "verify":
            return redirect(self.report)  # A button, no page.
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if self.kwargs["move"] == "verify":
            return self._take({})
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        return self._take(form.cleaned_data)

    def _take(self, said):
        try:
            workflow.take(self.kwargs["move"], self.report, by=self.request.user, **said)
        except (workflow.TransitionError, ReportError) as error:
            return self.refused(error)
        messages.success(self.request, _("The step is recorded."))
        return self.back()

    def get_context_data(self, **kwargs):
        step = self.kwargs["move"]
        title = presentation.STEP_BUTTONS[step]
        return super().get_context_data(**kwargs, report=self.report, title=title, step=step)


class ReportMessageView(ReportMixin, InvalidFormMixin, FormView):
    """A question or an answer to the reporter."""

    permission_required = "review.answer_conflictreport"
    http_method_names = ["get", "post"]
    form_class = MessageForm
    template_name = "review/reports/message.html"

    def form_valid(self, form):
        try:
            reports.write_to_reporter(
                self.report, form.cleaned_data["text"], once=form.cleaned_data["once"],
                by=self.request.user, at=timezone.now(),
            )  # fmt: skip
        except ValidationError as error:
            form.add_error("text", error)
            return self.form_invalid(form)
        except ReportError as error:
            return self.refused(error)
        messages.success(self.request, _("The message waits for the reporter."))
        return self.back()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, report=self.report)


class ReportSubjectView(ReportMixin, View):
    """Says who is meant: one of those the portal found, or somebody by NIP."""

    permission_required = "review.mark_reportsubject"
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        if "candidate" in request.POST:
            person = self._candidate(request.POST["candidate"])
        else:
            form = SubjectForm(request.POST)
            if not form.is_valid():
                messages.error(request, " ".join(form.errors["nip"]))
                return redirect(self.report)
            person = form.cleaned_data["nip"]
        is_meant = request.POST.get("standing") != SubjectStanding.RULED_OUT
        try:
            report_subjects.mark(
                self.report, person, at=timezone.now(), by=request.user,
                standing=SubjectStanding.CONFIRMED if is_meant else SubjectStanding.RULED_OUT,
            )  # fmt: skip
        except ReportError as error:
            return self.refused(error)
        return self.back()

    def _candidate(self, key: str) -> User:
        found = {str(subject.user_id): subject.user_id for subject in self.report.subjects.all()}
        if key not in found:
            raise Http404
        return get_object_or_404(User, pk=found[key])


class ReportIdentityView(ReportMixin, InvalidFormMixin, FormView):
    """Who reported: for a reason, in the answer to the POST only."""

    permission_required = "review.view_reporteridentity"
    form_class = IdentityForm
    template_name = "review/reports/identity.html"

    def form_valid(self, form):
        try:
            answers = reports.open_identity(
                self.report, reason=form.cleaned_data["reason"], by=self.request.user
            )
        except ReportError as error:
            return self.refused(error)
        shown = presentation.identity_in_words(self.report, answers, get_language() or "id")
        return render(
            self.request,
            self.template_name,
            {"report": self.report, "sections": shown},
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, report=self.report)


class ReportFileView(ReportMixin, View):
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        file = get_object_or_404(ReportFile, pk=self.kwargs["file"], report=self.report)
        file.report = self.report
        try:
            data = reports.open_file(file, by=request.user)
        except (UndecipherableError, OSError) as error:
            raise Http404(_("The file can't be opened.")) from error
        return download(data, content_type=file.content_type, name=report_files.name_of(file))
