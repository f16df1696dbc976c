"""Who may work on what concerns whom: never on oneself, kin, one's own OPD, one's superior.

    bars = bars_of(user, on=today)
    bars.against(subject, opd)          # () or the reasons, each with its words
    queryset.filter(bars.allow("subject", "opd"))

The same wall stands in the database (`review.models.case_wall`). Kin are the family rows that
are in force, of either person, by account or by a name of two words or more. The own OPD counts
for two years after the last day there. Inspectors all belong to the Inspectorate: what concerns
its own people is left to the chief inspector (fact sheet of the domain, 4.5); who recommends
there has to come from another OPD.
"""

import datetime
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from matching.names import person_key
from people.models import Opd, User
from people.roles import Role
from review.name_keys import PERSON_KEY

COOLING_OFF_YEARS = 2


class Bar(TextChoices):
    SELF = "self", _("it is about this person")
    KIN = "kin", _("kin, as one of the two declared")
    OPD = "opd", _("worked in this OPD within the last two years")
    SUPERIOR = "superior", _("it is about a superior of this person")


@dataclass(frozen=True, slots=True)
class Bars:
    """What one person keeps out of on one day."""

    user_id: uuid.UUID
    opds: frozenset[int] = frozenset()
    kin: frozenset[uuid.UUID] = frozenset()
    # Keys of relatives whom a family row names without an account.
    names: frozenset[str] = frozenset()
    superiors: frozenset[uuid.UUID] = frozenset()

    def against(self, subject: Any, opd: Any, *, key: str | None = None) -> tuple[Bar, ...]:
        """Why not; nothing when there is nothing against it. Asks the database nothing.

        `subject` and `opd` may be keys when `key`, the subject's `subject_key`, is given.
        """
        found = []
        person = getattr(subject, "pk", subject)
        if person is not None:
            key = subject_key(subject) if key is None else key
            if person == self.user_id:
                found.append(Bar.SELF)
            if person in self.kin or (key and key in self.names):
                found.append(Bar.KIN)
            if person in self.superiors:
                found.append(Bar.SUPERIOR)
        if getattr(opd, "pk", opd) in self.opds:
            found.append(Bar.OPD)
        return tuple(found)

    def meet(self, subject: str, opd: str, *, key: str = "") -> Q:
        """What ties them, as a filter; `key` names a column that holds `subject_key`."""
        people = {self.user_id} | self.kin | self.superiors
        met = Q(**{f"{subject}__in": people})
        if self.opds:
            met |= Q(**{f"{opd}__in": self.opds})
        if key and self.names:
            met |= Q(**{f"{key}__in": self.names})
        return met

    def allow(self, subject: str, opd: str, *, key: str = "") -> Q:
        """What doesn't: `against` as a filter."""
        return ~self.meet(subject, opd, key=key)


def subject_key(subject: User | None) -> str:
    """The key that a family row would name them by; empty when too many share it."""
    key = person_key(subject.name) if subject is not None else ""
    return key if " " in key else ""


def bars_of(user: User, *, on: datetime.date) -> Bars:
    """Asked once an instance (a request): who loses a role or moves loses it at the next one."""
    kept = getattr(user, "_bars", None)
    if kept is None:  # Not in `__dict__`: that of a request's lazy user is its own.
        kept = user._bars = {}  # type: ignore[attr-defined]
    if on not in kept:
        chiefs = {user.pk} if user.has_role(Role.CHIEF_INSPECTOR) else set()
        kept[on] = bars_of_all([user], on=on, chiefs=chiefs)[user.pk]
    return kept[on]


def bars_of_all(
    users: Collection[User], *, on: datetime.date, chiefs: Collection[uuid.UUID]
) -> dict[uuid.UUID, Bars]:
    """For each of `users`, one query for all; `chiefs` are the chief inspectors among them."""
    found: dict[uuid.UUID, dict[str, set]] = {
        user.pk: {"opds": set(), "kin": set(), "names": set(), "superiors": set()}
        for user in users
    }
    for person, kind, value, note in _rows(users, on=on):
        if kind == "opds" and note == Opd.Kind.INSPECTORATE and person in chiefs:
            continue
        parsed: Any = value
        if kind == "opds":
            parsed = int(value)
        elif kind != "names":
            parsed = uuid.UUID(value)
        found[person][kind].add(parsed)
    return {
        key: Bars(key, **{name: frozenset(values) for name, values in kinds.items()})
        for key, kinds in found.items()
    }


_BARS = f"""
WITH RECURSIVE me AS (
    SELECT id, key FROM unnest(%(people)s::uuid[], %(keys)s::text[]) AS t(id, key)
), held AS (
    SELECT a.user_id, p.id AS post_id, p.opd_id, p.superior_id, o.kind,
           a.ends_on IS NULL OR a.ends_on >= %(on)s AS is_running
      FROM people_assignment a
      JOIN people_post p ON p.id = a.post_id JOIN people_opd o ON o.id = p.opd_id
     WHERE a.user_id = ANY(%(people)s::uuid[]) AND a.starts_on <= %(on)s
       AND (a.ends_on IS NULL OR a.ends_on >= %(since)s)
), up AS (
    SELECT user_id, superior_id AS post_id, 1 AS depth FROM held
     WHERE is_running AND superior_id IS NOT NULL
  UNION
    SELECT up.user_id, p.superior_id, up.depth + 1 FROM up
      JOIN people_post p ON p.id = up.post_id
     WHERE p.superior_id IS NOT NULL AND up.depth < 30
), ties AS (
    -- Three ways to a family row, each by its own index.
    SELECT i.id FROM declarations_interestregister r
      JOIN declarations_interest i ON i.register_id = r.id
     WHERE r.declarant_id = ANY(%(people)s::uuid[])
  UNION SELECT i.id FROM declarations_interest i WHERE i.relative_id = ANY(%(people)s::uuid[])
  UNION SELECT i.id FROM declarations_interest i JOIN me ON me.key = i.name_key AND me.key <> ''
), family AS (
    SELECT r.declarant_id, i.relative_id, i.name, i.name_key
      FROM ties JOIN declarations_interest i ON i.id = ties.id
      JOIN declarations_interestregister r ON r.id = i.register_id
     WHERE i.section = 'family' AND r.state IN ('sent', 'returned', 'accepted')
)
SELECT user_id, 'opds', opd_id::text, kind FROM held
UNION SELECT up.user_id, 'superiors', a.user_id::text, ''
  FROM up JOIN people_assignment a ON a.post_id = up.post_id
 WHERE a.starts_on <= %(on)s AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
   AND a.user_id <> up.user_id
UNION SELECT me.id, 'kin', f.relative_id::text, '' FROM family f JOIN me ON me.id = f.declarant_id
 WHERE f.relative_id IS NOT NULL
UNION SELECT me.id, 'kin', f.declarant_id::text, '' FROM family f
  JOIN me ON me.id = f.relative_id OR (me.key <> '' AND me.key = f.name_key)
 WHERE f.declarant_id <> me.id
UNION SELECT me.id, 'names', f.name_key, '' FROM family f JOIN me ON me.id = f.declarant_id
 WHERE position(' ' IN f.name_key) > 0
UNION SELECT me.id, 'kin', u.id::text, '' FROM family f JOIN me ON me.id = f.declarant_id
  JOIN people_user u ON {PERSON_KEY} = f.name_key
 WHERE position(' ' IN f.name_key) > 0 AND u.id <> me.id
"""  # noqa: S608 -- made of a constant


def _rows(users: Iterable[User], *, on: datetime.date) -> list[tuple]:
    people = list(users)
    with connection.cursor() as cursor:
        cursor.execute(
            _BARS,
            {
                "people": [str(user.pk) for user in people],
                "keys": [subject_key(user) for user in people],
                "on": on,
                "since": _years_before(on),
            },
        )
        rows = cursor.fetchall()
    # The driver gives a UUID as text unless Django registered its type.
    return [(uuid.UUID(str(person)), *rest) for person, *rest in rows]


def _years_before(on: datetime.date) -> datetime.date:
    try:
        return on.replace(year=on.year - COOLING_OFF_YEARS)
    except ValueError:  # 29 February
        return on.replace(year=on.year - COOLING_OFF_YEARS, day=28)
