"""What waits at the Inspectorate's desk, on the home page of who works there."""

import datetime
from collections.abc import Iterator

from django.db.models import Subquery
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from declarations.panels import CHECK, MOST_ENTRIES, Entry, Panel
from people.models import User
from review.models import Case, Flag

SHOWN_OF_FINDING = 160


def case_panels(user: User, on: datetime.date) -> Iterator[Panel]:
    """The cases that "Next case" opens one after another, each with its weightiest finding."""
    if not user.has_perm("review.work_on_cases"):
        return
    finding = Flag.objects.visible_to(user).weightiest_sentence()
    cases = Case.objects.for_list().annotate(finding=Subquery(finding))
    found = cases.first_for(user, number=MOST_ENTRIES)
    yield Panel(
        CHECK,
        _("Cases to work on"),
        tuple(_entry(case, case.finding or "", on) for case in found),
        icon="folder",
        more_url=reverse("review:case_list"),
        more_label=_("The whole queue"),
        empty=_("No case waits for you."),
        order=8,
    )


def _entry(case: Case, finding: str, on: datetime.date) -> Entry:
    is_late = case.due_on < on
    place = f"{case.number} · {case.opd.short_name}" if case.opd else case.number
    words = Truncator(finding).chars(SHOWN_OF_FINDING)
    return Entry(
        case.heading,
        case.get_absolute_url(),
        text=f"{place}. {words}" if words else place,
        state="overdue" if is_late else case.state,
        state_label=_("Overdue") if is_late else case.get_state_display(),
        due_on=case.due_on,
        is_late=is_late,
    )
