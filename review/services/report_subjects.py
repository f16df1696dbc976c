"""Whom a report may be about: found by the typed name, before anybody has read the report.

Everybody who may be meant is kept out at once. A name of one word is too common to keep out a
province: it counts within the OPD named, and among those who handle reports.
"""

import datetime
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from audit.services import record
from matching import names
from people.models import Opd, RoleGrant, User
from review.models import ConflictReport, ReportSubject
from review.report_messages import tell_received
from review.report_querysets import HANDLERS
from review.report_states import ReportState, SubjectStanding
from review.services.report_errors import ReportError

MOST_COMPARED = 5_000
MOST_CANDIDATES = 50
SHORTEST_WORD = 3


def candidates(name: str, opd: Opd | None, *, on: datetime.date) -> list[User]:
    """People whose name is like the typed one, the likest first."""
    words = [word for word in names.words(name.split(",")[0]) if len(word) >= SHORTEST_WORD]
    if not words:
        return []
    shared = sum(
        (Case(When(name__icontains=word, then=1), default=0) for word in set(words)), Value(0)
    )
    people = User.objects.annotate(shared=shared).filter(shared__gt=0)
    if " " not in names.person_key(name):
        people = people.filter(_nearby(opd, on=on))
        return list(people.order_by("name", "pk")[:MOST_CANDIDATES])
    scored = [
        (names.person_likeness(name, person.name), person)
        for person in people.order_by("-shared", "pk")[:MOST_COMPARED]
    ]
    alike = [(score, person) for score, person in scored if score >= names.LIKE]
    alike.sort(key=lambda pair: (-pair[0], pair[1].name))
    return [person for _score, person in alike[:MOST_CANDIDATES]]


def _nearby(opd: Opd | None, *, on: datetime.date) -> Q:
    handlers = RoleGrant.objects.running(on=on).filter(role__in=HANDLERS).values("user")
    found = Q(pk__in=handlers)
    if opd is not None:
        found |= Q(pk__in=User.objects.in_opd(opd, on=on).values("pk"))
    return found


def add_candidates(report: ConflictReport, people: Iterable[User], *, on: datetime.date) -> None:
    found = list(people)
    places = opds_of(found, on=on)
    ReportSubject.objects.bulk_create(
        ReportSubject(
            report=report,
            user=person,
            opd_id=places.get(person.pk),
            name_key=names.person_key(person.name)[:200],
        )
        for person in found
    )


def opds_of(people: list[User], *, on: datetime.date) -> dict:
    """Where each works on that day; one query."""
    rows = (
        User.objects.filter(pk__in=[person.pk for person in people])
        .filter(assignments__starts_on__lte=on)
        .filter(Q(assignments__ends_on__isnull=True) | Q(assignments__ends_on__gte=on))
        .order_by("pk", "assignments__kind", "-assignments__starts_on")
        .distinct("pk")
    )
    return dict(rows.values_list("pk", "assignments__post__opd"))


@transaction.atomic
def mark(
    report: ConflictReport, person: User, *, standing: str, at: datetime.datetime, by: User
) -> ReportSubject:
    """Say that this person is meant, or isn't. Whoever is meant, and their line, is kept out."""
    report = ConflictReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not by.has_perm("review.mark_reportsubject", report):
        raise PermissionDenied
    if report.state not in (ReportState.VERIFYING, ReportState.EXAMINING):
        raise ReportError(_("Who is meant is settled during the check and the examination."))
    if person.pk == by.pk:
        raise ReportError(_("Nobody marks themselves; ask a colleague to take the report over."))
    place = opds_of([person], on=at.date()).get(person.pk)
    subject, _created = ReportSubject.objects.update_or_create(
        report=report,
        user=person,
        defaults={"standing": standing, "marked_at": at, "marked_by": by},
        create_defaults={
            "standing": standing, "marked_at": at, "marked_by": by, "opd_id": place,
            "name_key": names.person_key(person.name)[:200],
        },
    )  # fmt: skip
    # Not the person's name: the trail is read by people who may not read the report.
    record("conflictreport.mark", by=by, target=report, standing=str(standing))
    # Others may handle it now, or nobody of the Inspectorate any more; nobody is told twice.
    tell_received(ConflictReport.objects.get(pk=report.pk), on=at.date())
    return subject


def confirmed(report: ConflictReport) -> list[ReportSubject]:
    return list(
        report.subjects.filter(standing=SubjectStanding.CONFIRMED).select_related("user", "opd")
    )
