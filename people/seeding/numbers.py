"""Valid NIPs and grades for invented people."""

import datetime
import random
from collections import defaultdict

PNS_GRADES = (
    "I/a", "I/b", "I/c", "I/d", "II/a", "II/b", "II/c", "II/d", "III/a", "III/b", "III/c", "III/d",
    "IV/a", "IV/b", "IV/c", "IV/d", "IV/e",
)  # fmt: skip
# Index in PNS_GRADES from which people of a rank (0 staff … 4 heads) come.
LOWEST = (4, 8, 10, 12, 14)
HIGHEST = (11, 12, 12, 14, 16)
PPPK_GRADES = ("V", "VII", "IX", "X", "XI")
PNS, PPPK, OFFICIAL = "pns", "pppk", "official"


class NumberMaker:
    """NIPs that are well-formed and never given twice."""

    def __init__(self) -> None:
        self.serials: defaultdict[str, int] = defaultdict(int)

    def make(
        self, rng: random.Random, *, born_on: datetime.date, sex: int, appointed: int, pppk: bool
    ) -> str:
        code = rng.choice((21, 21, 21, 22)) if pppk else rng.choice((1, 2, 3, 3, 4, 10, 12))
        prefix = f"{born_on:%Y%m%d}{appointed:04d}{code:02d}{sex}"
        self.serials[prefix] += 1
        if self.serials[prefix] > 999:
            raise ValueError(f"No serial number is left for {prefix}.")
        return f"{prefix}{self.serials[prefix]:03d}"


def birth_date(
    rng: random.Random, youngest: int, oldest: int, *, on: datetime.date
) -> datetime.date:
    """Of somebody who is between `youngest` and `oldest` years old on that day."""
    days = rng.randint(youngest * 365 + youngest // 4, oldest * 365 + oldest // 4)
    return on - datetime.timedelta(days=days)


def appointment_year(rng: random.Random, born: int, *, pppk: bool, on: datetime.date) -> int:
    earliest = max(born + 20, 2019 if pppk else 1985)
    latest = min(on.year - 1, born + (50 if pppk else 33))
    return rng.randint(min(earliest, latest), latest)


def grade(rng: random.Random, *, rank: int, years: int, employment: str) -> str:
    if employment == OFFICIAL:
        return ""
    if employment == PPPK:
        return rng.choice(PPPK_GRADES)
    low, high = LOWEST[rank], HIGHEST[rank]
    return PNS_GRADES[min(high, low + max(0, years) // 4 + rng.randint(0, 1))]
