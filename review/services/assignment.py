"""Who could take a case, and why the others can't: the conflict-free assignment.

The one picked has the fewest cases on the desk and, of equals, the fewest ties (OPDs, kin,
superiors) that keep them out of cases. A chief inspector comes last: they have to decide.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from people.models import RoleGrant, User
from people.roles import Role
from review.conflict_free import Bar, Bars, bars_of_all
from review.models import Case
from review.states import CaseState

REVIEWERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR)


@dataclass(frozen=True, slots=True)
class Candidate:
    """`bars` says why not; `load` is the number of cases on the desk."""

    user: User
    load: int
    ties: int
    bars: tuple[Bar, ...]
    is_chief: bool

    @property
    def is_possible(self) -> bool:
        return not self.bars

    @property
    def rank(self) -> tuple:
        # The chief decides, so they review only when nobody else can.
        return (bool(self.bars), self.is_chief, self.load, self.ties, self.user.name)


@dataclass(frozen=True, slots=True)
class Pool:
    """Everybody with the role today, read once for any number of cases. Four queries."""

    people: tuple[User, ...]
    chiefs: frozenset[uuid.UUID]
    bars: dict[uuid.UUID, Bars]
    loads: dict[uuid.UUID, int]

    def candidates(self, case: Case) -> list[Candidate]:
        """The best first; those who may not take it at the end, with the reasons."""
        found = [
            Candidate(
                user=user,
                load=self.loads.get(user.pk, 0),
                ties=_ties(self.bars[user.pk]),
                bars=self.bars[user.pk].against(
                    case.subject_id, case.opd_id, key=case.subject_key
                ),
                is_chief=user.pk in self.chiefs,
            )
            for user in self.people
        ]
        return sorted(found, key=lambda candidate: candidate.rank)

    def best(self, case: Case) -> Candidate | None:
        first = next(iter(self.candidates(case)), None)
        return first if first is not None and first.is_possible else None

    def add_load(self, user: User) -> None:
        """A case was given to `user` meanwhile: the next one goes to somebody else."""
        self.loads[user.pk] = self.loads.get(user.pk, 0) + 1


def pool(*, on: datetime.date) -> Pool:
    grants = RoleGrant.objects.running(on=on).filter(role__in=REVIEWERS, user__is_active=True)
    rows = list(grants.select_related("user").order_by("user__name", "user_id", "pk"))
    people = tuple({grant.user_id: grant.user for grant in rows}.values())
    return Pool(
        people=people,
        chiefs=_chiefs(rows),
        bars=bars_of_all(people, on=on, chiefs=_chiefs(rows)),
        loads=_loads(people),
    )


def leaders(case: Case, *, on: datetime.date) -> list[User]:
    """The chief inspectors who may decide on the case: free of conflict, not its recommender."""
    found = pool(on=on)
    return [
        candidate.user
        for candidate in found.candidates(case)
        if candidate.is_possible
        and candidate.is_chief
        and candidate.user.pk != case.recommended_by_id
    ]


def _chiefs(rows: Iterable[RoleGrant]) -> frozenset[uuid.UUID]:
    return frozenset(g.user_id for g in rows if g.role == Role.CHIEF_INSPECTOR)


def _ties(bars: Bars) -> int:
    return len(bars.opds) + len(bars.kin) + len(bars.names) + len(bars.superiors)


def _loads(people: Iterable[User]) -> dict[uuid.UUID, int]:
    held = Case.objects.filter(assignee__in=list(people), state__in=CaseState.HELD)
    return dict(held.order_by().values_list("assignee").annotate(Count("pk")))
