"""F5 to F7: menu, home page, reminders, who reads the documents."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.addresses import address
from declarations import panels
from declarations.models import ControlPlan, FollowUp, SuperiorDecision
from declarations.services import control_reminders
from declarations.services.desk import desk_of
from declarations.views.superiors.home import superior_panels
from notices import reminders
from people import navigation
from people.models import Role, User
from statements.policies import register_viewer


def menu(user: User) -> Iterator[navigation.Item]:
    if user.has_perm("declarations.list_superiordecision"):
        target = address("declarations:decision_list")
        yield navigation.Item(
            _("To decide"),
            target,
            "decision",
            number=lambda person: desk_of(person).to_decide,
            order=30,
        )
    elif user.has_any_role(Role.INSPECTOR, Role.AUDITOR, Role.OPD_OFFICER):
        target = address("declarations:decision_all")
        yield navigation.Item(_("Superiors' decisions"), target, "decision", order=30)
    yield navigation.Item(
        _("Control plans"),
        address("declarations:plan_list"),
        "plan",
        number=lambda person: desk_of(person).plans,
        order=31,
    )
    yield navigation.Item(
        _("My tasks"),
        address("declarations:task_list"),
        "tasks",
        number=lambda person: desk_of(person).tasks,
        hidden_at_zero=True,
        order=32,
    )


def may_view_decision(user: User, document: Any) -> bool:
    """Who may read the findings; whoever only steps in has a page, but not this paper."""
    decision = _of(SuperiorDecision, document)
    return decision is not None and user.has_perm("declarations.read_superiordecision", decision)


def visible_decisions(user: User) -> Q:
    return _documents(SuperiorDecision.objects.readable_by(user))


def may_view_plan(user: User, document: Any) -> bool:
    plan = _of(ControlPlan, document)
    return plan is not None and user.has_perm("declarations.view_controlplan", plan)


def visible_plans(user: User) -> Q:
    return _documents(ControlPlan.objects.visible_to(user))


def may_view_evaluation(user: User, document: Any) -> bool:
    """Who may see the plan reads how it was evaluated."""
    found = FollowUp.objects.filter(document=document.pk).select_related("plan").first()
    return found is not None and user.has_perm("declarations.view_controlplan", found.plan)


def visible_evaluations(user: User) -> Q:
    plans = ControlPlan.objects.visible_to(user)
    return _documents(FollowUp.objects.filter(plan__in=plans.values("pk")))


def _of(model: Any, document: Any) -> Any:
    return model.objects.defer("draft").filter(document=document.pk).first()


def _documents(rows: Any) -> Q:
    return Q(pk__in=rows.filter(document__isnull=False).values("document"))


def wire() -> None:
    navigation.register(menu)
    panels.register(superior_panels)
    reminders.register("declarations.decisions_due", control_reminders.find_decisions_due)
    reminders.register("declarations.reviews_due", control_reminders.find_reviews_due)
    reminders.register("declarations.plans_to_start", control_reminders.find_plans_to_start)
    reminders.register("declarations.decisions_ending", control_reminders.find_decisions_ending)
    reminders.register("declarations.tasks_due", control_reminders.find_tasks_due)
    reminders.register("declarations.evaluations_due", control_reminders.find_evaluations_due)
    register_viewer("F5", may_view_decision, visible_decisions)
    register_viewer("F6", may_view_plan, visible_plans)
    register_viewer("F7", may_view_evaluation, visible_evaluations)
