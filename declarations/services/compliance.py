"""Who of those obliged has a register for the year, and who must be reminded."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from declarations.messages import registers as messages
from declarations.models import InterestRegister
from declarations.models.registers import Occasion
from declarations.services.limits import due_on, limit
from declarations.services.registers import LIMITS
from notices.reminders import Reminder
from people.models import Assignment, Opd, User

SIGNED = ("sent", "accepted", "renewed", "expired")
BATCH = 500


# Apps above that may remind of a year's register themselves: asked with the year and the day.
_takers: list[Callable[[int, datetime.date], bool]] = []


def let_take_over(taker: Callable[[int, datetime.date], bool]) -> None:
    """`taker(year, on)` says that it reminds of that year's register, so that nobody is told
    twice. Use in `AppConfig.ready()`."""
    if taker not in _takers:
        _takers.append(taker)


@dataclass(frozen=True, slots=True)
class Compliance:
    """One OPD and year: of `obliged` people so many have signed, in time or late."""

    opd_id: int
    obliged: int
    signed: int
    accepted: int
    late: int

    @property
    def missing(self) -> int:
        return self.obliged - self.signed


def yearly_due_on(year: int, *, on: datetime.date) -> datetime.date:
    start = datetime.date(year, 1, 1)
    found = limit(LIMITS[Occasion.YEARLY], on=on)
    return due_on(found, start=start) - datetime.timedelta(days=1)


def obliged_people(*, on: datetime.date, opd: Opd | None = None) -> QuerySet[User]:
    """People who hold a post that is obliged to declare."""
    posts = Assignment.objects.running(on=on).filter(post__is_obliged=True)
    if opd is not None:
        posts = posts.filter(post__opd=opd)
    return User.objects.active().filter(Exists(posts.filter(user=OuterRef("pk"))))


def compliance(*, year: int, on: datetime.date) -> list[Compliance]:
    """By OPD. Two queries, whatever the number of people."""
    registers = InterestRegister.objects.filter(
        declarant=OuterRef("user"), year=year, state__in=SIGNED
    )
    due = yearly_due_on(year, on=on)
    rows = (
        Assignment.objects.running(on=on)
        .filter(post__is_obliged=True, user__is_active=True)
        .annotate(
            has_signed=Exists(registers),
            in_time=Exists(registers.filter(sent_at__date__lte=F("due_on"))),
            was_accepted=Exists(registers.exclude(state="sent")),
        )
        .values(opd=F("post__opd"))
        .annotate(
            obliged=Count("user", distinct=True),
            signed=Count("user", distinct=True, filter=Q(has_signed=True)),
            accepted=Count("user", distinct=True, filter=Q(was_accepted=True)),
            in_time_count=Count("user", distinct=True, filter=Q(in_time=True)),
        )
        .order_by("opd")
    )
    return [
        Compliance(
            opd_id=row["opd"],
            obliged=row["obliged"],
            signed=row["signed"],
            accepted=row["accepted"],
            late=row["signed"]
            - row["in_time_count"]
            + (row["obliged"] - row["signed"] if on > due else 0),
        )
        for row in rows
    ]


def without_register(*, year: int, on: datetime.date, opd: Opd | None = None) -> QuerySet[User]:
    """Obliged people without a signed or open register of the year, by name."""
    have = InterestRegister.objects.filter(
        declarant=OuterRef("pk"), year=year, state__in=(*SIGNED, "draft", "returned")
    )
    return obliged_people(on=on, opd=opd).exclude(Exists(have)).order_by("name", "pk")


def find_registers_due(*, on: datetime.date) -> Iterator[Reminder]:
    """Open registers by their own day; people without one by the end of the yearly window."""
    open_ones = InterestRegister.objects.open().select_related("declarant").defer("draft")
    is_taken = any(taker(on.year, on) for taker in _takers)
    if is_taken:
        open_ones = open_ones.exclude(occasion=Occasion.YEARLY, year=on.year)
    for register in open_ones.filter(declarant__is_active=True).iterator(chunk_size=BATCH):
        if messages.is_day_to_remind(register.due_on, on):
            yield messages.reminder(
                register.declarant,
                key=f"register:{register.pk}",
                due_on=register.due_on,
                on=on,
                url=register.get_absolute_url(),
            )
    due = yearly_due_on(on.year, on=on)
    if is_taken or not messages.is_day_to_remind(due, on):
        return
    start = reverse("declarations:register_start")
    for user in without_register(year=on.year, on=on).iterator(chunk_size=BATCH):
        yield messages.reminder(user, key=f"register:{on.year}", due_on=due, on=on, url=start)
