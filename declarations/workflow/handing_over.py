"""A control plan whose superior has left goes on under the present superior of the declarant."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations.messages import conflicts as case_messages
from declarations.messages import plans as messages
from declarations.models import ConflictDeclaration
from declarations.models.conflicts import HandlerChangeReason as Reason
from declarations.services import handlers
from declarations.workflow.base import TransitionError, lock_row
from people.models import RoleGrant
from people.roles import Role


@transaction.atomic
def hand_over(
    conflict: ConflictDeclaration, *, reason: Reason, seen: ConflictDeclaration
) -> ConflictDeclaration:
    """By the scheduler only. The signed plan stays as it is; whoever leads it changes.

    `seen`: the case as the scheduler read it; when it changed since, it stays. With nobody left
    it has no superior, and the system administrators are told.
    """
    conflict = lock_row(conflict)
    plan = conflict.plans.filter(state__in=("draft", "active")).first()
    if plan is None or (conflict.handler_id, conflict.state) != (seen.handler_id, seen.state):
        raise TransitionError(_("Its turn has passed on already."))
    now, former = timezone.now(), conflict.handler
    passed = handlers.passed_over(conflict)
    choice = handlers.choose_handler(conflict, on=timezone.localdate(now), passed=passed)
    handlers.record_change(conflict, to=choice.handler, reason=reason)
    conflict.handler, conflict.handler_since = choice.handler, now if choice.handler else None
    conflict.save(update_fields=["handler", "handler_since", "updated_at"])
    record(
        "controlplan.hand_over", by=None, target=plan, reason=str(Reason(reason).label),
        former=former.full_name if former else "",
        successor=choice.handler.full_name if choice.handler else "",
    )  # fmt: skip
    plan.conflict = conflict
    if choice.handler is not None:
        messages.tell_handed_over(plan, former)
        return conflict
    grants = RoleGrant.objects.running(on=timezone.localdate(now)).filter(
        role=Role.SYSTEM_ADMINISTRATOR, user__is_active=True
    )
    case_messages.tell_nobody_left(
        conflict, [grant.user for grant in grants.select_related("user")]
    )
    return conflict
