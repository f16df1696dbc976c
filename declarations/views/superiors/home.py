"""F5 and F6 on the home page: what waits, and nothing when nothing does."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.addresses import address
from declarations.models import ConflictDeclaration, ControlPlan, ControlTask
from declarations.panels import DECIDE, MOST_ENTRIES, TASKS, Entry, Panel
from declarations.services.desk import desk_of
from declarations.views.superiors.editing import PLAN_EDITING
from people.prepared import prepared


def superior_panels(user: Any, on: Any) -> Iterator[Panel]:
    """One query for the numbers (which the menu needs, too), one for each panel with rows."""
    desk = desk_of(user, on=on)
    if desk.to_decide or user.has_perm("declarations.list_superiordecision"):
        yield decide_panel(user, on, desk.to_decide)
    if desk.plans:
        yield plans_panel(user, on, desk.plans)
    if desk.tasks:
        yield tasks_panel(user, on, desk.tasks)


@prepared
def _to_decide(user: Any) -> QuerySet:
    rows = ConflictDeclaration.objects.to_decide(user).for_list()
    return rows.order_by("due_on", "pk")[:MOST_ENTRIES]


@prepared
def _waiting(user: Any, on: Any) -> QuerySet:
    rows = ControlPlan.objects.waiting_for(user, on=on).for_list().with_task_counts(on=on)
    return rows.order_by("created_at", "pk")[:MOST_ENTRIES]


@prepared
def _open_tasks(user: Any) -> QuerySet:
    rows = ControlTask.objects.open_for(user).for_list()
    return rows.order_by("due_on", "pk")[:MOST_ENTRIES]


def decide_panel(user: Any, on: Any, count: int) -> Panel:
    found = _to_decide.rows(user) if count else ()
    return Panel(
        DECIDE,
        _("To decide"),
        tuple(_case(conflict, on) for conflict in found),
        icon="decision",
        more_url=address("declarations:decision_list"),
        more_label=_more(count),
        empty=_("No declared conflict waits for your decision."),
        order=10,
    )


def _case(conflict: ConflictDeclaration, on: Any) -> Entry:
    url = address("declarations:decision_case", conflict.pk)
    is_late = conflict.due_on < on
    return Entry(
        conflict.declarant.full_name,
        url,
        text=conflict.matter,
        state="overdue" if is_late else conflict.state,
        state_label=_("Overdue") if is_late else conflict.get_state_display(),
        due_on=conflict.due_on,
        is_late=is_late,
        action=_("Examine"),
        action_url=url,
    )


def plans_panel(user: Any, on: Any, count: int) -> Panel:
    return Panel(
        DECIDE,
        _("Control plans that wait for you"),
        tuple(_plan(plan, user) for plan in _waiting.rows(user, on)),
        icon="plan",
        more_url=address("declarations:plan_list"),
        more_label=_more(count),
        order=20,
    )


def _plan(plan: ControlPlan, user: Any) -> Entry:
    url = plan.get_absolute_url()
    if plan.conflict.declarant_id == user.pk:
        action, target = _("Read and sign"), address("declarations:plan_agree", plan.pk)
    elif plan.state == "draft":
        action, target = _("Complete and sign"), PLAN_EDITING.url("tasks", plan)
    elif plan.reported_count:
        action, target = _("Look at the evidence"), url
    else:
        action, target = _("Evaluate"), address("declarations:plan_evaluate", plan.pk)
    is_own = plan.conflict.declarant_id == user.pk
    return Entry(
        plan.conflict.matter if is_own else plan.conflict.declarant.full_name,
        url,
        text="" if is_own else plan.conflict.matter,
        state=plan.state,
        state_label=plan.get_state_display(),
        action=action,
        action_url=target,
    )


def tasks_panel(user: Any, on: Any, count: int) -> Panel:
    return Panel(
        TASKS,
        _("My tasks in control plans"),
        tuple(_task(task, on) for task in _open_tasks.rows(user)),
        icon="tasks",
        more_url=address("declarations:task_list"),
        more_label=_more(count),
        order=10,
    )


def _task(task: ControlTask, on: Any) -> Entry:
    is_late = task.is_late(on)
    return Entry(
        task.action,
        task.get_absolute_url(),
        text=task.expected_evidence,
        state="overdue" if is_late else task.state,
        state_label=_("Overdue") if is_late else task.get_state_display(),
        due_on=task.due_on,
        is_late=is_late,
        action=_("Report"),
        action_url=address("declarations:task_report", task.pk),
    )


def _more(count: int) -> str:
    return _("See all") if count > MOST_ENTRIES else _("The whole list")
