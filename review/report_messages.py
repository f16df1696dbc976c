"""Notices about reports: that there is one, never a word of it, and to nobody it may be about."""

import datetime
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notices.reminders import Reminder
from notices.services import notify
from people.models import Assignment, Opd, Role, RoleGrant, User
from review.models import ConflictReport
from review.report_querysets import HANDLERS

KINDS = {
    "review.report_received": _("A report from others has come"),
    "review.report_replied": _("A reporter has answered"),
    "review.report_stranded": _("A report that nobody in the Inspectorate may handle"),
    "review.report_late": _("Reports whose time limit is over"),
}


def holders_of(roles: tuple[Role, ...], *, on: datetime.date) -> Iterator[User]:
    held = RoleGrant.objects.running(on=on).filter(role__in=roles).values("user")
    return User.objects.active().filter(pk__in=held).order_by("pk").iterator()


def heads_of_secretariat(*, on: datetime.date) -> list[User]:
    heads = Assignment.objects.running(on=on).filter(
        post__is_opd_head=True, post__opd__kind=Opd.Kind.REGIONAL_SECRETARIAT
    )
    return list(User.objects.active().filter(pk__in=heads.values("user")).order_by("pk"))


def tell_received(report: ConflictReport, *, on: datetime.date) -> None:
    """To everybody who may handle it; else to the regional secretary; else to the auditors."""
    told = 0
    for person in holders_of(HANDLERS, on=on):
        if person.has_perm("review.view_conflictreport", report):
            told += 1
            notify(
                person,
                kind="review.report_received",
                title=_("A report from others has come"),
                body=_("Open the list of reports to begin the first check."),
                url=reverse("review:report_list"),
                dedupe_key=f"report:{report.pk}:received",
            )
    if not told and not _tell_secretary(report, on=on):
        _tell_auditors(report, on=on)


def _tell_secretary(report: ConflictReport, *, on: datetime.date) -> int:
    told = 0
    for person in heads_of_secretariat(on=on):
        if not person.has_perm("review.view_conflictreport", report):
            continue
        told += 1
        notify(
            person,
            kind="review.report_stranded",
            title=_("A report that nobody in the Inspectorate may handle"),
            body=_("It comes to you. Log in to the portal to read it and to act."),
            url=reverse("review:report_list"),
            dedupe_key=f"report:{report.pk}:stranded",
        )
    return told


def _tell_auditors(report: ConflictReport, *, on: datetime.date) -> None:
    apart = ConflictReport.objects.filter(pk=report.pk)
    for person in holders_of((Role.AUDITOR,), on=on):
        if apart.kept_from(person).exists():
            continue
        notify(
            person,
            kind="review.report_stranded",
            title=_("A report that nobody in the Inspectorate may handle"),
            body=_(
                "Everybody who could handle it may be touched by it. Its text stays sealed; a"
                " superior body has to be asked."
            ),
            dedupe_key=f"report:{report.pk}:stranded",
        )


def tell_replied(report: ConflictReport, message_id: str, *, on: datetime.date) -> None:
    """To whoever took it up, else to all who may."""
    people = [report.verified_by] if report.verified_by else list(holders_of(HANDLERS, on=on))
    for person in people:
        if person.has_perm("review.view_conflictreport", report):
            notify(
                person,
                kind="review.report_replied",
                title=_("A reporter has answered"),
                url=report.get_absolute_url(),
                dedupe_key=f"report:{report.pk}:{message_id}",
            )


def find_late_reports(*, on: datetime.date) -> Iterator[Reminder]:
    """Each handler, of how many reports that they may see are late."""
    for person in holders_of(HANDLERS, on=on):
        late = ConflictReport.objects.visible_to(person).overdue(on=on)
        if not person.has_role(Role.CHIEF_INSPECTOR):
            late = late.filter(Q(verified_by=person) | Q(verified_by=None))
        if number := late.count():
            yield Reminder(
                user=person,
                key="reports",
                kind="review.report_late",
                title=_("%(count)s reports are past their time limit") % {"count": number},
                url=f"{reverse('review:report_list')}?keadaan=overdue",
            )
