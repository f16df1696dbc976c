"""Pages of the queue: for the system administrator, and one job's progress for its owner."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import PartMixin, one_of
from jobs import workflow
from jobs.models import Job, Schedule
from jobs.states import State

LISTED = (State.DEAD, State.WAITING, State.RUNNING, State.DONE, State.DISCARDED)


class JobListView(PermissionRequiredMixin, PartMixin, KeysetListView):
    permission_required = "jobs.view_job"
    template_name = "jobs/list.html"
    part = "table"
    context_object_name = "jobs"
    ordering = ("-pk",)
    counts = False

    @cached_property
    def state(self):
        return one_of(self.request.GET.get("keadaan"), State.values, State.DEAD)

    def get_queryset(self):
        return Job.objects.visible_to(self.request.user).in_state(self.state).for_list()

    def get_context_data(self, **kwargs):
        counts = Job.objects.counts()
        tabs = [
            {
                "label": state.label,
                "url": f"?keadaan={state}",
                "active": state == self.state,
                "count": counts.get(state.value),
            }
            for state in LISTED
        ]
        return super().get_context_data(tabs=tabs, **kwargs)


class JobMixin(PermissionRequiredMixin):
    """404 for what the user can't see, 403 for what they can see but not do."""

    model = Job
    context_object_name = "job"

    def get_queryset(self):
        return Job.objects.visible_to(self.request.user)

    @cached_property
    def object_asked_for(self):
        return super().get_object()

    def get_object(self, queryset=None):
        return self.object_asked_for


class JobDetailView(JobMixin, DetailView):
    permission_required = "jobs.view_job"
    template_name = "jobs/detail.html"


class JobStepView(JobMixin, DetailView):
    """One step of a job's life, by POST."""

    http_method_names = ["post"]
    step = None

    def post(self, request, *args, **kwargs):
        job = self.get_object()
        try:
            self.step(job, by=request.user)
        except workflow.TransitionError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, self.message())
        return redirect(job)


class JobRetryView(JobStepView):
    permission_required = "jobs.retry_job"
    step = staticmethod(workflow.retry)

    def message(self):
        return _("The job will be tried again.")


class JobDiscardView(JobStepView):
    permission_required = "jobs.discard_job"
    step = staticmethod(workflow.discard)

    def message(self):
        return _("The job was discarded.")


class JobProgressView(JobMixin, DetailView):
    """The page, or for HTMX the fragment that asks again until the job is finished."""

    permission_required = "jobs.follow_job"

    def get_template_names(self):
        return ["jobs/_progress.html" if self.request.htmx else "jobs/progress.html"]


class ScheduleListView(PermissionRequiredMixin, ListView):
    permission_required = "jobs.view_job"
    template_name = "jobs/schedules.html"
    context_object_name = "schedules"
    queryset = Schedule.objects.select_related("last_job").order_by("name")
