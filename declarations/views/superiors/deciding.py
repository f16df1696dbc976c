"""The superior's desk: what waits, one case, begin, ask once, pass on."""

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from rules.contrib.views import PermissionRequiredMixin

from common.keyset import KeysetListView
from common.views import PartMixin, filter_form
from declarations import states
from declarations.forms.superiors import DataRequestForm, PassOnForm, QueueFilterForm
from declarations.models import ConflictDeclaration
from declarations.models.conflicts import HandlerChangeReason
from declarations.services import attachments, handlers
from declarations.services.desk import desk_of
from declarations.services.readings import note_reading
from declarations.states import ConflictState
from declarations.views.superiors.base import ConflictMixin, StepMixin, answers_in_words
from declarations.views.superiors.editing import DECISION_EDITING
from declarations.workflow import conflicts, decisions
from declarations.workflow.base import TransitionError
from people import calendar


def tabs(user: Any, active: str) -> list[dict[str, Any]]:
    """The two lists of F5; the first only for those who decide."""
    found = []
    if user.has_perm("declarations.list_superiordecision"):
        found.append(
            {
                "label": _("To decide"),
                "url": reverse("declarations:decision_list"),
                "active": active == "queue",
                "count": desk_of(user).to_decide,
            }
        )
    found.append(
        {
            "label": _("Signed decisions"),
            "url": reverse("declarations:decision_all"),
            "active": active == "all",
            "count": None,
        }
    )
    return found


class DecisionListView(PermissionRequiredMixin, PartMixin, KeysetListView):
    """What waits for one's decision, the most urgent first."""

    permission_required = "declarations.list_superiordecision"
    template_name = "declarations/superiors/decision_list.html"
    part = "table"
    context_object_name = "conflicts"
    ordering = ("due_on", "pk")

    def get_queryset(self):
        self.filters = filter_form(self.request, QueueFilterForm)
        rows = ConflictDeclaration.objects.to_decide(self.request.user)
        if state := self.filters.cleaned_data["keadaan"]:
            rows = rows.filter(state=state)
        if self.filters.cleaned_data["terlambat"]:
            rows = rows.overdue(on=timezone.localdate())
        return rows.for_list()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        today = timezone.localdate()
        return context | {
            "cases": [
                {
                    "conflict": item,
                    "days_left": calendar.working_days_left(item.due_on, today),
                    "is_late": item.due_on < today,
                }
                for item in context["conflicts"]
            ],
            "filters": self.filters,
            "tabs": tabs(self.request.user, "queue"),
        }


class CaseView(ConflictMixin, View):
    """The declaration as the superior has to examine it. Reading it is an event."""

    permission_required = states.CONFLICT_REVIEW.permission

    def get(self, request, *args, **kwargs):
        conflict = self.subject
        if conflict.state not in ConflictState.AWAITING_DECISION:
            return self.decided_already()
        note_reading(conflict, by=request.user, authors=(conflict.declarant_id,))
        today = timezone.localdate()
        data_request = getattr(conflict, "data_request", None)
        context = {
            "conflict": conflict,
            "area": self.area,
            "sections": answers_in_words(self.form_version, conflict.draft),
            "handler_changes": conflict.handler_changes.select_related("to_user"),
            "draft_url": self.draft_url(),
            "attachments": attachments.of(conflict),
            "data_request": data_request,
            "days_left": calendar.working_days_left(conflict.due_on, today),
            "is_late": conflict.due_on < today,
            "may_begin": conflict.state != ConflictState.NEEDS_DATA,
            "may_ask": conflict.state == ConflictState.UNDER_REVIEW and data_request is None,
            "has_begun": conflict.state in (ConflictState.UNDER_REVIEW, ConflictState.NEEDS_DATA),
        }
        return render(request, "declarations/superiors/case.html", context)

    def decided_already(self):
        """A link in an old notice leads on to what became of it."""
        conflict = self.subject
        latest = conflict.decisions.exclude(state="discarded").order_by("-created_at").first()
        if latest is not None:
            return redirect(latest)
        text = _("This is not possible any more; the state is now “%(state)s”.")
        messages.info(self.request, text % {"state": conflict.get_state_display()})
        return redirect("declarations:decision_list")

    def draft_url(self) -> str:
        """While an answer is awaited one may go on writing, but not begin."""
        if self.subject.state != ConflictState.NEEDS_DATA:
            return ""
        own = self.subject.decisions.filter(state="draft", decider=self.request.user)
        key = own.values_list("pk", flat=True).first()
        return reverse("declarations:decision_tasks", args=[key]) if key else ""


class DecisionBeginView(ConflictMixin, View):
    """Begin the examination; the second press leads to the same draft."""

    permission_required = states.CONFLICT_REVIEW.permission
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        conflict = self.subject
        try:
            decision = decisions.begin(conflict, by=request.user)
        except TransitionError as error:
            messages.warning(request, str(error))
            if not handlers.may_decide(conflict, request.user):
                return redirect("declarations:decision_pass_on", conflict.pk)
            return redirect("declarations:decision_case", conflict.pk)
        return redirect(DECISION_EDITING.url("tasks", decision))


class CaseStepMixin(ConflictMixin, StepMixin):
    def get_return_url(self) -> str:
        return reverse("declarations:decision_case", args=[self.subject.pk])


class AskDataView(CaseStepMixin, View):
    """ "More data, please": once, and the limit runs on."""

    permission_required = states.CONFLICT_ASK_DATA.permission
    form_class = DataRequestForm
    template_name = "declarations/superiors/ask_data.html"
    step_sources = states.CONFLICT_ASK_DATA.sources
    done = gettext_lazy("Your question was sent. You get a notice when it is answered.")

    def take(self, form):
        conflicts.ask_data(
            self.subject, by=self.request.user, question=form.cleaned_data["question"]
        )


class PassOnView(CaseStepMixin, View):
    """A superior who is involved says so; the next one up decides."""

    permission_required = states.CONFLICT_ESCALATE.permission
    form_class = PassOnForm
    template_name = "declarations/superiors/pass_on.html"
    step_sources = states.CONFLICT_ESCALATE.sources
    done = gettext_lazy(
        "The declaration was passed to the next superior. Thank you for saying so."
    )

    def take(self, form):
        conflicts.escalate(
            self.subject,
            by=self.request.user,
            reason=HandlerChangeReason.CONFLICTED,
            note=form.cleaned_data["note"],
        )

    def get_success_url(self) -> str:
        return reverse("declarations:decision_list")

    def step_context(self):
        may_decide = handlers.may_decide(self.subject, self.request.user)
        return {"is_involved": not may_decide}
