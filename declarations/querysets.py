"""Filters over declarations: adjectives, and who may see what (`visible_to`)."""

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from people import hierarchy
from people.roles import Role

if TYPE_CHECKING:
    from people.models import User


class AboutMatterQuerySet(models.QuerySet):
    """Of what is said about a matter."""

    def about(self, words: str) -> Self:
        """The matter's title or number holds the words; of a draft the title as typed."""
        return self.filter(
            Q(matter__title__icontains=words)
            | Q(matter__number__icontains=words)
            | Q(matter__isnull=True, draft__decision__title__icontains=words)
        )


class InterestRegisterQuerySet(models.QuerySet):
    """Registers of interests (F1)."""

    def visible_to(self, user: "User") -> Self:
        """The rows `user` may see: the list form of `policies.registers.can_view`."""
        if not user.is_active:
            return self.none()
        if user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR):
            return self.filter(Q(declarant=user) | Q(sent_at__isnull=False))
        theirs = Q(opd__in=user.standing.officer_opd_ids) | Q(declarant__in=_below(user))
        return self.filter(Q(declarant=user) | theirs & Q(sent_at__isnull=False))

    def open(self) -> Self:
        """On the declarant's desk: being written or sent back."""
        return self.filter(state__in=("draft", "returned"))

    def to_check(self, user: "User") -> Self:
        """Sent registers that `user`, as officer of the OPD, has to check; never their own."""
        officer_of = user.standing.officer_opd_ids
        return self.filter(state="sent", opd__in=officer_of).exclude(declarant=user)

    def to_acknowledge(self, user: "User") -> Self:
        """Registers of one's people that still lack the superior's signature."""
        return self.filter(
            state__in=("sent", "accepted"),
            acknowledged_at__isnull=True,
            document__isnull=False,
            declarant__in=_below(user),
        )

    def of_others(self, user: "User") -> Self:
        """What was sent by others and `user` may read."""
        return self.visible_to(user).filter(sent_at__isnull=False).exclude(declarant=user)

    def matching(self, *, year: int | None, state: str, name: str) -> Self:
        """Those that a filter form asks for; an empty value asks nothing."""
        rows = self.filter(year=year) if year else self
        rows = rows.filter(state=state) if state else rows
        return rows.filter(declarant__name__icontains=name) if name else rows

    def late(self, *, on: datetime.date) -> Self:
        return self.open().filter(due_on__lt=on)

    def for_list(self) -> Self:
        return self.select_related("declarant", "opd", "document", "post").defer(
            "draft", "document__content"
        )


def _below(user: "User") -> Any:
    """Whose nearest superior `user` is today, as a part of the query that asks."""
    if not user.has_role(Role.SUPERIOR):
        return []
    return hierarchy.directly_below(user, on=timezone.localdate())


class InterestQuerySet(models.QuerySet):
    """Declared interests."""

    def in_force(self) -> "InterestQuerySet":
        return self.filter(register__state__in=("sent", "returned", "accepted"))


class DecisionStatementQuerySet(AboutMatterQuerySet):
    """Statements before a decision (F2)."""

    def visible_to(self, user: "User") -> Self:
        """The rows `user` may see: the list form of `policies.statements.can_view`."""
        if not user.is_active:
            return self.none()
        own = Q(declarant=user)
        if user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR):
            return self.filter(own | Q(sent_at__isnull=False))
        opds = user.standing.officer_opd_ids | user.standing.headed_opd_ids
        theirs = Q(opd__in=opds) | Q(declarant__in=_below(user))
        return self.filter(own | theirs & Q(sent_at__isnull=False))

    def open(self) -> Self:
        return self.filter(state="draft")

    def for_list(self) -> Self:
        return self.select_related("declarant", "opd", "document", "matter").defer(
            "document__content"
        )


class ConflictDeclarationQuerySet(AboutMatterQuerySet):
    """Declarations of conflict (F3)."""

    def visible_to(self, user: "User") -> Self:
        """The rows `user` may see: the list form of `policies.conflicts.can_view`."""
        if not user.is_active:
            return self.none()
        own = Q(declarant=user)
        if user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR):
            return self.filter(own | Q(sent_at__isnull=False))
        decisions = self.model.decisions.rel.related_model.objects
        decided = decisions.filter(decider=user).exclude(state="discarded").values("conflict")
        theirs = (
            Q(handler=user)
            | Q(pk__in=decided)
            | Q(opd__in=user.standing.officer_opd_ids, is_confidential=False)
        )
        return self.filter(own | theirs & Q(sent_at__isnull=False))

    def open(self) -> Self:
        return self.filter(state="draft")

    def awaiting(self) -> Self:
        """Sent, and not decided yet."""
        return self.filter(state__in=("sent", "under_review", "needs_data", "escalated"))

    def to_decide(self, user: "User") -> Self:
        """On the desk of `user`, the most urgent first when ordered by `due_on`."""
        return self.awaiting().filter(handler=user)

    def overdue(self, *, on: datetime.date) -> Self:
        return self.awaiting().filter(due_on__lt=on)

    def with_suspension(self) -> Self:
        """`suspended_since` and `is_suspended_for_good`, null while nothing runs."""
        running = self.model.suspensions.rel.related_model.objects.filter(
            conflict=OuterRef("pk"), ended_at__isnull=True
        )
        return self.annotate(
            suspended_since=Subquery(running.values("started_at")[:1]),
            is_suspended_for_good=Subquery(running.values("is_lasting")[:1]),
        )

    def for_list(self) -> Self:
        return self.select_related(
            "declarant", "opd", "document", "matter", "source", "handler"
        ).defer("draft", "document__content")


class SuperiorDecisionQuerySet(models.QuerySet):
    """Superiors' decisions (F5)."""

    def visible_to(self, user: "User") -> Self:
        """The rows `user` may see: the list form of `policies.decisions.can_view`."""
        if not user.is_active:
            return self.none()
        measures = self.model.measures.rel.related_model.objects
        steps_in = Q(pk__in=measures.filter(replacement=user).values("decision"))
        return self.filter(self._readable(user) | steps_in & Q(signed_at__isnull=False))

    def readable_by(self, user: "User") -> Self:
        """With the findings: the list form of `policies.decisions.can_read`."""
        return self.filter(self._readable(user)) if user.is_active else self.none()

    def _readable(self, user: "User") -> Q:
        own = Q(decider=user)
        signed = Q(signed_at__isnull=False)
        if user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR):
            return own | signed
        theirs = Q(conflict__declarant=user) | Q(
            opd__in=user.standing.officer_opd_ids, conflict__is_confidential=False
        )
        return own | theirs & signed

    def for_list(self) -> Self:
        return self.select_related(
            "conflict__declarant", "conflict__matter", "opd", "document", "decider"
        ).defer("draft", "document__content", "conflict__draft")


class ControlPlanQuerySet(models.QuerySet):
    """Control plans (F6)."""

    def visible_to(self, user: "User") -> Self:
        """The rows `user` may see: the list form of `policies.plans.can_view`."""
        if not user.is_active:
            return self.none()
        leads = _leads(user) | Q(decision__decider=user) & ~Q(conflict__declarant=user)
        started = Q(started_at__isnull=False)
        if user.has_any_role(Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR):
            return self.filter(leads | started)
        tasks = self.model.tasks.rel.related_model.objects
        theirs = (
            Q(conflict__declarant=user)
            | Q(pk__in=tasks.filter(owner=user).values("plan"))
            | Q(opd__in=user.standing.officer_opd_ids, conflict__is_confidential=False)
        )
        return self.filter(leads | theirs & started)

    def for_list(self) -> Self:
        return self.select_related(
            "conflict__declarant", "conflict__handler", "conflict__matter", "opd", "document"
        ).defer("draft", "document__content", "conflict__draft", "decision__draft")

    def waiting_for(self, user: "User", *, on: datetime.date) -> Self:
        """Plans that lack a step of `user`: to sign, to agree to, to judge, to evaluate."""
        reported = self._tasks().filter(plan=OuterRef("pk"), state="done").exclude(owner=user)
        return self.filter(
            _leads(user) & Q(state="draft")
            | _leads(user) & Q(state="active") & (Exists(reported) | self._evaluation_due(on))
            | Q(conflict__declarant=user, state="active", agreed_at=None, document__isnull=False)
        )

    def late(self, *, on: datetime.date) -> Self:
        """Running, with a task after its last day or an evaluation that was not made."""
        tasks = self._tasks().filter(plan=OuterRef("pk"), state="open", due_on__lt=on)
        return self.filter(Q(state="active") & (Exists(tasks) | self._evaluation_due(on)))

    def evaluation_due(self, *, on: datetime.date) -> Self:
        return self.filter(Q(state="active") & self._evaluation_due(on))

    def with_task_counts(self, *, on: datetime.date) -> Self:
        """Of the tasks: `task_count`, and how many are settled, late, reported. One join."""
        settled, late = Q(tasks__state__in=("confirmed", "cancelled")), Q(tasks__due_on__lt=on)
        return self.annotate(
            task_count=Count("tasks"),
            settled_count=Count("tasks", filter=settled),
            late_count=Count("tasks", filter=late & Q(tasks__state="open")),
            reported_count=Count("tasks", filter=Q(tasks__state="done")),
            is_evaluation_due=Case(
                When(Q(state="active") & self._evaluation_due(on), then=True), default=False
            ),
        )

    def _tasks(self) -> models.QuerySet:
        return self.model.tasks.rel.related_model.objects.all()

    def _evaluation_due(self, on: datetime.date) -> Combinable:
        follow_ups = self.model.follow_ups.rel.related_model.objects
        made = follow_ups.filter(plan=OuterRef("pk"), evaluated_on__gte=OuterRef("review_on"))
        return Q(review_on__lte=on) & ~Exists(made)


def _leads(user: "User") -> Q:
    """The list form of `policies.plans.leads_plan`."""
    return Q(conflict__handler=user) & ~Q(conflict__declarant=user)


class ControlTaskQuerySet(models.QuerySet):
    """Tasks of control plans."""

    def visible_to(self, user: "User") -> Self:
        """Those of the plans that `user` may see, and their own."""
        plans = self.model.plan.field.related_model.objects.visible_to(user)
        return self.filter(Q(owner=user) | Q(plan__in=plans.values("pk")))

    def open_for(self, user: "User") -> Self:
        return self.filter(owner=user, state="open", plan__state="active")

    def due_by(self, day: datetime.date) -> Self:
        return self.filter(state="open", plan__state="active", due_on__lte=day)

    def for_list(self) -> Self:
        return self.select_related(
            "owner",
            "measure",
            "plan__document",
            "plan__opd",
            "plan__decision",
            "plan__conflict__declarant",
            "plan__conflict__matter",
        ).defer(
            "plan__draft",
            "plan__document__content",
            "plan__decision__draft",
            "plan__conflict__draft",
        )
