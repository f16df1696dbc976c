"""A control plan: the list, the plan itself, the second signature, the end."""

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView

from common.errors import conflict as conflict_page
from common.keyset import KeysetListView
from common.views import PartMixin, filter_form
from declarations import states
from declarations.forms.superiors import PlainForm, PlanFilterForm
from declarations.models import ControlPlan
from declarations.services.desk import desk_of
from declarations.services.readings import note_reading
from declarations.views.superiors.base import PlanMixin, StepMixin, answers_in_words
from declarations.views.superiors.editing import PLAN_EDITING
from declarations.workflow import plans as workflow
from declarations.workflow.base import TransitionError
from people.proof import RequireFreshProofMixin
from statements.services import DocumentError


def plan_tabs(user: Any, active: str) -> list[dict[str, Any]]:
    desk = desk_of(user)
    return [
        {
            "label": _("Control plans"),
            "url": reverse("declarations:plan_list"),
            "active": active == "plans",
            "count": desk.plans or None,
        },
        {
            "label": _("My tasks"),
            "url": reverse("declarations:task_list"),
            "active": active == "tasks",
            "count": desk.tasks or None,
        },
    ]


class PlanListView(PartMixin, KeysetListView):
    """The plans one may see, the newest first."""

    template_name = "declarations/superiors/plan_list.html"
    part = "table"
    context_object_name = "plans"
    ordering = ("-created_at", "-pk")

    def get_queryset(self):
        self.filters = filter_form(self.request, PlanFilterForm)
        today = timezone.localdate()
        rows = ControlPlan.objects.visible_to(self.request.user)
        if state := self.filters.cleaned_data["keadaan"]:
            rows = rows.filter(state=state)
        if self.filters.cleaned_data["terlambat"]:
            rows = rows.late(on=today)
        return rows.for_list().with_task_counts(on=today)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs, filters=self.filters, tabs=plan_tabs(self.request.user, "plans")
        )


class PlanDetailView(PlanMixin, DetailView):
    """The plan, its tasks, its evaluations, and the one step that is next."""

    permission_required = "declarations.view_controlplan"
    template_name = "declarations/superiors/plan_detail.html"

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.select_related("evaluation_draft").defer("evaluation_draft__draft")

    def get_context_data(self, **kwargs):
        plan, user = self.subject, self.request.user
        authors = (plan.conflict.declarant_id, plan.decision.decider_id)
        tasks = list(plan.tasks.select_related("owner", "measure"))
        if user.pk not in {task.owner_id for task in tasks}:
            note_reading(plan, by=user, authors=authors)
        follow_ups = list(
            plan.follow_ups.select_related("created_by", "document").defer("document__content")
        )
        today = timezone.localdate()
        leads = user.has_perm("declarations.evaluate_controlplan", plan)
        is_active = plan.state == "active"
        return super().get_context_data(**kwargs) | {
            "sections": self.sections(),
            "tasks": [{"task": task, "is_late": task.is_late(today)} for task in tasks],
            "late": sum(task.is_late(today) for task in tasks),
            "settled": sum(task.state in ("confirmed", "cancelled") for task in tasks),
            "follow_ups": follow_ups,
            "is_evaluation_due": is_active
            and plan.review_on is not None
            and plan.review_on <= today
            and not any(item.evaluated_on >= plan.review_on for item in follow_ups),
            "leads": leads,
            "may_write": plan.state == "draft" and leads,
            "may_agree": is_active
            and plan.agreed_at is None
            and user.has_perm("declarations.agree_controlplan", plan),
            "may_evaluate": is_active and leads,
            "has_draft": hasattr(plan, "evaluation_draft"),
            "missing": missing_of(tasks, follow_ups) if is_active and leads else [],
            "tasks_url": PLAN_EDITING.url("tasks", plan),
            "is_about_me": plan.conflict.declarant_id == user.pk,
        }

    def sections(self) -> list[dict[str, Any]]:
        """Tasks are shown from the tables, with names and states; a draft shows all as typed."""
        keys = () if self.subject.state == "draft" else ("plan",)
        return answers_in_words(self.form_version, self.subject.draft, *keys)


def missing_of(tasks: list, follow_ups: list) -> list[str]:
    """`workflow.missing_before_closing`, from rows that the page has read already."""
    return workflow.missing_among([task.state for task in tasks], len(follow_ups))


class PlanAgreeView(PlanMixin, RequireFreshProofMixin, View):
    """The declarant signs below the superior, in the same document."""

    permission_required = "declarations.agree_controlplan"

    def get(self, request, *args, **kwargs):
        plan = self.subject
        if plan.state != "active" or plan.agreed_at is not None:
            return redirect(plan)
        context = {
            "plan": plan,
            "sections": answers_in_words(self.form_version, plan.draft, "plan"),
            "tasks": plan.tasks.select_related("owner", "measure"),
            "statement": self.form_version.statement_for(get_language() or "id"),
            "legal_basis": self.form_version.legal_basis_for_screen(get_language() or "id"),
        }
        return render(request, "declarations/superiors/plan_agree.html", context)

    def post(self, request, *args, **kwargs):
        plan = self.subject
        try:
            workflow.agree(plan, by=request.user, proof=self.proof)
        except (TransitionError, DocumentError) as error:
            plan.refresh_from_db(fields=["agreed_by", "state"])
            if plan.agreed_by_id != request.user.pk:  # Pressed twice is no mistake.
                return conflict_page(request, text=str(error), url=plan.get_absolute_url())
        messages.success(
            request, _("You signed the plan; your signature is being added to the document.")
        )
        return redirect(plan)


class PlanCloseView(PlanMixin, StepMixin, View):
    """The end: only with every task settled, evidence seen and an evaluation written."""

    permission_required = states.PLAN_CLOSE.permission
    form_class = PlainForm
    template_name = "declarations/superiors/plan_close.html"
    step_sources = states.PLAN_CLOSE.sources
    done = gettext_lazy("The plan and the declaration are closed.")

    def take(self, form):
        workflow.close(self.subject, by=self.request.user)

    def step_context(self):
        plan = self.subject
        return {
            "missing": workflow.missing_before_closing(plan),
            "has_draft": hasattr(plan, "evaluation_draft"),
        }
