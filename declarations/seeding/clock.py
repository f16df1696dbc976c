"""When things happened in the invented years, never after the day of the seeding."""

from __future__ import annotations

import datetime
import random
import uuid
from collections import defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from declarations.models import TimeLimit
from declarations.models.registers import Occasion
from declarations.seeding.profiles import Filing
from declarations.services.limits import DATA_REQUEST, DECISION_ON_DECLARATION
from declarations.states import RegisterState as State
from people import calendar
from people.seeding.population import Person
from people.seeding.structure import PostSpec

APPOINTMENT_DAYS = 30
COMMENTS = (
    ("business", "Tuliskan bidang usaha dan NIB perusahaan."),
    ("family", "Lengkapi pekerjaan dan instansi anggota keluarga."),
    ("posts_held", "Sebutkan apakah organisasi menerima hibah daerah."),
)


class Clock:
    def __init__(self, province: Any) -> None:
        self.province = province
        self.on: datetime.date = province.on
        # In January the year has hardly begun: the last full year ends the story then.
        self.last_year = self.on.year if self.on.month > 2 else self.on.year - 1
        self.kin: defaultdict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        for kinship in province.kinships:
            self.kin[kinship.first.id].add(kinship.second.id)
            self.kin[kinship.second.id].add(kinship.first.id)
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.days_off = calendar.holidays()
        self.limits = {
            limit.key: limit for limit in TimeLimit.objects.order_by("key", "valid_from")
        }

    def at(self, day: datetime.date, rng: random.Random) -> datetime.datetime:
        """Some minute of the office hours of that day."""
        return datetime.datetime(
            day.year, day.month, day.day,
            rng.randint(8, 15), rng.randint(0, 59), rng.randint(0, 59),
            tzinfo=self.zone,
        )  # fmt: skip

    def recently(self, rng: random.Random, days: int) -> datetime.datetime:
        day = self.on - datetime.timedelta(days=rng.randint(1, days))
        while not calendar.is_working_day(day, self.days_off):
            day -= datetime.timedelta(days=1)
        return self.at(day, rng)

    def in_year(self, rng: random.Random, year: int, *, first_month: int = 2) -> datetime.datetime:
        """A working day of that year that is over."""
        first = datetime.date(year, first_month, 1)
        last = min(datetime.date(year, 12, 20), self.on - datetime.timedelta(days=3))
        days = max(0, (last - first).days)
        return self.at(
            self.working_day(first + datetime.timedelta(days=rng.randint(0, days))), rng
        )

    def days_ago(self, rng: random.Random, working_days: int) -> datetime.datetime:
        day = self.on
        for _number in range(working_days):
            day -= datetime.timedelta(days=1)
            while not calendar.is_working_day(day, self.days_off):
                day -= datetime.timedelta(days=1)
        return self.at(day, rng)

    def working_day(self, day: datetime.date) -> datetime.date:
        return calendar.add_working_days(day, 0, self.days_off)

    def later(
        self, moment: datetime.datetime, rng: random.Random, least: int, most: int
    ) -> datetime.datetime:
        """So many working days on, but not after yesterday (nor before `moment`)."""
        day = calendar.add_working_days(moment.date(), rng.randint(least, most), self.days_off)
        day = min(day, self.on - datetime.timedelta(days=1))
        found = self.at(day, rng)
        return max(found, moment + datetime.timedelta(minutes=rng.randint(5, 90)))

    def decision_due(self, moment: datetime.datetime) -> datetime.date:
        limit = self.limits[DECISION_ON_DECLARATION]
        return calendar.add_working_days(moment.date(), limit.value, self.days_off)

    def data_due(self, moment: datetime.datetime) -> datetime.date:
        limit = self.limits[DATA_REQUEST]
        return calendar.add_working_days(moment.date(), limit.value, self.days_off)

    def duty(self, person: Person, year: int) -> tuple[PostSpec, str, datetime.date] | None:
        """(post, occasion, due on) of the register of a year, None when nothing was due."""
        window_end = datetime.date(year, 3, 31)
        if person.starts_on <= datetime.date(year, 3, 1):
            return person.post, Occasion.YEARLY, window_end
        if person.earlier:
            post, first, last = person.earlier
            if post.because and first <= datetime.date(year, 3, 1) and last >= window_end:
                return post, Occasion.YEARLY, window_end
        if person.starts_on.year == year and person.starts_on < self.on:
            due_on = person.starts_on + datetime.timedelta(days=APPOINTMENT_DAYS)
            return person.post, Occasion.APPOINTMENT, due_on
        return None

    def date(self, rng: random.Random, filing: Filing, person: Person) -> None:
        """Give a filing its times; one that could not be checked yet stays sent."""
        late = rng.random() < 0.09
        if filing.occasion == Occasion.APPOINTMENT:
            start = person.starts_on
        else:
            start = datetime.date(filing.year, 1, 6)
        days = max(2, (filing.due_on - start).days - 2)
        day = filing.due_on + datetime.timedelta(days=rng.randint(1, 60)) if late else (
            start + datetime.timedelta(days=rng.randint(1, days))
        )  # fmt: skip
        day = min(self.working_day(day), self.on - datetime.timedelta(days=1))
        filing.sent_at = self.at(day, rng)
        if filing.state in (State.SENT, State.RETURNED) and filing.year == self.last_year:
            filing.sent_at = max(filing.sent_at, self.recently(rng, 14))
        if filing.state == State.RETURNED:
            filing.returns = [rng.choice(COMMENTS)]
        if filing.state == State.ACCEPTED:
            filing.checked_at = self.later(filing.sent_at, rng, 2, 12)
            filing.checked_by = self.checker(person, filing.post.opd)
            if filing.checked_by is None:
                filing.state, filing.checked_at = State.SENT, None
        superior = self.superior(person)
        if superior is not None and filing.state == State.ACCEPTED and rng.random() < 0.6:
            filing.acknowledged_at = self.later(filing.sent_at, rng, 1, 10)
            filing.acknowledged_by = superior
        if filing.state == State.WITHDRAWN:
            filing.reason = "Ada data usaha yang keliru; akan dikirim ulang."

    def superior(self, person: Person, level: int = 0) -> Person | None:
        """The `level`-th holder upwards who is neither the person nor kin of theirs."""
        post, kin = person.post.above, self.kin[person.id]
        while post is not None:
            holder = next(
                (p for p in post.holders if p.is_active and p is not person and p.id not in kin),
                None,
            )
            if holder is not None:
                if level == 0:
                    return holder
                level -= 1
            post = post.above
        return None

    def checker(self, person: Person, opd: str) -> Person | None:
        """The OPD officer; for the officer's own register another of the same office."""
        officer = self.province.officer(opd)
        if officer is not None and officer is not person:
            return officer
        return self.superior(person)
