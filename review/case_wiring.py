"""Cases: menu, words, notices, reminders, the clock, who reads the letters."""

import datetime
from collections.abc import Iterator

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from audit import presentation, veils
from common.addresses import address
from declarations import panels, state_diagrams
from declarations.seeding import afterwards
from jobs import schedule
from notices import reminders
from people import navigation
from people.models import User
from review import case_messages, case_policies, case_tasks  # noqa: F401 -- adds permissions
from review.case_seeding import seed_cases
from review.case_sentences import SENTENCES
from review.models import Case
from review.services import case_reminders, handovers
from review.states import CASE_TRANSITIONS, CaseState
from review.views.case_home import case_panels
from review.views.questions import question_panels
from statements.policies import register_viewer


def menu(user: User) -> Iterator[navigation.Item]:
    if user.has_perm("review.list_case"):
        yield navigation.Item(_("Cases"), address("review:case_list"), "folder", order=47)


def veil(user: User) -> Q:
    """The trail says nothing of cases that a reader of everything is tied to."""
    kept = Case.objects.kept_from(user).annotate(key=Cast("pk", TextField())).values("key")
    return Q(target_type="review.case", target_id__in=kept)


def wire() -> None:
    state_diagrams.register("A case of the Inspectorate", CaseState, CASE_TRANSITIONS)
    presentation.register_all(SENTENCES)
    case_messages.register_kinds()
    navigation.register(menu)
    panels.register(question_panels)
    panels.register(case_panels)
    veils.register(veil)
    afterwards.register(seed_cases)
    reminders.register("review.cases_due", case_reminders.find_cases_due)
    reminders.register("review.answers_due", case_reminders.find_answers_due)
    schedule.register(
        "review.lapse_case_requests",
        case_tasks.lapse_case_requests,
        every=datetime.timedelta(minutes=30),
    )
    register_viewer(
        handovers.KIND, handovers.may_view, handovers.visible_documents, handovers.ties
    )
