"""Daily reminders of F5 to F7: reviews, decisions, plans, tasks and evaluations that come due or
are over.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import tanggal_lazy
from declarations.models import ConflictDeclaration, ControlPlan, ControlTask
from declarations.services import limits
from declarations.states import PlanState
from notices.reminders import Reminder
from people import calendar

SOON_DAYS = (7, 1)
# What is over is mentioned on the next day and then once a week, not every morning.
AGAIN_AFTER_DAYS = 7
LOG_IN = _("Log in to the portal to see it.")


def find_decisions_due(*, on: datetime.date) -> Iterator[Reminder]:
    """To the superior: one working day before the limit, and on its last day."""
    tomorrow = calendar.add_working_days(on, 1)
    rows = ConflictDeclaration.objects.awaiting().filter(
        due_on__in=(on, tomorrow), handler__is_active=True
    )
    for conflict in rows.select_related("handler").defer("draft").order_by("pk").iterator():
        yield Reminder(
            conflict.handler,
            key=f"decision:{conflict.pk}",
            kind="decision.due",
            title=_("A declared conflict still waits for your decision"),
            body=_by_day(_("The last day is {day}."), conflict.due_on),
            url=reverse("declarations:decision_case", args=[conflict.pk]),
        )


def find_reviews_due(*, on: datetime.date) -> Iterator[Reminder]:
    """To the superior: on the day by which the examination begins, when it has not."""
    limit = limits.limit(limits.BEGIN_REVIEW, on=on)
    rows = ConflictDeclaration.objects.awaiting().filter(
        state__in=("sent", "escalated"), due_on__gt=on, handler__is_active=True
    )
    for conflict in rows.select_related("handler").defer("draft").order_by("pk").iterator():
        if limits.due_on(limit, start=timezone.localdate(conflict.handler_since)) == on:
            yield Reminder(
                conflict.handler,
                key=f"review:{conflict.pk}",
                kind="decision.due",
                title=_("The examination of a declared conflict is to begin"),
                body=_by_day(_("Begin it by {day}."), on),
                url=reverse("declarations:decision_case", args=[conflict.pk]),
            )


def find_plans_to_start(*, on: datetime.date) -> Iterator[Reminder]:
    """To the superior: on the day by which the controls begin, then while they have not."""
    limit = limits.limit(limits.BEGIN_CONTROL, on=on)
    rows = ControlPlan.objects.filter(
        state=PlanState.DRAFT, conflict__state="conflict_found", conflict__handler__is_active=True
    )
    for plan in rows.for_list().select_related("decision").order_by("pk").iterator():
        day = limits.due_on(limit, start=timezone.localdate(plan.decision.signed_at))
        if on == day or _is_mentioned((on - day).days):
            yield Reminder(
                plan.conflict.handler,
                key=f"start:{plan.pk}",
                kind="plan.to_sign",
                title=_("A control plan waits for your signature"),
                body=_by_day(_("The controls begin by {day}."), day),
                url=plan.get_absolute_url(),
            )


def find_decisions_ending(*, on: datetime.date) -> Iterator[Reminder]:
    """To the superior: seven days and one day before the end of a decision whose plan runs."""
    days = [on + datetime.timedelta(days=days) for days in SOON_DAYS]
    rows = ControlPlan.objects.filter(
        state=PlanState.ACTIVE, decision__valid_until__in=days, conflict__handler__is_active=True
    )
    for plan in rows.for_list().select_related("decision").order_by("pk").iterator():
        yield Reminder(
            plan.conflict.handler,
            key=f"ending:{plan.pk}",
            kind="decision.due",
            title=_("A decision on a conflict ends soon"),
            body=_by_day(
                _("It holds until {day}. Evaluate its control plan before."),
                plan.decision.valid_until,
            ),
            url=plan.get_absolute_url(),
        )


def find_tasks_due(*, on: datetime.date) -> Iterator[Reminder]:
    """To the owner: seven days and one day before, then when it is over."""
    latest = on + datetime.timedelta(days=max(SOON_DAYS))
    rows = ControlTask.objects.due_by(latest).filter(owner__is_active=True)
    for task in rows.select_related("owner").order_by("pk").iterator():
        left = (task.due_on - on).days
        if left in SOON_DAYS:
            title, words = _("A task of yours is due soon"), _("It is due on {day}.")
        elif _is_mentioned(-left):
            title, words = _("A task of yours is overdue"), _("It was due on {day}.")
        else:
            continue
        yield Reminder(
            task.owner,
            key=f"task:{task.pk}",
            kind="plan.task_due",
            title=title,
            body=_by_day(words, task.due_on),
            url=task.get_absolute_url(),
        )


def find_evaluations_due(*, on: datetime.date) -> Iterator[Reminder]:
    """To the superior: on the day of the evaluation, then when it is over."""
    rows = ControlPlan.objects.evaluation_due(on=on).filter(conflict__handler__is_active=True)
    for plan in rows.for_list().order_by("pk").iterator():
        over = (on - plan.review_on).days
        if over and not _is_mentioned(over):
            continue
        yield Reminder(
            plan.conflict.handler,
            key=f"evaluation:{plan.pk}",
            kind="plan.evaluation_due",
            title=_("A control plan is to be evaluated"),
            body=_by_day(_("The day that you set is {day}."), plan.review_on),
            url=reverse("declarations:plan_evaluate", args=[plan.pk]),
        )


def _is_mentioned(days_over: int) -> bool:
    return days_over > 0 and days_over % AGAIN_AFTER_DAYS == 1


def _by_day(words: Any, day: datetime.date) -> Any:
    return format_lazy("{} {}", format_lazy(words, day=tanggal_lazy(day)), LOG_IN)
