"""A random sample of nil registers: reproducible, with the seed on record before the draw."""

from __future__ import annotations

import datetime
import hashlib
import math
import secrets
import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from audit.services import record
from review.models import NilSample, NilSampleItem, RuleVersion
from review.sampling import LEVELS, SAMPLE

if TYPE_CHECKING:
    from people.models import User

# Register, person, OPD, level.
Row = tuple[Any, Any, int, str]
# The newest register of each person that is nil, with the highest level that a map in force
# gives to a post the person holds.
_POPULATION = """
    SELECT r.id, r.declarant_id, r.opd_id, coalesce((
           SELECT coalesce(nullif(area.residual_level, ''), area.level)
             FROM people_assignment a
             JOIN mapping_riskareapost n ON n.post_id = a.post_id
             JOIN mapping_riskarea area ON area.id = n.area_id
             JOIN mapping_riskmap map ON map.id = area.map_id AND map.state = 'approved'
            WHERE a.user_id = r.declarant_id AND a.starts_on <= %(on)s
              AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
            ORDER BY coalesce(area.residual_magnitude, area.magnitude) DESC, area.id LIMIT 1),
           'TANPA')
      FROM declarations_interestregister r
     WHERE r.is_nil AND r.year = %(year)s AND r.state IN ('sent', 'accepted')
       AND NOT EXISTS (SELECT 1 FROM declarations_interestregister newer
            WHERE newer.declarant_id = r.declarant_id
              AND newer.state IN ('sent', 'returned', 'accepted')
              AND (newer.sent_at, newer.id) > (r.sent_at, r.id))
     ORDER BY r.id
"""


@transaction.atomic(durable=True)
def fix_seed(*, year: int, by: User) -> str:
    """A fresh seed, committed to the trail before anything is drawn with it."""
    _check(by)
    seed = secrets.token_hex(16)
    record("nilsample.seed", by=by, target=_rates(), year=year, seed=seed)
    return seed


@transaction.atomic
def draw(*, year: int, seed: str, by: User, at: datetime.datetime) -> NilSample:
    """Of each level the registers with the smallest hash of seed and key, by the level's rate."""
    _check(by)
    rates = _rates()
    population = population_of(year, on=timezone.localdate(at))
    chosen, counts = choose(population, seed=seed, rates=rates.parameters)
    sample = NilSample.objects.create(
        year=year,
        seed=seed,
        rates=rates,
        counts=counts,
        population_hash=hash_of(population),
        population=_packed(population),
        drawn_at=at,
        drawn_by=by,
    )
    NilSampleItem.objects.bulk_create(
        NilSampleItem(sample=sample, register_id=key, subject_id=subject, opd_id=opd, level=level)
        for key, subject, opd, level in chosen
    )
    record("nilsample.draw", by=by, target=sample, seed=seed, number=len(chosen), counts=counts)
    return sample


def population_of(year: int, *, on: datetime.date) -> list[Row]:
    """Register, person, OPD and level of all that may be drawn, by key."""
    with connection.cursor() as cursor:
        cursor.execute(_POPULATION, {"year": year, "on": on})
        return [
            (uuid.UUID(str(key)), uuid.UUID(str(subject)), opd, level)
            for key, subject, opd, level in cursor.fetchall()
        ]


def choose(
    population: list[Row], *, seed: str, rates: dict[str, int]
) -> tuple[list[Row], dict[str, list[int]]]:
    """The drawn rows, and of each level how many there were and how many were drawn.

    Depends on nothing but its arguments: who has them draws the same again.
    """
    levels = defaultdict(list)
    for row in population:
        levels[row[3]].append(row)
    chosen, counts = [], {}
    for level in LEVELS:
        rows = sorted(levels.get(level, ()), key=lambda row: _rank(seed, row[0]))
        number = math.ceil(len(rows) * rates[level.lower()] / 1000)
        counts[level] = [len(rows), number]
        chosen += rows[:number]
    return chosen, counts


def draw_again(sample: NilSample) -> bool:
    """The same registers come out again, from what the row itself keeps and nothing else."""
    population = _unpacked(sample.population)
    chosen, counts = choose(population, seed=sample.seed, rates=sample.rates.parameters)
    items = set(sample.items.values_list("register_id", "level"))
    return (
        hash_of(population) == sample.population_hash
        and {(row[0], row[3]) for row in chosen} == items
        and counts == sample.counts
    )


def listed(sample: NilSample) -> Iterator[tuple[str, str, str]]:
    """Register, level and rank of all that could be drawn: enough to draw again by hand."""
    for key, _subject, _opd, level in _unpacked(sample.population):
        yield str(key), level, _rank(sample.seed, key)


def _packed(population: list[Row]) -> bytes:
    """Seventeen bytes a register: its key, the number of its level."""
    return zlib.compress(
        b"".join(key.bytes + bytes([LEVELS.index(level)]) for key, _s, _o, level in population)
    )


def _unpacked(packed: Any) -> list[Row]:
    """Without person and OPD, which the draw does not depend on."""
    data = zlib.decompress(bytes(packed)) if packed else b""
    return [
        (uuid.UUID(bytes=data[at : at + 16]), None, 0, LEVELS[data[at + 16]])
        for at in range(0, len(data), 17)
    ]


def hash_of(population: list[Row]) -> str:
    lines = sorted(f"{key} {level}" for key, _subject, _opd, level in population)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _rank(seed: str, key: Any) -> str:
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def _rates() -> RuleVersion:
    return RuleVersion.objects.current().get(rule=SAMPLE.code)


def _check(by: User) -> None:
    if not by.has_perm("review.draw_nilsample"):
        raise PermissionDenied
