"""A person takes the flags of somebody into a case: of rules that open none by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from declarations.workflow.base import TransitionError, lock_row
from people.models import User
from review.flag_states import FlagState
from review.states import CaseOrigin
from review.workflow import cases

if TYPE_CHECKING:
    from review.models import Case, Flag


@transaction.atomic
def take_up(flag: Flag, *, by: User) -> Case:
    """The person's open case, opened if there is none, with all their open flags.

    Two at once meet in the same case. The person's row comes first, as in `cases.gather`.
    """
    if flag.subject_id is None:
        raise TransitionError(_("This flag is about an OPD: a case is about a person."))
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=flag.subject_id)
    flag = lock_row(flag)
    if not by.has_perm("review.judge_flag", flag):
        raise PermissionDenied
    if flag.state != FlagState.OPEN:
        raise TransitionError(
            _("This is not possible any more; the state is now “%(state)s”.")
            % {"state": flag.get_state_display()}
        )
    now = timezone.now()
    case = cases.open_case(
        origin=CaseOrigin.FLAGS, subject=flag.subject, opd=flag.opd, at=now, by=by
    )
    record("flag.take_up", by=by, target=flag, case=case.number)
    return cases.gather(flag.subject_id, at=now) or case
