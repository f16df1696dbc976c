"""Cases and what is asked in them, as lists: adjectives, and who may see what."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone

from people.models import User
from people.roles import Role
from review.conflict_free import Bars, bars_of
from review.states import CaseState

MOST_URGENT = ("-score", "-opened_at", "-pk")
READERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user: User, *, bars: Bars | None = None) -> Self:
        """The rows `user` may see: the list form of `case_policies.can_view`.

        `bars` are theirs, where they were asked for already.
        """
        if not user.has_any_role(*READERS):
            return self.none()
        bars = bars or bars_of(user, on=timezone.localdate())
        return self.filter(bars.allow("subject", "opd", key="subject_key"))

    def kept_from(self, user: User) -> Self:
        """What ties `user`, whatever role they hold: not even its events are theirs to read."""
        bars = bars_of(user, on=timezone.localdate())
        return self.filter(bars.meet("subject", "opd", key="subject_key"))

    def open(self) -> Self:
        return self.filter(state__in=CaseState.OPEN)

    def free(self) -> Self:
        return self.filter(state__in=CaseState.FREE)

    def held_by(self, user: User) -> Self:
        return self.filter(assignee=user, state__in=CaseState.HELD)

    def waiting_for(self, user: User) -> list[Self]:
        """What `user` should do next, by urgency: to decide, on their desk, on nobody's desk."""
        rows = self.visible_to(user).order_by(*MOST_URGENT)
        steps = [rows.filter(assignee=user, state__in=("assigned", "in_review")), rows.free()]
        if user.has_perm("review.lead_cases"):
            to_decide = rows.filter(state="recommended").exclude(recommended_by=user)
            steps.insert(0, to_decide)
        return steps

    def first_for(self, user: User, *, number: int) -> Self:
        """The first of all steps of `waiting_for`, in their order; one query."""
        # Of plain rows: what `self` annotates would be worked out again for every step.
        steps = self.model.objects.waiting_for(user)
        first, *others = [step.values("pk")[:number] for step in steps]
        step = Case(When(state="recommended", then=0), When(assignee=user, then=1), default=2)
        rows = self.filter(pk__in=first.union(*others, all=True)).annotate(step=step)
        return rows.order_by("step", *MOST_URGENT)[:number]

    def overdue(self, *, on: datetime.date) -> Self:
        return self.open().filter(due_on__lt=on)

    def about(self, words: str) -> Self:
        """By the case's number, its title, or the name or NIP of its subject."""
        everything = self.model.objects.order_by()
        named = everything.filter(Q(number__icontains=words) | Q(title__icontains=words))
        people = User.objects.order_by().matching(words).values("pk")
        # Each by its own index; one filter with OR would read every case.
        found = named.values("pk").union(everything.filter(subject__in=people).values("pk"))
        return self.filter(pk__in=found)

    def for_list(self) -> Self:
        return self.select_related("subject", "opd", "assignee").defer(
            "recommendation_reasons", "decision_reasons"
        )

    def for_detail(self) -> Self:
        return self.select_related(
            "subject", "opd", "assignee", "recommended_by", "decided_by", "limit"
        )


class CaseRequestQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True, ended_at__isnull=True)

    def past(self) -> Self:
        return self.exclude(answered_at__isnull=True, ended_at__isnull=True)

    def visible_to(self, user: User) -> Self:
        """One's own questions to answer; inspectors read them on the page of the case."""
        return self.filter(addressee=user) if user.is_active else self.none()

    def overdue(self, *, on: datetime.date) -> Self:
        return self.waiting().filter(due_on__lt=on)
