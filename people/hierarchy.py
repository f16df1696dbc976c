"""Who stands above whom on a day: the holders of the superior posts, upwards.

The way up starts at a person's main post. At each step the one who acts today counts: a Plh
before a Plt before the definitive holder. A seat that is vacant, held only by somebody whose
account is closed, or held by the person themselves (as Plt of their own superior), is passed
over to the next above. A circle of posts ends the way; so do thirty steps.
"""

import datetime
import re
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from people.models import User

_CHAIN = """
WITH RECURSIVE main AS (
    SELECT DISTINCT ON (a.user_id) a.user_id, a.post_id
    FROM people_assignment a
    WHERE a.user_id = ANY(%(people)s::uuid[]) AND a.starts_on <= %(on)s
      AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
    ORDER BY a.user_id, (a.kind <> 'definitive'), a.kind, a.starts_on DESC, a.id
), up AS (
    SELECT m.user_id AS starter, p.superior_id AS post_id, 1 AS depth,
           ARRAY[p.id, p.superior_id] AS path
    FROM main m JOIN people_post p ON p.id = m.post_id
    WHERE p.superior_id IS NOT NULL
  UNION ALL
    SELECT up.starter, p.superior_id, up.depth + 1, up.path || p.superior_id
    FROM up JOIN people_post p ON p.id = up.post_id
    WHERE p.superior_id IS NOT NULL AND up.depth < 30 AND NOT p.superior_id = ANY(up.path)
)
SELECT DISTINCT ON (up.starter, up.depth) up.starter, up.depth, a.user_id
FROM up
JOIN people_assignment a ON a.post_id = up.post_id AND a.starts_on <= %(on)s
     AND (a.ends_on IS NULL OR a.ends_on >= %(on)s) AND a.user_id <> up.starter
JOIN people_user u ON u.id = a.user_id AND u.is_active
ORDER BY up.starter, up.depth,
         CASE a.kind WHEN 'plh' THEN 0 WHEN 'plt' THEN 1 ELSE 2 END, a.starts_on DESC, a.id
"""

_BELOW = """
WITH RECURSIVE down AS (
    SELECT p.id AS post_id, ARRAY[p.superior_id, p.id] AS path
    FROM people_assignment a JOIN people_post p ON p.superior_id = a.post_id
    WHERE a.user_id = %(person)s AND a.starts_on <= %(on)s
      AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
  UNION ALL
    SELECT p.id, down.path || p.id
    FROM down JOIN people_post p ON p.superior_id = down.post_id
    WHERE NOT p.id = ANY(down.path) AND cardinality(down.path) < 30
      AND NOT EXISTS (
        SELECT 1 FROM people_assignment a JOIN people_user u ON u.id = a.user_id AND u.is_active
        WHERE a.post_id = down.post_id AND a.user_id <> %(person)s AND a.starts_on <= %(on)s
          AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
      )
)
SELECT DISTINCT a.user_id
FROM down JOIN people_assignment a ON a.post_id = down.post_id AND a.starts_on <= %(on)s
     AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
JOIN people_user u ON u.id = a.user_id AND u.is_active
WHERE a.user_id <> %(person)s
"""


# Both in one statement: the candidates below, and of each the nearest above.
_DOWN, _CANDIDATES = _BELOW.split("\n)\nSELECT DISTINCT", 1)
_UP, _HOLDERS = _CHAIN.replace(
    "= ANY(%(people)s::uuid[])", "IN (SELECT user_id FROM candidates)"
).split("\n)\nSELECT DISTINCT", 1)
_DIRECTLY_BELOW = f"""{_DOWN.strip()}
), candidates AS (
SELECT DISTINCT{_CANDIDATES}), {_UP.strip().removeprefix("WITH RECURSIVE ")}
), holders AS (
SELECT DISTINCT{_HOLDERS}), nearest AS (
SELECT DISTINCT ON (starter) starter, user_id FROM holders ORDER BY starter, depth
)
SELECT starter FROM nearest WHERE user_id = %(person)s
"""  # noqa: S608 -- made of the constants above


_ALL_BELOW = """
WITH RECURSIVE down AS (
    SELECT p.id AS post_id
    FROM people_assignment a JOIN people_post p ON p.superior_id = a.post_id
    WHERE a.user_id = %(person)s AND a.starts_on <= %(on)s
      AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
  UNION
    SELECT p.id FROM down JOIN people_post p ON p.superior_id = down.post_id
)
SELECT a.user_id
FROM down JOIN people_assignment a ON a.post_id = down.post_id AND a.starts_on <= %(on)s
     AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
"""


def superior_ids(people: Iterable[Any], *, on: datetime.date) -> dict[uuid.UUID, list[uuid.UUID]]:
    """For each person (or key) the keys of all above, the nearest first. One query for all."""
    keys = [getattr(person, "pk", person) for person in people]
    chains: dict[uuid.UUID, list[uuid.UUID]] = {key: [] for key in keys}
    if not keys:
        return chains
    for starter, _depth, superior in _rows(_CHAIN, people=keys, on=on):
        if superior not in chains[starter]:
            chains[starter].append(superior)
    return chains


def superior_of(user: User, on: datetime.date) -> User | None:
    keys = superior_ids([user], on=on)[user.pk]
    return User.objects.get(pk=keys[0]) if keys else None


def superiors_of(people: Iterable[User], *, on: datetime.date) -> dict[uuid.UUID, User | None]:
    """The nearest superior of each, for a list: two queries for any number of people."""
    chains = superior_ids(people, on=on)
    found = User.objects.in_bulk({chain[0] for chain in chains.values() if chain})
    return {key: found[chain[0]] if chain else None for key, chain in chains.items()}


def subordinate_ids(user: User, *, on: datetime.date) -> list[uuid.UUID]:
    """The keys of all whose `superior_of` is `user`. Two queries."""
    candidates = [key for (key,) in _rows(_BELOW, person=user.pk, on=on)]
    chains = superior_ids(candidates, on=on)
    return [key for key, chain in chains.items() if chain[:1] == [user.pk]]


def directly_below(user: User, *, on: datetime.date) -> RawSQL:
    """`subordinate_ids` as a part of another query: `filter(declarant__in=directly_below(…))`."""
    return _part(_DIRECTLY_BELOW, user, on=on)


def everybody_below(user: User, *, on: datetime.date) -> RawSQL:
    """All whose line of superiors leads over a post of `user`, as a part of another query.

    A person who holds a post below their own is among them.
    """
    return _part(_ALL_BELOW, user, on=on)


def _part(query: str, user: User, *, on: datetime.date) -> RawSQL:
    values = {"person": str(user.pk), "on": on}
    params: list[Any] = []

    def positional(match: re.Match) -> str:
        params.append(values[match[1]])
        return "%s::uuid" if match[1] == "person" else "%s::date"

    return RawSQL(re.sub(r"%\((\w+)\)s", positional, query), params)  # noqa: S611 -- constant


def subordinates(user: User, on: datetime.date) -> list[User]:
    """Everybody whose `superior_of` is `user`, by name. Three queries."""
    direct = subordinate_ids(user, on=on)
    return list(User.objects.filter(pk__in=direct).order_by("name", "pk"))


def is_above(a: User, b: User, *, on: datetime.date) -> bool:
    """`a` stands somewhere above `b`."""
    return a.pk in superior_ids([b], on=on)[b.pk]


def _rows(query: str, **values: Any) -> list[tuple]:
    if "people" in values:
        values["people"] = [str(key) for key in values["people"]]
    if "person" in values:
        values["person"] = str(values["person"])
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [tuple(_key(value) for value in row) for row in cursor.fetchall()]


def _key(value: Any) -> Any:
    """psycopg2 gives a UUID as text unless Django registered its type."""
    return uuid.UUID(value) if isinstance(value, str) else value
