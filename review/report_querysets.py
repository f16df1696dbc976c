"""Reports from others as lists: who may see which, and which are late.

A report is kept from everybody it may be about, from their line upwards and downwards, from their
kin and from their OPD, whatever role somebody holds: `kept_from` is that wall for all roles,
`visible_to` adds who handles reports at all. Staff of the Inspectorate itself are left to the
chief inspector (fact sheet of the domain, 4.5), who is never above the own case. What nobody of
the Inspectorate may handle (`stranded`) goes to the regional secretary, who reads nothing else.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from mapping.policies import leads_secretariat
from people.hierarchy import everybody_below
from people.models import Opd, Role, RoleGrant
from review.conflict_free import Bars, bars_of, bars_of_all
from review.report_states import ReportState, SubjectStanding

if TYPE_CHECKING:
    from people.models import User

HANDLERS = (Role.INSPECTOR, Role.CHIEF_INSPECTOR)


class ConflictReportQuerySet(models.QuerySet):
    def kept_from(self, user: User) -> Self:
        """What `user` must not even know of."""
        return self.filter(self._wall(user))

    def visible_to(self, user: User) -> Self:
        """The list form of `review.view_conflictreport`."""
        if not user.is_active:
            return self.none()
        if user.has_any_role(*HANDLERS):
            return self.exclude(self._wall(user))
        if leads_secretariat(user):
            return self.stranded(on=timezone.localdate()).exclude(self._wall(user))
        return self.none()

    def stranded(self, *, on: datetime.date) -> Self:
        """Those around which the wall shuts out every inspector and the chief inspector."""
        grants = RoleGrant.objects.running(on=on).filter(role__in=HANDLERS, user__is_active=True)
        handlers, chiefs = {}, set()
        for grant in grants.select_related("user"):
            handlers[grant.user_id] = grant.user
            if grant.role == Role.CHIEF_INSPECTOR:
                chiefs.add(grant.user_id)
        found = self
        for key, bars in bars_of_all(handlers.values(), on=on, chiefs=chiefs).items():
            wall = self._wall_of(handlers[key], bars, is_above=key in chiefs, on=on)
            found = found.filter(wall)
        return found

    @classmethod
    def _wall(cls, user: User) -> Q:
        on = timezone.localdate()
        is_above = user.has_role(Role.CHIEF_INSPECTOR) or leads_secretariat(user)
        return cls._wall_of(user, bars_of(user, on=on), is_above=is_above, on=on)

    @staticmethod
    def _wall_of(user: User, bars: Bars, *, is_above: bool, on: datetime.date) -> Q:
        """`is_above`: the Inspectorate's own people are left to this person."""
        below = Q(user__in=everybody_below(user, on=on))
        if is_above:
            below &= ~Q(opd__kind=Opd.Kind.INSPECTORATE)
        meant = (
            apps.get_model("review", "ReportSubject")
            .objects.filter(standing__in=SubjectStanding.KEPT_OUT)
            .filter(below | bars.meet("user", "opd", key="name_key"))
        )
        # Not EXISTS: that is planned as if it were asked anew for each report.
        return Q(pk__in=meant.values("report")) | Q(reported_opd__in=bars.opds)

    def open(self) -> Self:
        return self.filter(state__in=ReportState.OPEN)

    def overdue(self, *, on: datetime.date) -> Self:
        """The first check or the decision is late."""
        return self.filter(
            Q(state__in=ReportState.UNVERIFIED, verify_due_on__lt=on)
            | Q(state__in=ReportState.UNDECIDED, decide_due_on__lt=on)
        )

    def filtered(self, *, state: str, kind: str, text: str, on: datetime.date) -> Self:
        """What is given narrows the list; `text` is a number such as LAP/2026/0007."""
        found = self
        if state == "open":
            found = found.open()
        elif state == "overdue":
            found = found.overdue(on=on)
        elif state:
            found = found.filter(state=state)
        if kind:
            found = found.filter(is_named=kind == "named")
        if text:
            found = found.filter(number=text.upper())
        return found

    def for_list(self) -> Self:
        unread = apps.get_model("review", "ReportMessage").objects.filter(
            report=OuterRef("pk"), to_reporter=False, read_at=None
        )
        return (
            self.select_related("reported_opd").annotate(has_news=Exists(unread)).defer("answers")
        )


class FormerOfficialQuerySet(models.QuerySet):
    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)

    def cooling_off(self, *, on: datetime.date) -> Self:
        """Those whose time of waiting is running."""
        return self.standing().filter(ended_on__lte=on, cooling_until__gte=on)

    def filtered(self, *, which: str, name_key: str, on: datetime.date) -> Any:
        found = {
            "running": self.cooling_off(on=on),
            "removed": self.filter(removed_at__isnull=False),
        }
        chosen = found.get(which, self.standing())
        return chosen.filter(name_key__contains=name_key) if name_key else chosen
