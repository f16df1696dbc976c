"""A decision as it was signed, and the list of those one may see."""

from typing import Any

from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from common.keyset import KeysetListView
from declarations.models import ControlPlan, SuperiorDecision
from declarations.services import risks
from declarations.services.readings import note_reading
from declarations.views.superiors.base import DecisionMixin, answers_in_words
from declarations.views.superiors.deciding import tabs
from declarations.views.superiors.editing import DECISION_EDITING


class DecisionArchiveView(KeysetListView):
    """Signed decisions that one may see, the newest first."""

    template_name = "declarations/superiors/decision_all.html"
    context_object_name = "decisions"
    ordering = ("-signed_at", "-pk")
    empty = gettext_lazy("No decision has been signed yet that concerns you.")

    def get_queryset(self):
        rows = SuperiorDecision.objects.visible_to(self.request.user)
        return rows.filter(signed_at__isnull=False).for_list()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, tabs=tabs(self.request.user, "all"))


class DecisionDetailView(DecisionMixin, DetailView):
    """The decision. Who only steps in sees what they take over, and no findings."""

    permission_required = "declarations.view_superiordecision"

    def get_template_names(self):
        if self.reads_all:
            return ["declarations/superiors/decision_detail.html"]
        return ["declarations/superiors/decision_replacement.html"]

    @property
    def reads_all(self) -> bool:
        return self.request.user.has_perm("declarations.read_superiordecision", self.subject)

    def get_context_data(self, **kwargs):
        decision, user = self.subject, self.request.user
        about = decision.conflict.declarant_id
        note_reading(decision, by=user, authors=(about, decision.decider_id))
        measures = decision.measures.select_related("kind", "replacement").order_by("pk")
        context = super().get_context_data(**kwargs) | {"is_about_me": about == user.pk}
        if not self.reads_all:
            return context | {"measures": measures.filter(replacement=user)}
        return context | {
            "measures": measures,
            "sections": self.sections(),
            "risk": self.risk(),
            "plan": self.plan(),
            "tasks_url": DECISION_EDITING.url("tasks", decision),
            "may_write": decision.state == "draft"
            and user.has_perm("declarations.change_superiordecision", decision),
        }

    def sections(self) -> list[dict[str, Any]]:
        """Measures are shown from the tables, with names; a draft shows all as typed."""
        keys = () if self.subject.state == "draft" else ("findings", "validity")
        return answers_in_words(self.form_version, self.subject.draft, *keys)

    def risk(self) -> Any:
        decision = self.subject
        if decision.scale is None:
            return None
        return risks.assess(decision.scale, decision.likelihood, decision.impact)

    def plan(self) -> ControlPlan | None:
        plan = getattr(self.subject, "plan", None)
        if plan is None:
            return None
        plan.decision, plan.conflict = self.subject, self.subject.conflict
        may_see = self.request.user.has_perm("declarations.view_controlplan", plan)
        return plan if may_see else None
