"""Whoever may not see a case finds it nowhere: by role, by the state of the case, by the page."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Role, User
from review.models import Case
from tests.people.factories import OpdFactory, log_in, person_with
from tests.review.case_desk import Desk, case_in, make_desk, relate

pytestmark = pytest.mark.django_db

STATES = (
    "new", "assigned", "in_review", "awaiting_clarification", "recommended", "decided", "closed",
    "reopened",
)  # fmt: skip


def kin_of_the_subject(desk: Desk, case: Case) -> User:
    inspector = person_with(Role.INSPECTOR, desk.inspectorate, name="Sepupu Sang Pemeriksa")
    relate(inspector, case.subject)
    return inspector


SEEING: dict[str, Callable[[Desk, Case], User]] = {
    "who works on it": lambda desk, _case: desk.inspector,
    "another inspector": lambda desk, _case: desk.colleague,
    "chief inspector": lambda desk, _case: desk.chief,
    "auditor": lambda _desk, _case: person_with(Role.AUDITOR, OpdFactory()),
}
READING_THE_TRAIL = ("chief inspector", "auditor")
HIDDEN: dict[str, Callable[[Desk, Case], User]] = {
    "inspector of the same OPD": lambda desk, _case: person_with(Role.INSPECTOR, desk.opd),
    "auditor of the same OPD": lambda desk, _case: person_with(Role.AUDITOR, desk.opd),
    "inspector who is kin": kin_of_the_subject,
    "subject": lambda _desk, case: case.subject,
    "superior": lambda desk, _case: desk.superior,
    "head of the OPD": lambda desk, _case: person_with(Role.OPD_HEAD, desk.opd),
    "OPD officer": lambda desk, _case: person_with(Role.OPD_OFFICER, desk.opd),
    "HR administrator": lambda _desk, _case: person_with(Role.HR_ADMINISTRATOR, OpdFactory()),
    "system administrator": lambda _desk, _case: person_with(
        Role.SYSTEM_ADMINISTRATOR, OpdFactory()
    ),
}


def surfaces(client: Client, case: Case) -> set[str]:
    """Where the case shows: its page, the list, the count, a search, the trail and its file."""
    every = {"keadaan": "semua"}
    queue = client.get(reverse("review:case_list"), every)
    found = client.get(reverse("review:case_list"), {**every, "q": case.subject.name})
    trail = b"".join(client.get(reverse("audit:list"))).decode()
    export = b"".join(client.post(reverse("audit:export"))).decode()
    shown = {
        "detail": client.get(case.get_absolute_url()).status_code == 200,
        "list": f">{case.number}" in queue.content.decode(),
        "count": bool(queue.context and getattr(queue.context.get("page"), "count", 0)),
        "search": f">{case.number}" in found.content.decode(),
        "trail": str(case.pk) in trail or case.number in trail,
        "export": str(case.pk) in export or case.number in export,
    }
    return {name for name, is_shown in shown.items() if is_shown}


@pytest.mark.parametrize("state", STATES)
def test_a_case_shows_everywhere_or_nowhere(client, state):
    desk = make_desk()
    case = case_in(state, desk)
    for who, make in SEEING.items():
        log_in(client, make(desk, case))
        trail = {"trail", "export"} if who in READING_THE_TRAIL else set()
        assert surfaces(client, case) >= {"detail", "list", "count", "search", *trail}, who
    for who, make in HIDDEN.items():
        log_in(client, make(desk, case))
        assert surfaces(client, case) == set(), who
