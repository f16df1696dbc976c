"""Every step of a report from others, one function each.

A step locks the row, asks who and from where, writes, records the event without a word of the
report, and tells the reporter, all in one transaction. The notes of the Inspectorate are sealed
like the report itself.
"""

import datetime
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from declarations.workflow.base import TransitionError, lock, move
from people.models import User
from review import report_states as states
from review.models import Case, ConflictReport, ReportStep
from review.report_states import ReportOutcome
from review.services import report_subjects, reports
from review.services.report_errors import ReportError
from review.states import CaseOrigin, CaseState, Transition
from review.workflow import cases

__all__ = ["STEPS", "ReportError", "TransitionError", "take"]


@transaction.atomic
def verify(report: ConflictReport, *, by: User, at: datetime.datetime) -> ConflictReport:
    """Take it up: the first check begins."""
    report = lock(report, states.VERIFY, by=by)
    move(report, states.VERIFY, by=by, verified_at=at, verified_by=by)
    _note(report, states.VERIFY, "", by=by, at=at)
    return report


@transaction.atomic
def reject(
    report: ConflictReport, *, note: str, feedback: str, by: User, at: datetime.datetime
) -> ConflictReport:
    report = lock(report, states.REJECT, by=by)
    return _step(report, states.REJECT, note=note, feedback=feedback, by=by, at=at, closed_at=at)


@transaction.atomic
def forward(
    report: ConflictReport, *, note: str, feedback: str, by: User, at: datetime.datetime
) -> ConflictReport:
    """To the gratification unit (UPG); `note` says by which letter."""
    report = lock(report, states.FORWARD, by=by)
    return _step(report, states.FORWARD, note=note, feedback=feedback, by=by, at=at)


@transaction.atomic
def refer(
    report: ConflictReport, *, note: str, feedback: str, by: User, at: datetime.datetime
) -> ConflictReport:
    """Out of the Inspectorate, by the regional secretary; `note` says to whom, by which letter."""
    report = lock(report, states.REFER, by=by)
    return _step(report, states.REFER, note=note, feedback=feedback, by=by, at=at)


@transaction.atomic
def examine(
    report: ConflictReport, *, note: str, by: User, at: datetime.datetime
) -> ConflictReport:
    """Opens a case about who is meant, or about the OPD when nobody is known by name."""
    report = lock(report, states.EXAMINE, by=by)
    meant = report_subjects.confirmed(report)
    if not meant and report.reported_opd is None:
        raise ReportError(_("Mark who is meant first, or which OPD."))
    if len(meant) > 1:
        raise ReportError(
            _("A case is about one person. Mark one; put the others into the note of the case.")
        )
    return _step(
        report, states.EXAMINE, note=note, feedback="", by=by, at=at,
        case=_open_case(report, meant[0].user if meant else None, by=by, at=at),
    )  # fmt: skip


def _open_case(
    report: ConflictReport, subject: User | None, *, by: User, at: datetime.datetime
) -> Case:
    return cases.open_case(
        origin=CaseOrigin.REPORT,
        subject=subject,
        opd=None if subject else report.reported_opd,
        title=_("Report %(number)s") % {"number": report.number},
        at=at,
        by=by,
    )


@transaction.atomic
def decide(
    report: ConflictReport,
    *,
    outcome: str,
    note: str,
    feedback: str,
    by: User,
    at: datetime.datetime,
) -> ConflictReport:
    """The chief inspector says what the examination found, after the case."""
    report = lock(report, states.DECIDE, by=by)
    if report.case is not None and report.case.state in CaseState.OPEN:
        raise ReportError(_("The case is still open. Decide the case first."))
    return _step(
        report, states.DECIDE, note=note, feedback=feedback, by=by, at=at,
        outcome=ReportOutcome(outcome), decided_at=at, decided_by=by,
    )  # fmt: skip


@transaction.atomic
def follow_up(
    report: ConflictReport, *, note: str, by: User, at: datetime.datetime
) -> ConflictReport:
    report = lock(report, states.FOLLOW_UP, by=by)
    return _step(report, states.FOLLOW_UP, note=note, feedback="", by=by, at=at)


@transaction.atomic
def close(
    report: ConflictReport, *, note: str, feedback: str, by: User, at: datetime.datetime
) -> ConflictReport:
    report = lock(report, states.CLOSE, by=by)
    return _step(report, states.CLOSE, note=note, feedback=feedback, by=by, at=at, closed_at=at)


STEPS = {
    "verify": verify,
    "reject": reject,
    "forward": forward,
    "refer": refer,
    "examine": examine,
    "decide": decide,
    "follow_up": follow_up,
    "close": close,
}


def take(name: str, report: ConflictReport, *, by: User, **said: str) -> ConflictReport:
    """The step `name`, now."""
    return STEPS[name](report, by=by, at=timezone.now(), **said)  # type: ignore[operator]


def _step(
    report: ConflictReport,
    transition: Transition,
    *,
    note: str,
    feedback: str,
    by: User,
    at: datetime.datetime,
    **changes: object,
) -> ConflictReport:
    if feedback:
        reports.write_to_reporter(report, feedback, once=uuid.uuid4(), by=by, at=at)
    move(report, transition, by=by, **changes)  # type: ignore[arg-type]
    _note(report, transition, note, by=by, at=at)
    return report


def _note(
    report: ConflictReport, transition: Transition, text: str, *, by: User, at: datetime.datetime
) -> None:
    ReportStep.objects.create(
        report=report,
        name=transition.name,
        note=report.envelope.seal_text(text),
        taken_at=at,
        taken_by=by,
    )
