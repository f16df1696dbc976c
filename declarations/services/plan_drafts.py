"""Drafts that begin with something in them: of a control plan, and of its evaluation."""

import datetime
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.drafts import Draft, new_key
from declarations.models import (
    ConflictDeclaration,
    ControlPlan,
    EvaluationDraft,
    SuperiorDecision,
)
from declarations.services import drafting
from declarations.services.configuration import form_in_use
from declarations.states import PlanState
from people import calendar
from people.models import User

# The one section of F7.
EVALUATION = "evaluation"
FIRST_TASK_DAYS = 5
REVIEW_AFTER = datetime.timedelta(days=90)


def first_draft(conflict: ConflictDeclaration, decision: SuperiorDecision) -> Draft:
    """Tasks with an owner and a day, for the superior to change; nothing is final."""
    today = timezone.localdate()
    due_on = calendar.add_working_days(today, FIRST_TASK_DAYS)
    rows = []
    for chosen in decision.measures.select_related("kind", "replacement"):
        owner = chosen.replacement or conflict.declarant
        rows.append(
            {
                "key": new_key(),
                "action": (chosen.note or chosen.kind.label_id)[:400],
                "measure": chosen.kind.code,
                "owner": owner.nip,
                "due_on": due_on.isoformat(),
            }
        )
    review_on = (decision.valid_from or today) + REVIEW_AFTER
    return {"plan": {"review_on": review_on.isoformat()}, "tasks": {"rows": rows}}


def evaluation_of(plan: ControlPlan) -> EvaluationDraft:
    """What has been written of the next evaluation; not saved yet where nothing has been."""
    found = EvaluationDraft.objects.filter(plan=plan).select_related("form_version").first()
    if found is not None:
        found.plan = plan
        return found
    return EvaluationDraft(
        plan=plan, form_version=form_in_use("F7"), draft=_first_evaluation(plan)
    )


def _first_evaluation(plan: ControlPlan) -> Draft:
    """From the last evaluation (or the start) until today."""
    today = timezone.localdate()
    last = plan.follow_ups.order_by("-period_until").first()
    begin = last.period_until if last else timezone.localdate(plan.started_at)
    period = {"period_from": min(begin, today), "period_until": today, "evaluated_on": today}
    return {EVALUATION: {key: day.isoformat() for key, day in period.items()}}


@transaction.atomic
def save_evaluation(
    plan: ControlPlan,
    *,
    change: Callable[[Draft], Draft],
    evaluations: int,
    by: User,
    **arguments: Any,
) -> drafting.SavedDraft:
    """`drafting.save_draft`; the first save begins the draft.

    `evaluations`: how many signed ones the page knew of, so that a page from before the last
    signature does not begin a new draft with the old text. The plan is locked first, as for the
    signature.
    """
    plan = ControlPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    draft = evaluation_of(plan)
    if not by.has_perm("declarations.change_evaluationdraft", draft):
        raise PermissionDenied
    if plan.state != PlanState.ACTIVE or plan.follow_ups.count() != evaluations:
        raise drafting.DraftClosedError(
            _("The plan was evaluated in the meantime; read that one first.")
        )
    if draft._state.adding:
        draft.created_by = by
        draft.save(force_insert=True)
    return drafting.save_draft(draft, change=change, by=by, **arguments)


def forget_evaluation(plan: ControlPlan) -> None:
    """The working copy goes, with the signature or with the end of the plan."""
    drafting.forget_revisions(plan)
    EvaluationDraft.objects.filter(plan=plan).delete()
