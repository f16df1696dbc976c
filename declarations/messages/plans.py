"""F6 and F7: the control plan and its tasks."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import tanggal_lazy
from declarations.models import ControlPlan, ControlTask, FollowUp
from notices.services import notify
from people.models import User

KINDS = {
    "plan.task_due": _("A task of yours is due"),
    "plan.evaluation_due": _("A control plan is to be evaluated"),
    "plan.to_sign": _("A control plan waits for your signature"),
    "plan.evaluated": _("A control plan was evaluated"),
    "plan.started": _("A control plan has begun"),
    "plan.task": _("You have a task in a control plan"),
    "plan.reported": _("A task was reported as done"),
    "plan.refused": _("A task came back to you"),
    "plan.confirmed": _("A task of yours was confirmed"),
    "plan.cancelled": _("A task of yours was cancelled"),
    "plan.handed_over": _("A control plan has another superior"),
    "plan.agreed": _("A control plan was signed by the person under it"),
}


def tell_started(plan: ControlPlan, tasks: Iterable[ControlTask]) -> None:
    address = reverse("declarations:plan_detail", args=[plan.pk])
    notify(
        plan.conflict.declarant,
        kind="plan.started",
        title=_("Your control plan has begun"),
        body=_("Log in to the portal to read it and to sign it as well."),
        url=address,
        dedupe_key=f"plan.started:{plan.pk}",
    )
    for task in tasks:
        notify(
            task.owner,
            kind="plan.task",
            title=_("You have a task in a control plan"),
            body=format_lazy(
                _("It is due on {day}. Log in to the portal to see it."),
                day=tanggal_lazy(task.due_on),
            ),
            url=task.get_absolute_url(),
            dedupe_key=f"plan.task:{task.pk}",
        )


def tell_reported(task: ControlTask) -> None:
    if task.plan.conflict.handler is None:
        return
    notify(
        task.plan.conflict.handler,
        kind="plan.reported",
        title=_("A task of a control plan was reported as done"),
        body=_("Log in to the portal to look at the evidence."),
        url=task.get_absolute_url(),
    )


def tell_refused(task: ControlTask) -> None:
    notify(
        task.owner,
        kind="plan.refused",
        title=_("A task of a control plan came back to you"),
        body=_("Log in to the portal to see what is missing."),
        url=task.get_absolute_url(),
    )


def tell_confirmed(task: ControlTask) -> None:
    notify(
        task.owner,
        kind="plan.confirmed",
        title=_("A task of yours in a control plan was confirmed"),
        body=_("Log in to the portal to see it."),
        url=task.get_absolute_url(),
    )


def tell_cancelled(task: ControlTask) -> None:
    notify(
        task.owner,
        kind="plan.cancelled",
        title=_("A task of yours in a control plan was cancelled"),
        body=_("Log in to the portal to see why."),
        url=task.get_absolute_url(),
    )


def tell_agreed(plan: ControlPlan) -> None:
    if plan.conflict.handler is None:
        return
    notify(
        plan.conflict.handler,
        kind="plan.agreed",
        title=_("A control plan was signed by the person under it"),
        body=_("Both signatures stand in the document now."),
        url=plan.get_absolute_url(),
        dedupe_key=f"plan.agreed:{plan.pk}",
    )


def tell_evaluated(follow_up: FollowUp) -> None:
    plan = follow_up.plan
    notify(
        plan.conflict.declarant,
        kind="plan.evaluated",
        title=_("Your control plan was evaluated"),
        body=_("Log in to the portal to read what was found."),
        url=plan.get_absolute_url(),
        dedupe_key=f"plan.evaluated:{follow_up.pk}",
    )


def tell_handed_over(plan: ControlPlan, former: User | None) -> None:
    """The one who takes over, the person under a running plan, and the one who left."""
    conflict = plan.conflict
    if conflict.handler is None or conflict.handler_since is None:
        return
    told = {
        conflict.handler: (
            _("You lead a control plan now"),
            _("Its former superior has left. Log in to the portal to see what is next."),
        )
    }
    if plan.started_at is not None:
        told[conflict.declarant] = (
            _("Your control plan has another superior"),
            _("The plan stays as it was signed. Log in to the portal to see who leads it."),
        )
    if former is not None and former.is_active:
        told[former] = (
            _("A control plan of yours was passed on"),
            _("You may still read it; its next steps are taken by your successor."),
        )
    for user, (title, body) in told.items():
        notify(
            user,
            kind="plan.handed_over",
            title=title,
            body=body,
            url=plan.get_absolute_url(),
            dedupe_key=f"plan.handed_over:{plan.pk}:{conflict.handler_since.isoformat()}",
        )
