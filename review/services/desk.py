"""The head's page: who has declared, where the heat is, what is due."""

import datetime
from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from declarations.models import InterestRegister
from declarations.services.compliance import SIGNED, obliged_people
from mapping.models import Control, RiskArea, RiskMap
from people.models import Opd, User
from review.models import Nudge

VALID = ("accepted", "renewed", "expired")
WEEK = datetime.timedelta(days=7)
HOTTEST = 8


@dataclass(frozen=True, slots=True)
class Compliance:
    """F1 of one OPD and year; the formulas are those of the ministry's monitoring."""

    obliged: int
    signed: int
    in_time: int
    valid_in_time: int

    @property
    def missing(self) -> int:
        return self.obliged - self.signed

    @property
    def late(self) -> int:
        """Signed after the last day."""
        return self.signed - self.in_time

    @property
    def rate(self) -> int | None:
        """Accepted and in time, of all obliged, in percent; None without anybody obliged."""
        return percent(self.valid_in_time, self.obliged)

    @property
    def punctuality(self) -> int | None:
        """Signed in time, of all signed, in percent."""
        return percent(self.in_time, self.signed)


def percent(part: int, whole: int) -> int | None:
    """Rounded down: 100 means all of them."""
    return 100 * part // whole if whole else None


@dataclass(frozen=True, slots=True)
class Week:
    """What the head has to do, in numbers; each has its page."""

    overdue: int
    due_soon: int
    map_state: str
    map_state_label: str
    has_map_in_force: bool


def compliance_of(opd: Opd, *, year: int, on: datetime.date) -> Compliance:
    """One query."""
    mine = _registers(year)
    signed = mine.filter(state__in=SIGNED)
    in_time = Q(sent_at__date__lte=F("due_on"))
    row = (
        obliged_people(on=on, opd=opd)
        .annotate(
            has_signed=Exists(signed),
            was_in_time=Exists(signed.filter(in_time)),
            was_valid=Exists(mine.filter(in_time, state__in=VALID)),
        )
        .aggregate(
            obliged=Count("pk"),
            signed=Count("pk", filter=Q(has_signed=True)),
            in_time=Count("pk", filter=Q(was_in_time=True)),
            valid_in_time=Count("pk", filter=Q(was_valid=True)),
        )
    )
    return Compliance(**row)


def _registers(year: int) -> QuerySet[InterestRegister]:
    return InterestRegister.objects.filter(declarant=OuterRef("pk"), year=year).order_by()


def people_of(opd: Opd, *, year: int, on: datetime.date) -> QuerySet[User]:
    """Everybody obliged, with `standing_word`, `register_pk`, `signed_at` and `nudged_at`.

    `standing_word`: in_time, late, open (begun or sent back), none.
    """
    mine = _registers(year)
    signed = mine.filter(state__in=SIGNED)
    latest = signed.order_by("-sent_at", "-pk")
    nudges = Nudge.objects.filter(person=OuterRef("pk"), year=year).order_by("-sent_on")
    return (
        User.objects.with_main_post(on=on)
        .filter(pk__in=obliged_people(on=on, opd=opd).values("pk"))
        .annotate(
            standing_word=Case(
                When(Exists(signed.filter(sent_at__date__lte=F("due_on"))), then=Value("in_time")),
                When(Exists(signed), then=Value("late")),
                When(Exists(mine.filter(state__in=("draft", "returned"))), then=Value("open")),
                default=Value("none"),
                output_field=CharField(),
            ),
            signed_at=Subquery(latest.values("sent_at")[:1], output_field=DateTimeField()),
            nudged_at=Subquery(nudges.values("sent_at")[:1], output_field=DateTimeField()),
            nudged_on=Subquery(nudges.values("sent_on")[:1]),
            nudged_by=Subquery(nudges.values("sent_by__name")[:1]),
        )
    )


def undeclared(opd: Opd, *, on: datetime.date) -> QuerySet[User]:
    """Obliged people who have not signed this year."""
    signed = _registers(on.year).filter(state__in=SIGNED)
    return obliged_people(on=on, opd=opd).exclude(Exists(signed))


def week_of(opd: Opd, *, on: datetime.date) -> Week:
    """Two queries."""
    controls = Control.objects.filter(opd=opd).aggregate(
        overdue=Count("pk", filter=Q(state="planned", due_on__lt=on)),
        due_soon=Count("pk", filter=Q(state="planned", due_on__range=(on, on + WEEK))),
    )
    maps = list(RiskMap.objects.filter(opd=opd).filter(_open_or_in_force()))
    working = next((m for m in maps if m.state != RiskMap.State.APPROVED), None)
    in_force = next((m for m in maps if m.state == RiskMap.State.APPROVED), None)
    shown = working or in_force
    return Week(
        overdue=controls["overdue"],
        due_soon=controls["due_soon"],
        map_state=shown.state if shown else "",
        map_state_label=str(shown.get_state_display()) if shown else "",
        has_map_in_force=in_force is not None and in_force.year >= on.year,
    )


def _open_or_in_force() -> Q:
    return Q(state__in=RiskMap.State.OPEN) | Q(state=RiskMap.State.APPROVED)


def hottest(opd: Opd, *, on: datetime.date) -> list[RiskArea]:
    """The areas of the map in force where most is at stake; one query."""
    return list(
        RiskArea.objects.in_force()
        .filter(map__opd=opd)
        .high()
        .with_overdue_controls(on=on)
        .select_related("map__scale", "template", "owner_post")
        .order_by("-magnitude", "position", "pk")[:HOTTEST]
    )
