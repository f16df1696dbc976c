"""Who is reminded of a case: the assignee of its limit, the addressee of a question."""

import datetime
from collections.abc import Iterator

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import tanggal_lazy
from notices.reminders import Reminder
from people import calendar
from review.case_messages import LOG_IN
from review.models import Case, CaseRequest
from review.states import CaseState

BEFORE = 2


def find_cases_due(*, on: datetime.date) -> Iterator[Reminder]:
    """Two working days before the limit, on its day, and on each day after it."""
    soon = calendar.add_working_days(on, BEFORE)
    held = Case.objects.filter(
        state__in=CaseState.HELD, due_on__lte=soon, assignee__is_active=True
    )
    for case in held.select_related("assignee").iterator(chunk_size=500):
        if case.due_on < on or case.due_on in (soon, on):
            yield Reminder(
                case.assignee,
                key=f"case.due:{case.pk}",
                kind="case.overdue",
                title=format_lazy(
                    _("The case {number} is due on {day}"),
                    number=case.number,
                    day=tanggal_lazy(case.due_on),
                ),
                body=LOG_IN,
                url=case.get_absolute_url(),
            )


def find_answers_due(*, on: datetime.date) -> Iterator[Reminder]:
    """Whose answer the Inspectorate awaits, on the last days."""
    last_days = (on, calendar.add_working_days(on, 1))
    asked = CaseRequest.objects.waiting().filter(
        due_on__range=last_days, addressee__is_active=True
    )
    for request in asked.select_related("addressee").iterator(chunk_size=500):
        yield Reminder(
            request.addressee,
            key=f"case.asked:{request.pk}",
            kind="case.asked",
            title=_("The Inspectorate waits for your answer"),
            body=LOG_IN,
            url=request.get_absolute_url(),
        )


def requests_lapsed(*, on: datetime.date) -> list[CaseRequest]:
    """Clarifications whose day has passed; a correction is waited for until it is made."""
    rows = CaseRequest.objects.overdue(on=on).filter(kind=CaseRequest.Kind.CLARIFICATION)
    return list(rows.select_related("case").order_by("due_on", "pk")[:500])
