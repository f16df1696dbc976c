"""Cases for the demonstration, opened from the flags of the rules and walked to each state.

Everything goes through the workflow, so that the story holds: who took it, who recommended, who
decided. A province of more than `MOST_PEOPLE` is left without: it is made to be measured, and
its nightly run opens the cases.
"""

import datetime
import random
from collections.abc import Callable, Iterator

from django.utils import timezone

from declarations.workflow.base import TransitionError
from people import calendar
from people.models import User
from people.proof import Proof
from review.models import Case
from review.services import assignment, marking
from review.states import Outcome
from review.workflow import case_decisions, case_requests, cases, flag_runs

MOST_PEOPLE = 5_000
NOTHING = "Data di daftar kepentingan, pernyataan, dan peta risiko dibandingkan; tidak ada temuan."
SOMETHING = (
    "Perusahaan yang dideklarasikan menjadi pihak dalam keputusan yang ditangani pejabat ini."
)
QUESTION = "Mohon jelaskan sejak kapan kepentingan ini ada dan apa peran Anda."


def seed_cases(*, on: datetime.date, seed: int = 1) -> int:
    """The number of cases; the same seed gives the same story."""
    if User.objects.count() > MOST_PEOPLE:
        return 0
    flag_runs.run_all(at=timezone.now())
    rng = random.Random(f"{seed}:cases")  # noqa: S311 -- a story, no secret
    found = list(Case.objects.open().select_related("subject", "opd").order_by("-score", "number"))
    _spread(found, on, rng)
    for case, step in zip(found, _steps(), strict=False):
        try:
            step(Case.objects.get(pk=case.pk))
        except TransitionError:
            continue  # Nobody is free of conflict, or nothing was signed: it stays as it is.
    return len(found)


def _spread(found: list[Case], on: datetime.date, rng: random.Random) -> None:
    """Opened within the last weeks; a few are past their limit."""
    for case in found:
        opened_on = on - datetime.timedelta(days=rng.randint(1, 16))
        hour = datetime.time(rng.randint(8, 15), rng.randint(0, 59))
        case.opened_at = timezone.make_aware(datetime.datetime.combine(opened_on, hour))
        case.due_on = calendar.add_working_days(opened_on, case.limit.value)
    Case.objects.bulk_update(found, ["opened_at", "due_on"])


def _steps() -> Iterator[Callable[[Case], object]]:
    """What becomes of them, the weightiest first; the rest waits in the queue."""
    yield from (_wait, _wait, _take, _recommend_something, _ask, _wait, _examine)
    yield from (_recommend_nothing, _close, _take, _send_back, _assign, _close, _reopen)
    while True:
        yield _wait


def _wait(case: Case) -> None:
    return None


def _assign(case: Case) -> Case:
    best = assignment.pool(on=timezone.localdate()).best(case)
    if best is None or best.is_chief:
        raise TransitionError
    return cases.assign(case, to=best.user, by=_chief(case, besides=best.user))


def _take(case: Case) -> Case:
    case = _assign(case)
    return cases.claim(case, by=_holder(case))


def _ask(case: Case) -> object:
    case = _take(case)
    groups = marking.places_of(case.subject) if case.subject else []
    keys = [place.key for group in groups[:1] for place in group.places[:2]]
    return case_requests.ask(case, by=_holder(case), question=QUESTION, keys=keys)


def _recommend(case: Case, outcome: str, reasons: str) -> Case:
    case = _take(case)
    return cases.recommend(case, by=_holder(case), outcome=outcome, reasons=reasons)


def _recommend_something(case: Case) -> Case:
    return _recommend(case, Outcome.NEEDS_CORRECTION, SOMETHING)


def _recommend_nothing(case: Case) -> Case:
    return _recommend(case, Outcome.CONFORMING, NOTHING)


def _decide(case: Case, outcome: str, reasons: str) -> Case:
    case = _recommend(case, outcome, reasons)
    chief = _chief(case, besides=_holder(case))
    ruling = case_decisions.Ruling(outcome, reasons)
    return case_decisions.decide(
        case, ruling=ruling, by=chief, proof=Proof(chief.pk, "password", timezone.now())
    )


def _close(case: Case) -> Case:
    return _decide(case, Outcome.CLOSED, NOTHING)


def _examine(case: Case) -> Case:
    return _decide(case, Outcome.EXAMINATION, SOMETHING)


def _send_back(case: Case) -> Case:
    return _decide(case, Outcome.NEEDS_CORRECTION, SOMETHING)


def _reopen(case: Case) -> Case:
    case = _close(case)
    chief = _chief(case, besides=_holder(case))
    return case_decisions.reopen(case, by=chief, reason="Ada dokumen baru.")


def _holder(case: Case) -> User:
    if case.assignee is None:
        raise TransitionError
    return case.assignee


def _chief(case: Case, *, besides: User) -> User:
    found = (user for user in assignment.leaders(case, on=timezone.localdate()))
    chief = next((user for user in found if user.pk != besides.pk), None)
    if chief is None:
        raise TransitionError
    return chief
