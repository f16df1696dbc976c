"""What a person is today: the posts they hold and the roles that follow."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.utils import timezone

from common.kept_statements import KeptStatement, Place
from people.roles import Role

if TYPE_CHECKING:
    from people.models import Assignment, Opd, Post, User


@dataclass(frozen=True)
class Standing:
    """One person's posts and roles on one day, read in one query."""

    on: datetime.date
    assignments: tuple[Assignment, ...]
    granted: frozenset[tuple[str, int | None]]
    superior_post_ids: frozenset[int]

    @classmethod
    def of(cls, user: User, *, on: datetime.date | None = None) -> Standing:
        on = on or timezone.localdate()
        with connection.cursor() as cursor:
            _statement().execute(cursor, user.pk, on)
            rows = cursor.fetchall()
        # The grants stand in every row; a person without a post has one row of them alone.
        granted = frozenset((role, opd_id) for role, opd_id in rows[0][0] or ())
        held = [(_assignment(user, row[2:]), row[1]) for row in rows if row[2] is not None]
        return cls(
            on=on,
            assignments=tuple(assignment for assignment, _leads in held),
            granted=granted,
            superior_post_ids=frozenset(a.post_id for a, leads in held if leads),
        )

    @cached_property
    def main(self) -> Assignment | None:
        """The definitive assignment; an acting one only when there is no other."""
        definitive = [a for a in self.assignments if a.kind == "definitive"]
        return next(iter(definitive or self.assignments), None)

    @cached_property
    def post(self) -> Post | None:
        return self.main.post if self.main else None

    @cached_property
    def opd(self) -> Opd | None:
        return self.main.post.opd if self.main else None

    @cached_property
    def post_ids(self) -> frozenset[int]:
        return frozenset(a.post_id for a in self.assignments)

    @cached_property
    def is_obliged(self) -> bool:
        return any(a.post.is_obliged for a in self.assignments)

    @cached_property
    def headed_opd_ids(self) -> frozenset[int]:
        return frozenset(a.post.opd_id for a in self.assignments if a.post.is_opd_head)

    @cached_property
    def headed_opd_kinds(self) -> frozenset[str]:
        return frozenset(a.post.opd.kind for a in self.assignments if a.post.is_opd_head)

    @cached_property
    def opd_ids(self) -> frozenset[int]:
        """Where the person works, in whatever post."""
        return frozenset(a.post.opd_id for a in self.assignments)

    @cached_property
    def officer_opd_ids(self) -> frozenset[int]:
        return frozenset(
            opd_id for role, opd_id in self.granted if role == Role.OPD_OFFICER and opd_id
        )

    @cached_property
    def roles(self) -> frozenset[str]:
        found = {str(Role.DECLARANT)} | {role for role, _opd in self.granted}
        if self.superior_post_ids:
            found.add(str(Role.SUPERIOR))
        if self.headed_opd_ids:
            found.add(str(Role.OPD_HEAD))
        return frozenset(found)

    def has_role(self, role: Role | str, opd: Any = None) -> bool:
        if str(role) not in self.roles:
            return False
        if opd is None:
            return True
        opd_id = getattr(opd, "pk", opd)
        if role == Role.OPD_OFFICER:
            return opd_id in self.officer_opd_ids
        if role == Role.OPD_HEAD:
            return opd_id in self.headed_opd_ids
        return True


PLACES = {"user": Place(1), "on": Place(2)}
# Asked at every request, before anything else: put together once a process instead of by the
# query compiler each time.
_WITH_NAMES = """
    SELECT grants.held, assigned.*
      FROM (SELECT json_agg(json_build_array(g.role, g.opd_id)) AS held
              FROM people_rolegrant g
             WHERE g.user_id = %(user)s AND g.revoked_at IS NULL
               AND g.starts_on <= %(on)s AND (g.ends_on IS NULL OR g.ends_on >= %(on)s)) grants
      LEFT JOIN LATERAL (
            SELECT EXISTS (SELECT 1 FROM people_post below
                            WHERE below.superior_id = a.post_id AND below.valid_from <= %(on)s
                              AND (below.valid_until IS NULL OR below.valid_until >= %(on)s)
                          ) AS leads, <columns>
              FROM people_assignment a
              JOIN people_post p ON p.id = a.post_id
              JOIN people_opd o ON o.id = p.opd_id
             WHERE a.user_id = %(user)s
               AND a.starts_on <= %(on)s AND (a.ends_on IS NULL OR a.ends_on >= %(on)s)
           ) assigned ON TRUE
     ORDER BY assigned.a_kind, assigned.a_starts_on DESC, assigned.a_id
"""


@cache
def _parts() -> tuple[tuple[str, type[models.Model], list[str]], ...]:
    """Alias, model and column names of what an assignment brings along."""
    names = (("a", "Assignment"), ("p", "Post"), ("o", "Opd"))
    found = [(alias, apps.get_model("people", name)) for alias, name in names]
    return tuple(
        (alias, model, [field.column for field in model._meta.concrete_fields])
        for alias, model in found
    )


@cache
def _statement() -> KeptStatement:
    # The assignment's own key comes first: null where there is no assignment.
    columns = ", ".join(
        f"{alias}.{column} AS {alias}_{column}"
        for alias, _model, columns in _parts()
        for column in columns
    )
    sql = _WITH_NAMES.replace("<columns>", columns)
    places = [PLACES[name] for name in re.findall(r"%\((\w+)\)s", sql)]
    return KeptStatement(
        re.sub(r"%\(\w+\)s", "%s", sql), places, ["uuid", "date"], "people_assignment"
    )


def _assignment(user: User, values: tuple[Any, ...]) -> Assignment:
    made, start = [], 0
    for _alias, model, columns in _parts():
        names = [field.attname for field in model._meta.concrete_fields]
        made.append(model.from_db(DEFAULT_DB_ALIAS, names, values[start : start + len(columns)]))
        start += len(columns)
    assignment, post, opd = made
    assignment.user, assignment.post, post.opd = user, post, opd
    return assignment
