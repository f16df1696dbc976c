"""A task of a control plan: the owner reports, somebody else judges."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import DetailView

from common.keyset import KeysetListView
from common.views import PartMixin, filter_form
from declarations import states
from declarations.forms.superiors import (
    ConfirmForm,
    EvidenceForm,
    ReasonForm,
    RefusalForm,
    ReportForm,
    TaskFilterForm,
)
from declarations.models import ControlTask
from declarations.services import attachments
from declarations.services.readings import note_reading
from declarations.views.conflicts.answering import attachment_response
from declarations.views.superiors.base import StepMixin, TaskMixin
from declarations.views.superiors.plans import plan_tabs
from declarations.workflow import plans as workflow
from people import calendar


class TaskListView(PartMixin, KeysetListView):
    """One's own tasks, the most urgent first."""

    template_name = "declarations/superiors/task_list.html"
    part = "table"
    context_object_name = "tasks"
    ordering = ("due_on", "pk")

    def get_queryset(self):
        self.filters = filter_form(self.request, TaskFilterForm)
        user, today = self.request.user, timezone.localdate()
        rows = ControlTask.objects.open_for(user)
        if self.filters.cleaned_data["keadaan"] == "semua":
            rows = ControlTask.objects.filter(owner=user)
        if self.filters.cleaned_data["terlambat"]:
            rows = rows.filter(state="open", due_on__lt=today)
        return rows.for_list()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        return context | {
            "rows": [
                {
                    "task": task,
                    "is_late": task.is_late(today),
                    "days_left": calendar.working_days_left(task.due_on, today),
                }
                for task in context["tasks"]
            ],
            "filters": self.filters,
            "tabs": plan_tabs(self.request.user, "tasks"),
        }


class TaskDetailView(TaskMixin, DetailView):
    """What is to be done, what was done, the evidence, and the next step."""

    permission_required = "declarations.view_controltask"
    template_name = "declarations/superiors/task_detail.html"

    def get_context_data(self, **kwargs):
        task, user = self.subject, self.request.user
        plan = task.plan
        authors = (task.owner_id, plan.conflict.declarant_id, plan.decision.decider_id)
        note_reading(task, by=user, authors=authors)
        runs = plan.state == "active"

        def may(transition: states.Transition) -> bool:
            return (
                runs
                and task.state in transition.sources
                and user.has_perm(transition.permission, task)
            )

        return super().get_context_data(**kwargs) | {
            "plan": plan,
            "attachments": attachments.of(task),
            "is_late": task.is_late(timezone.localdate()),
            "is_mine": task.owner_id == user.pk,
            "may_report": may(states.TASK_REPORT),
            "may_judge": may(states.TASK_CONFIRM),
            "may_cancel": may(states.TASK_CANCEL),
            "sees_plan": user.has_perm("declarations.view_controlplan", plan),
        }


class TaskStepMixin(TaskMixin, StepMixin):
    def step_context(self) -> dict[str, Any]:
        return {
            "plan": self.subject.plan,
            "attachments": attachments.of(self.subject),
            "rules": attachments.rules_in_words(),
        }


class TaskReportView(TaskStepMixin, View):
    """What was done, with the evidence."""

    permission_required = states.TASK_REPORT.permission
    form_class = ReportForm
    template_name = "declarations/superiors/task_report.html"
    step_sources = states.TASK_REPORT.sources
    done = gettext_lazy("Your report was sent. You get a notice when it is confirmed.")

    def get_form(self, data: Any = None) -> ReportForm:
        """After a refusal the former words come back."""
        task = self.subject
        initial = {"evidence_note": task.evidence_note, "obstacles": task.obstacles}
        return ReportForm(data, initial=initial)

    def take(self, form):
        workflow.report_task(self.subject, by=self.request.user, **form.cleaned_data)


class TaskConfirmView(TaskStepMixin, View):
    """The evidence is there: say whether it worked."""

    permission_required = states.TASK_CONFIRM.permission
    form_class = ConfirmForm
    template_name = "declarations/superiors/task_confirm.html"
    step_sources = states.TASK_CONFIRM.sources
    done = gettext_lazy("The task is confirmed.")

    def take(self, form):
        workflow.confirm_task(
            self.subject, by=self.request.user, effect=form.cleaned_data["effect"]
        )


class TaskRefuseView(TaskStepMixin, View):
    """Not done, or not shown: back to the owner with what is missing."""

    permission_required = states.TASK_REFUSE.permission
    form_class = RefusalForm
    template_name = "declarations/superiors/task_refuse.html"
    step_sources = states.TASK_REFUSE.sources
    done = gettext_lazy("The task went back to its owner.")

    def take(self, form):
        workflow.refuse_task(
            self.subject, by=self.request.user, reason=form.cleaned_data["reason"]
        )


class TaskCancelView(TaskStepMixin, View):
    """The task falls away."""

    permission_required = states.TASK_CANCEL.permission
    form_class = ReasonForm
    template_name = "declarations/superiors/task_cancel.html"
    step_sources = states.TASK_CANCEL.sources
    done = gettext_lazy("The task is cancelled.")

    def take(self, form):
        workflow.cancel_task(
            self.subject, by=self.request.user, reason=form.cleaned_data["reason"]
        )


class TaskAttachmentsView(TaskStepMixin, View):
    """The evidence as files, while the task is open."""

    permission_required = states.TASK_REPORT.permission
    form_class = EvidenceForm
    template_name = "declarations/superiors/task_attachments.html"
    step_sources = states.TASK_REPORT.sources
    done = gettext_lazy("The file was added.")

    def post(self, request, *args, **kwargs):
        form = EvidenceForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.step_page(form, status=422)
        try:
            attachments.add(self.subject, form.cleaned_data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
            return self.step_page(form, status=422)
        except attachments.AttachmentClosedError as error:
            return self.refused(error, form)
        messages.success(request, self.done)
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        return reverse("declarations:task_report", args=[self.subject.pk])


class TaskFileMixin(TaskMixin):
    @cached_property
    def attachment(self):
        files = attachments.of(self.subject)
        return get_object_or_404(files, pk=self.kwargs["file"])


class TaskFileView(TaskFileMixin, View):
    """One file, to whoever may see the task; opening somebody else's is an event."""

    permission_required = "declarations.view_controltask"
    http_method_names = ["get"]

    def get(self, request, *args, **kwargs):
        return attachment_response(self.attachment, by=request.user)


class TaskFileRemoveView(TaskFileMixin, View):
    """Takes a file away before the report is sent."""

    permission_required = states.TASK_REPORT.permission
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        try:
            attachments.remove(self.attachment, by=request.user)
        except attachments.AttachmentClosedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The file was taken away."))
        return redirect("declarations:task_attachments", self.subject.pk)
