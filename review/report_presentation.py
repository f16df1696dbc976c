"""Reports in words: for the reporter, who is told little, and for those who handle them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from declarations.content import Choice, Form, Text, with_lists
from declarations.presentation import DisplaySection, answers_for_display
from declarations.services.configuration import bare_version, lists
from people.calendar import working_days_left
from review.models import ConflictReport
from review.report_states import ReportState, SubjectStanding
from review.reporting_form import IDENTITY
from review.services import report_files

# What a state means for whoever reported.
MEANING = {
    ReportState.RECEIVED: _("Your report is safe. An inspector has not opened it yet."),
    ReportState.VERIFYING: _("An inspector checks whether the report can be followed up."),
    ReportState.NOT_ELIGIBLE: _("The report can't be followed up; the message says why."),
    ReportState.FORWARDED: _("The report was given to the unit for gifts (UPG)."),
    ReportState.REFERRED: _("The report was given to another body; the message says why."),
    ReportState.EXAMINING: _("The Inspectorate is examining what you reported."),
    ReportState.DECIDED: _("The examination is over; the message says what was found."),
    ReportState.FOLLOW_UP: _("What was found is being followed up."),
    ReportState.CLOSED: _("The report is finished."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message; `is_ours` is the Inspectorate's side."""

    is_ours: bool
    text: str
    at: datetime.datetime
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the holder of the code is shown: no name of anybody, no number of the case."""

    state: str
    label: Any
    meaning: Any
    received_at: datetime.datetime
    decide_due_on: datetime.date | None
    messages: list[Line]
    files: list[str]
    takes_answers: bool


def standing_for_reporter(report: ConflictReport) -> Standing:
    report = ConflictReport.objects.get(pk=report.pk)
    return Standing(
        state=report.state,
        label=report.get_state_display(),
        meaning=MEANING[ReportState(report.state)],
        received_at=report.received_at,
        decide_due_on=report.decide_due_on if report.state in ReportState.UNDECIDED else None,
        messages=messages_of(report),
        files=[report.envelope.unseal_text(name) for name in _names(report)],
        takes_answers=report.state in ReportState.TAKES_ANSWERS,
    )


def _names(report: ConflictReport) -> list[bytes]:
    return list(report.files.values_list("name", flat=True))


def messages_of(report: ConflictReport) -> list[Line]:
    return [
        Line(
            is_ours=message.to_reporter,
            text=report.envelope.unseal_text(message.body),
            at=message.sent_at,
            is_new=not message.to_reporter and message.read_at is None,
        )
        for message in report.messages.all()
    ]


def answers_in_words(report: ConflictReport, language: str) -> list[DisplaySection]:
    answers = report.read_answers()
    shown = answers_for_display(_form_of(report, answers), answers, language)
    return [section for section in shown if section.key != IDENTITY]


def _form_of(report: ConflictReport, answers: dict[str, Any]) -> Form:
    """With the one OPD that was chosen, and the lists that an answer was chosen from."""
    opd = report.reported_opd
    chosen = [Choice(str(opd.pk), Text(opd.name, opd.name))] if opd else []
    form = bare_version(report.form_version)
    used = {
        question.choices_from
        for section in form.sections
        for question in section.questions
        if question.choices_from and answers.get(section.key, {}).get(question.key)
    }
    found = lists(used - {"opds"}) if used - {"opds"} else {}
    return with_lists(form, {**found, "opds": chosen})


def identity_in_words(
    report: ConflictReport, answers: dict[str, Any], language: str
) -> list[DisplaySection]:
    said = {IDENTITY: answers}
    shown = answers_for_display(_form_of(report, said), said, language)
    return [section for section in shown if section.key == IDENTITY]


def files_of(report: ConflictReport) -> list[dict[str, Any]]:
    found = []
    for file in report.files.all():
        file.report = report  # One envelope for all of them.
        found.append({"file": file, "name": report_files.name_of(file)})
    return found


def steps_of(report: ConflictReport) -> list[dict[str, Any]]:
    return [
        {
            "title": STEP_TITLES[step.name],
            "note": report.envelope.unseal_text(step.note),
            "at": step.taken_at,
            "by": step.taken_by.full_name,
        }
        for step in report.steps.select_related("taken_by")
    ]


STEP_TITLES = {
    "verify": _("Taken up"),
    "reject": _("Can't be followed up"),
    "forward": _("Passed on to the UPG"),
    "refer": _("Passed on to another body"),
    "examine": _("Examination begun"),
    "decide": _("Decided"),
    "follow_up": _("Follow-up begun"),
    "close": _("Finished"),
}
# Which button leads where; the order is the order on the page.
STEP_BUTTONS = {
    "verify": _("Take it up"),
    "examine": _("Begin the examination"),
    "forward": _("Pass it on to the UPG"),
    "refer": _("Pass it on to another body"),
    "reject": _("It can't be followed up"),
    "decide": _("Record the finding"),
    "follow_up": _("Begin the follow-up"),
    "close": _("Finish"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    label: Any
    due_on: datetime.date
    left: int

    @property
    def is_late(self) -> bool:
        return self.left < 0


def clocks_of(report: ConflictReport, *, on: datetime.date) -> list[Clock]:
    """Those that are running."""
    found = []
    if report.state in ReportState.UNVERIFIED:
        found.append(
            Clock(
                _("First check"), report.verify_due_on, working_days_left(report.verify_due_on, on)
            )
        )
    if report.state in ReportState.UNDECIDED and report.decide_due_on:
        found.append(
            Clock(_("Decision"), report.decide_due_on, working_days_left(report.decide_due_on, on))
        )
    return found


def subjects_of(report: ConflictReport) -> list[Any]:
    found = list(report.subjects.select_related("user", "opd"))
    order = [SubjectStanding.CONFIRMED, SubjectStanding.CANDIDATE, SubjectStanding.RULED_OUT]
    return sorted(found, key=lambda subject: order.index(SubjectStanding(subject.standing)))
