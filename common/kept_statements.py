"""Statements that PostgreSQL plans once a connection, not each time: `PREPARE` and `EXECUTE`.

For the few questions of every page, where the plan takes longer than the answer. A connection
keeps the `KEPT` statements used last. Behind PgBouncer, where the next transaction may meet
another server session, they are sent as they are. A migration that changes the type of a column
they read needs the restart that every new version gets.
"""

import itertools
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import AsIs

KEPT = 40  # A plan takes some ten to hundred kilobytes of its server process.
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value comes that changes from call to call, counted from 1."""

    number: int


@dataclass(frozen=True, eq=False)
class KeptStatement:
    """`params` go with the `%s` of `sql`; `types` are those of the places.

    `about` stands in the name, for whoever reads a log of queries: a table.
    """

    sql: str
    params: Sequence[Any]
    types: Sequence[str]
    about: str
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"kept_{next(_numbers)}_{self.about}"[:63])

    def execute(self, cursor: CursorWrapper, *values: Any) -> None:
        connection = cursor.db
        if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            cursor.execute(self.sql, self._with(values))
            return
        self._prepare(connection)
        marks = ", ".join("%s" for _value in values)
        cursor.execute(f"EXECUTE {self.name} ({marks})", values)

    def _with(self, values: Sequence[Any]) -> list[Any]:
        return [values[p.number - 1] if isinstance(p, Place) else p for p in self.params]

    def _prepare(self, connection: Any) -> None:
        """Prepared statements belong to the session: no rollback takes them back."""
        connection.ensure_connection()
        session, names = connection.__dict__.get("kept_statements", (None, None))
        if session is not connection.connection:
            session, names = connection.connection, OrderedDict()
            connection.__dict__["kept_statements"] = session, names
        if self.name in names:
            names.move_to_end(self.name)
            return
        # The driver's own cursor: not a question of the page, but how one is asked.
        with session.cursor() as cursor:
            places = [AsIs(f"${number}") for number in range(1, len(self.types) + 1)]
            types = ", ".join(self.types)
            cursor.execute(f"PREPARE {self.name} ({types}) AS {self.sql}", self._with(places))
            names[self.name] = None
            while len(names) > KEPT:
                cursor.execute(f"DEALLOCATE {names.popitem(last=False)[0]}")
