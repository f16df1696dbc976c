"""What the Inspectorate asks me: on the home page, and as a list of my own."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from declarations.panels import MOST_ENTRIES, TASKS, Entry, Panel
from people.models import User
from review.services import questions
from review.services.questions import Asked

# A flag has one open question at a time, a case two.
MOST_WAITING = 200
SHOWN_OF_QUESTION = 200


def question_panels(user: User, on: datetime.date) -> Iterator[Panel]:
    """Nothing when nothing was asked; one query."""
    found = questions.waiting_for(user, most=MOST_ENTRIES + 1)
    if not found:
        return
    has_more = len(found) > MOST_ENTRIES
    yield Panel(
        TASKS,
        _("The Inspectorate asks you"),
        tuple(_entry(asked, on) for asked in found[:MOST_ENTRIES]),
        icon="comment",
        more_url=reverse("review:question_list"),
        more_label=_("See all") if has_more else _("The whole list"),
        order=5,
    )


def _entry(asked: Asked, on: datetime.date) -> Entry:
    is_late = asked.is_late(on)
    return Entry(
        asked.label,
        asked.url,
        text=Truncator(asked.question).chars(SHOWN_OF_QUESTION),
        state="overdue" if is_late else "",
        state_label=_("Overdue") if is_late else "",
        due_on=asked.due_on,
        is_late=is_late,
        action=_("Answer"),
        action_url=asked.url,
    )


class QuestionListView(TemplateView):
    """One's own questions, whoever one is: what waits, and what was answered."""

    template_name = "review/cases/questions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        on = timezone.localdate()
        waiting = questions.waiting_for(user, most=MOST_WAITING)
        return super().get_context_data(
            waiting=[(asked, asked.is_late(on)) for asked in waiting],
            past=questions.answered_by(user),
            back_url=reverse("declarations:home"),
            **kwargs,
        )
