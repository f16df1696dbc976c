"""Filters over flags and the versions of rules: adjectives, and who may see what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Q, Sum, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from people.roles import Role
from review.conflict_free import bars_of
from review.flag_states import ON_REPORT, ON_REPORT_KEY, FlagState
from review.states import CaseState

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from declarations.models import ConflictDeclaration
    from people.models import User
    from review.models import Case, Flag

# Lower and upper end of a level of weight, in thousandths.
LEVELS = {"tinggi": (700, 1000), "sedang": (300, 699), "rendah": (0, 299)}
WEIGHTIEST = ("-weight", "pk")
READERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR, Role.AUDITOR)


class RuleVersionQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(is_current=True)


class FlagQuerySet(models.QuerySet):
    """Flags; a colleague of the declarant never sees one, nor its part in a score."""

    def visible_to(self, user: User) -> Self:
        """The rows `user` may see: the list form of `review.view_flag`."""
        if not user.is_active or not user.has_any_role(*READERS):
            return self.none()
        tied, reported = _bars(user)
        return self.exclude(tied | reported)

    def kept_from(self, user: User) -> Self:
        """What ties `user`, or rests on a report they must not know of, whatever their role."""
        tied, reported = _bars(user)
        return self.filter(tied | reported)

    def all_kept_from(self, user: User) -> Self:
        """The same, to be counted: each by its own index, where OR would read every flag."""
        tied, reported = (self.order_by().filter(part).values("pk") for part in _bars(user))
        return self.filter(pk__in=tied.union(reported))

    def live(self) -> Self:
        return self.filter(state__in=FlagState.LIVE)

    def holding(self, conflict: ConflictDeclaration) -> Self:
        """On that declaration, and not judged: open, or confirmed in a case that is open."""
        undecided = Q(state=FlagState.OPEN) | Q(
            state=FlagState.CONFIRMED, case__state__in=CaseState.OPEN
        )
        return self.filter(
            undecided,
            is_queued=True,
            people__contains=[conflict.declarant_id],
            key__contains=str(conflict.pk),
        )

    def by_weight(self) -> Self:
        """The weightiest first, as the list shows them."""
        return self.order_by("-weight", "-changed_at", "-pk")

    def after(self, flag: Flag) -> Self:
        """Those that come after `flag` in the list."""
        later = Q(changed_at__lt=flag.changed_at) | Q(changed_at=flag.changed_at, pk__lt=flag.pk)
        return self.filter(Q(weight__lt=flag.weight) | Q(later, weight=flag.weight))

    def numbers(self) -> dict[str, int]:
        """How many are open, by level, and how many are confirmed: one query."""
        is_open = Q(state=FlagState.OPEN)
        levels = {
            name: Count("pk", filter=is_open & Q(weight__range=ends))
            for name, ends in LEVELS.items()
        }
        return self.order_by().aggregate(
            open=Count("pk", filter=is_open),
            confirmed=Count("pk", filter=Q(state=FlagState.CONFIRMED)),
            **levels,
        )

    def weightiest_of(self, cases: Collection[Case]) -> dict[uuid.UUID, str]:
        """By case: the sentence of its weightiest live flag, of those asked for."""
        found = self.live().filter(case__in=cases).order_by("case", *WEIGHTIEST)
        return dict(found.distinct("case").values_list("case", "sentence"))

    def weightiest_sentence(self) -> models.QuerySet:
        """The same as a subquery of a query over cases."""
        found = self.live().filter(case=OuterRef("pk")).order_by(*WEIGHTIEST)
        return found.values("sentence")[:1]

    def of_subject(self, user: User) -> Self:
        return self.filter(subject=user)

    def scores(self) -> models.QuerySet:
        """The sum of weights of each subject with a live flag, in thousandths, unbounded."""
        live = self.live().filter(subject__isnull=False).order_by()
        return live.values("subject").annotate(score=Sum("weight"))

    def for_list(self) -> Self:
        return self.select_related("subject", "opd", "rule_version")


def _bars(user: User) -> tuple[Q, Q]:
    """What ties them, and what rests on a report that they must not know of."""
    bars = bars_of(user, on=timezone.localdate())
    # Nor one that rests on what they or their kin declared.
    declared = Q(people__overlap=[bars.user_id, *bars.kin])
    reported = Q(rule=ON_REPORT, key__in=keys_on_reports_kept_from(user))
    return bars.meet("subject", "opd") | declared, reported


def keys_on_reports_kept_from(user: User) -> models.QuerySet:
    """The keys of flags on them, that there are or that a rule would raise."""
    kept = apps.get_model("review", "ConflictReport").objects.kept_from(user)
    named = apps.get_model("review", "ReportSubject").objects.filter(report__in=kept)
    parts = (
        Value(ON_REPORT_KEY),
        Cast("report_id", models.TextField()),
        Value(":"),
        Cast("user_id", models.TextField()),
    )
    return named.order_by().values_list(Concat(*parts, output_field=models.TextField()))


class FlagReplyQuerySet(models.QuerySet):
    def for_addressee(self, user: User) -> Self:
        return self.filter(addressee=user) if user.is_active else self.none()

    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True)

    def past(self) -> Self:
        return self.filter(answered_at__isnull=False)
