"""The first draft of a control plan: one task for each measure of the decision."""

import datetime

from django.utils import timezone

from declarations.drafts import Draft, new_key
from declarations.models import ConflictDeclaration, SuperiorDecision
from people import calendar

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
