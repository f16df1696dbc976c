"""What the Inspectorate does to a declaration of conflict: send it back, or take it over.

Source: fact sheet of the domain, section 4.2, the outcomes PERLU_PERBAIKAN and AMBIL_ALIH.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations import states
from declarations.messages import conflicts as messages
from declarations.models import ConflictDeclaration
from declarations.models.conflicts import HandlerChangeReason as Reason
from declarations.services import handlers
from declarations.workflow import conflicts
from declarations.workflow.base import TransitionError, lock, lock_row, move
from people.models import User


@transaction.atomic
def send_back(conflict: ConflictDeclaration, *, by: User, note: str) -> ConflictDeclaration:
    """The superior looks at it again; one that is still undecided stays where it is."""
    current = lock_row(conflict)
    if current.state in states.CONFLICT_REOPEN.sources:
        return conflicts.reopen(current, by=by, reason=note)
    if not current.awaits_decision:
        raise TransitionError(
            _("The declaration is “%(state)s”; nobody can correct it any more.")
            % {"state": current.get_state_display()}
        )
    return current


@transaction.atomic
def take_over(conflict: ConflictDeclaration, *, by: User, reason: str) -> ConflictDeclaration:
    """From now on `by`, who leads the Inspectorate, decides; a decided one is opened again."""
    current = lock_row(conflict)
    if current.state in states.CONFLICT_REOPEN.sources:
        current = conflicts.reopen(current, by=by, reason=reason)
    current = lock(current, states.CONFLICT_TAKE_OVER, by=by)
    conflicts.check_may_decide(current, by=by)
    former = current.handler
    if former is not None and former.pk == by.pk:
        return current
    handlers.record_change(current, to=by, reason=Reason.TAKEN_OVER, note=reason[:300])
    move(
        current,
        states.CONFLICT_TAKE_OVER,
        by=by,
        reason=reason,
        handler=by,
        handler_since=timezone.now(),
        escalation_level=current.escalation_level + 1,
        review_started_at=None,
        **conflicts.new_limit(timezone.now()),
    )
    conflicts.discard_open_decision(current, by=by)
    messages.tell_passed_on(current, former)
    messages.tell_handler(current)
    return current
